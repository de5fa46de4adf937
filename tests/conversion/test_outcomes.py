"""What becomes of each value, and what people may choose for those that fail."""

import json
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from dynadmin.conversion import (
    CHANGED,
    FAILED,
    SAME,
    Choices,
    Outcome,
    Undecided,
    count_parts,
    propose_choices,
)
from dynadmin.fieldtypes import get_field
from tests.conversion.conversions import conversion, field

REQUIRED = field("int", null=False)
UNIQUE = field("int", unique=True)


def settle(old, new, value, choices=None, **answers):
    pair = conversion(old, new)
    reading = pair.survey([value]).reading(answers)
    return pair.settler(reading, choices or Choices())(value)


@pytest.mark.parametrize(
    ("old", "new", "value", "outcome"),
    [
        ("int", "char", 5, (SAME, "5")),
        ("char", "int", "5", (SAME, 5)),
        ("char", "int", " $1,200.00", (CHANGED, 1200)),
        ("char", "int", "007", (CHANGED, 7)),
        ("char", "text", "a", (SAME, "a")),
        ("int", "decimal", 5, (SAME, Decimal("5.00"))),
        ("decimal", "int", Decimal("5.00"), (SAME, 5)),
        ("float", "decimal", 0.1, (SAME, Decimal("0.10"))),
        ("bool", "int", True, (CHANGED, 1)),
        ("bool", "char", True, (SAME, "true")),
        ("datetime", "date", datetime.fromisoformat("2024-01-31T12:00+00:00"), (CHANGED, date(2024, 1, 31))),
        ("char", "int", None, (SAME, None)),
        ("char", "int", "", (SAME, None)),
        ("int", "char", None, (SAME, "")),
        ("int", field("char", null=True), None, (SAME, None)),
        ("char", "int", "  ", (CHANGED, None)),
    ],
)
def test_a_value_stays_the_same_or_changes(old, new, value, outcome):
    assert settle(old, new, value)[:2] == outcome


@pytest.mark.parametrize(
    ("old", "new", "value"),
    [
        ("char", REQUIRED, ""),
        ("int", REQUIRED, None),
        ("int", field("char", blank=False), None),
        (field("multichoice", choices=["a"]), field("multichoice", choices=["a"], blank=False), None),
    ],
)
def test_an_empty_value_fails_where_a_value_is_needed(old, new, value):
    assert settle(old, new, value) == Outcome(FAILED, None, "has no value", "empty")


@pytest.mark.parametrize(
    ("choices", "stored"),
    [
        (Choices(on_failure="stop"), None),
        (Choices(on_failure="empty"), None),
        (Choices(on_failure="keep"), None),
        (Choices(on_failure="value", value=" 7 "), 7),
    ],
)
def test_a_value_that_fails_is_replaced_as_chosen(choices, stored):
    assert settle("char", "int", "abc", choices) == Outcome(FAILED, stored, "is not a number", "number")


def test_an_empty_text_is_the_empty_value_of_a_text():
    new = field("char", max_length=2)

    assert settle("char", new, "abc", Choices(on_failure="empty")) == (FAILED, "", "is longer than 2", "long")


@pytest.mark.parametrize(
    ("new", "possible"),
    [
        ("int", ("stop", "empty", "value", "keep")),
        (REQUIRED, ("stop", "value")),
        (UNIQUE, ("stop", "empty", "keep")),
        (field("char", blank=False), ("stop", "value")),
        (field("multichoice", choices=["a"], blank=False), ("stop", "value")),
    ],
)
def test_the_new_field_says_what_may_become_of_values_that_fail(new, possible):
    pair = conversion("text", new)

    assert pair.possible_failures == possible
    for word in {"stop", "empty", "keep"} - set(possible):
        with pytest.raises(ValidationError) as caught:
            pair.check(Choices(on_failure=word))
        assert "value" in caught.value.message_dict["on_failure"][0]


def test_a_given_value_has_to_fit():
    pair = conversion("char", field("int", max_value=5))

    pair.check(Choices(on_failure="value", value="5"))
    with pytest.raises(ValidationError) as caught:
        pair.settler(pair.survey([]).reading({}), Choices(on_failure="value", value="6"))
    assert caught.value.message_dict == {
        "value": ["The value for “value” does not fit: Ensure this value is less than or equal to 5."]
    }


def test_repeated_values_have_one_outcome():
    pair = conversion("char", "int")
    settle = pair.settler(pair.survey([]).reading({}), Choices(on_failure="empty"))

    values = ("+5", "x", "5")
    assert [settle(value) for value in values * 2] == [settle(value) for value in values] * 2


def test_equal_numbers_that_are_written_differently_are_not_mixed_up():
    pair = conversion("float", "char")
    settle = pair.settler({}, Choices())

    assert [settle(value).value for value in (0.0, -0.0, 0.0)] == ["0.0", "-0.0", "0.0"]


def test_what_is_open_names_the_question_and_the_answers():
    with pytest.raises(Undecided) as caught:
        conversion("char", "int").survey(["12 %"]).reading({"percent": "nonsense"})

    assert "percent = “number”: 12 % becomes 12" in str(caught.value)
    assert caught.value.questions[0].examples == ("12 %",)


# --- Choices ---


@pytest.mark.parametrize(
    ("data", "choices"),
    [
        ({}, Choices()),
        ("keep", Choices(on_failure="keep")),
        ({"value": 0}, Choices(on_failure="value", value="0")),
        ({"value": False}, Choices(on_failure="value", value="false")),
        ({"on_failure": "empty", "answers": {"a": "b"}}, Choices(on_failure="empty", answers={"a": "b"})),
    ],
)
def test_choices_are_json(data, choices):
    assert Choices.from_json(data) == choices
    assert Choices.from_json(json.loads(json.dumps(choices.to_json()))) == choices


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ("sometimes", "on_failure"),
        ({"on_failure": "sometimes"}, "on_failure"),
        ({"on_failure": ["stop"]}, "on_failure"),
        ({"on_failure": None}, "on_failure"),
        ({"value": {}}, "value"),
        ({"value": 10**5000}, "value"),
        ({"answers": "x"}, "answers"),
        ({"answers": {"zone": 5}}, "answers"),
        ({"answers": {"zone": "x" * 500}}, "answers"),
        ({"on_error": "stop"}, "on_error"),
    ],
)
def test_other_json_is_refused_by_key(data, key):
    with pytest.raises(ValidationError) as caught:
        Choices.from_json(data)
    assert list(caught.value.message_dict) == [key]


@pytest.mark.parametrize("data", [None, 5, ["stop"]])
def test_choices_are_an_object(data):
    with pytest.raises(ValidationError, match="Choices are an object"):
        Choices.from_json(data)


# --- Choices made from values ---


def test_choices_are_proposed_from_the_values_of_a_column():
    counts = {"sky": 3, "Red": 5, "": 7, "x" * 300: 9, "two\nlines": 9}

    proposed = propose_choices(counts)

    assert [choice["value"] for choice in proposed] == ["Red", "sky"]
    assert get_field("choice", {"choices": proposed}).clean("Red", None) == "Red"


def test_the_most_frequent_are_proposed():
    counts = {f"v{number:04}": number for number in range(1000)}

    assert [choice["value"] for choice in propose_choices(counts)] == list(counts)[-200:]


@pytest.mark.parametrize("text", ["a; b", "a, b", "a|b", "a\nb"])
def test_several_values_of_one_text_are_counted_one_by_one(text):
    assert count_parts({text: 2, "b": 1}) == {"a": 2, "b": 3}


def test_a_comma_beside_a_semicolon_is_part_of_a_value():
    assert count_parts({"a, b; c": 1}) == {"a, b": 1, "c": 1}
