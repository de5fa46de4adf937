"""Whatever a column holds, conversions keep their word: looked for by property tests."""

import json
from decimal import Decimal
from itertools import product

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dynadmin.conversion import FAILED, SAME, CannotConvert, Choices, Undecided
from dynadmin.conversion.amounts import decimal_of, marks_of, number_text, read_amount
from dynadmin.conversion.rules import RULES
from dynadmin.fieldtypes import field_types
from tests.conversion.conversions import conversion, field
from tests.fieldtypes.cases import CASES
from tests.fieldtypes.test_any_value import NAUGHTY, OPTIONS, STRATEGIES

COLORS = {"choices": ["red", "sky", "no hue", "1", "2024-01-31"]}
FIELDS = {
    field_type.slug: field(
        field_type.slug,
        **(COLORS if "choices" in field_type.options_form.base_fields else OPTIONS.get(field_type.slug, {})),
    )
    for field_type in field_types
}
PAIRS = [
    (old, new)
    for old, new in product(FIELDS, FIELDS)
    if (field_types[old].kind, field_types[new].kind) in RULES
    # Which rows values tell is for a database to say: see tests/test_converting_relations.py.
    and "key" not in {field_types[old].kind, field_types[new].kind}
]
SCALARS = [case for case in CASES if field_types[case.slug].kind != "file"]

# What looks like a number, a date, a time, a choice.
TEXTS = st.text(max_size=40) | st.from_regex(
    r"\s*[-+($€]?[0-9]{1,4}([-/.,:' ][0-9]{1,4}){0,4}([TZ%)€-]| (am|PM|zł|h|min|Jan|May 2024))?",
    fullmatch=True,
)
VALUES = STRATEGIES | {
    **dict.fromkeys(("char", "text", "email", "url", "slug", "choice"), TEXTS),
    "bool": st.booleans(),
    "choice": st.sampled_from(COLORS["choices"]) | TEXTS,
    "file": st.just("tables/c1/" + "a" * 32 + ".pdf"),
    "image": st.just("tables/c1/" + "a" * 32 + ".png"),
}
# One answer to each question, so that nothing stays open.
ANSWERS = {
    "decimal": ".",
    "percent": "fraction",
    "currency": "any",
    "order": "mdy",
    "unit": "s",
    "parts": "hours",
    "separator": "semicolon",
    "zone": "America/New_York",
}

quick = settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


def reading_of(pair, values):
    """Return how to read the values, taking the first answer to what ``ANSWERS`` leaves open."""
    survey = pair.survey(values)
    try:
        return survey.reading(ANSWERS)
    except Undecided as error:
        return survey.reading(ANSWERS | {question.id: question.choices[0][0] for question in error.questions})


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_a_value_converts_to_one_that_the_new_field_takes_as_it_is_or_says_why_not(old, new):
    pair = conversion(FIELDS[old], FIELDS[new])
    clean = pair.ends.new_field.clean

    @quick
    @given(st.lists(VALUES[old] | st.none() | st.sampled_from(["", *NAUGHTY]), min_size=1, max_size=5))
    def check(values):
        reading = json.loads(json.dumps(reading_of(pair, values)))
        convert, settle = pair.converter(reading), pair.settler(reading, Choices(on_failure="empty"))
        for value in values:
            outcome = settle(value)
            if outcome.kind == FAILED:
                with pytest.raises(CannotConvert, match=r"."):
                    convert(value)
            else:
                assert convert(value) == outcome.value == clean(outcome.value, None)
                assert type(convert(value)) is type(outcome.value)

    check()


@pytest.mark.parametrize("case", SCALARS, ids=str)
def test_everything_becomes_text_and_the_same_again(case):
    schema = field(case.slug, **case.options)
    values = [value for _given, value, _text in case.valid]

    texts = convert_all(conversion(schema, "text"), values)

    assert convert_all(conversion("text", schema), texts) == values


def convert_all(pair, values):
    convert = pair.converter(reading_of(pair, values))
    return [convert(value) for value in values]


@pytest.mark.parametrize(
    "slug", ["int", "bigint", "float", "decimal", "date", "time", "datetime", "duration", "json", "uuid"]
)
def test_any_value_becomes_text_and_the_same_again(slug):
    there, back = conversion(FIELDS[slug], "text"), conversion("text", FIELDS[slug])
    clean = there.ends.old_field.clean

    @settings(quick, max_examples=60)
    @given(VALUES[slug])
    def check(candidate):
        try:
            value = clean(candidate, None)
        except ValidationError:
            return
        text = convert_all(there, [value])[0]
        assert convert_all(back, [text]) == [value]
        outcome = there.settler({}, Choices())(value)
        assert outcome.kind == SAME

    check()


@pytest.mark.parametrize("new", ["int", "decimal", "date", "datetime", "duration", "multichoice", "bool"])
def test_a_survey_does_not_depend_on_the_order_of_the_values(new):
    pair = conversion("char", FIELDS[new])

    @settings(quick, max_examples=50)
    @given(
        st.lists(TEXTS, max_size=12).flatmap(lambda texts: st.tuples(st.just(texts), st.permutations(texts)))
    )
    def check(lists):
        one, other = (pair.survey(texts) for texts in lists)
        assert one.questions({}) == other.questions({})
        answers = {question.id: question.choices[0][0] for question in one.questions({})}
        assert one.reading(answers) == other.reading(answers)

    check()


@settings(quick, max_examples=300)
@given(st.decimals(allow_nan=False, allow_infinity=False, places=3), st.sampled_from(".,"))
@example(number=Decimal("1234567.891"), mark=",")
def test_a_grouped_number_is_read_back(number, mark):
    group = "," if mark == "." else "."
    text = f"{number:,f}".translate({ord(","): group, ord("."): mark})

    amount = read_amount(text)

    assert mark in marks_of(amount.body)
    digits = number_text(amount.body, mark)
    assert decimal_of(digits, negative=amount.is_negative, percent=False) == number
