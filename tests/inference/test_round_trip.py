"""Values written as people write them come back as the same values, whatever type they are said to have."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

from hypothesis import example, given, settings
from hypothesis import strategies as st

from dynadmin.fieldtypes import field_types
from dynadmin.fieldtypes.cells import from_text
from dynadmin.inference import Wish, infer
from dynadmin.transfer.formats import FORMATS
from dynadmin.transfer.readers.base import Source
from dynadmin.transfer.readings import ColumnReading


class Rows(Source):
    """A column as a file would give it."""

    format = FORMATS["csv"]

    def __init__(self, texts):
        self.headers = ("column",)
        self.texts = texts

    def chunks(self, most=1000):
        for start in range(0, len(self.texts), most):
            some = self.texts[start : start + most]
            yield range(start, start + len(some)), [[text] for text in some]


def propose(texts, **answers):
    return infer(Rows(texts), wishes={0: Wish(answers=answers)}).columns[0]


def read_back(column, text):
    """Return the value that an import would store."""
    reading = ColumnReading(column.reading)
    field = field_types[column.type].model_field(column.options)
    return from_text(field, "" if text in reading.empty_texts else reading.rewrite(text))


def assert_same(texts, values, same, **answers):
    column = propose(texts, **answers)

    assert column.open_questions == ()
    assert column.misfits == 0
    for text, value in zip(texts, values, strict=True):
        found = read_back(column, text)
        assert same(found, value, text), (column.type, column.reading, text, found)


def same_number(found, value, text):
    """A number is the same number, or, where no type holds it, the text that it was."""
    return found == text if isinstance(found, str) else Decimal(str(found)) == Decimal(str(value))


def same(found, value, _text):
    return found == value


# --- Numbers ---

STYLES = {"en": (",", "."), "pl": ("\u00a0", ","), "de": (".", ","), "ch": ("'", "."), "plain": ("", ".")}


def written(number, style):
    group, mark = STYLES[style]
    return f"{number:,f}".translate({ord(","): group, ord("."): mark})


decimals = st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12), max_value=10**12)


@given(st.lists(decimals, min_size=1, max_size=30), st.sampled_from(sorted(STYLES)))
@example([Decimal("0.00")], "plain")
@example([Decimal("-1234.50"), Decimal("1.00")], "de")
@settings(deadline=None, max_examples=60)
def test_amounts_in_any_style(numbers, style):
    assert_same([written(number, style) for number in numbers], numbers, same_number)


@given(st.lists(st.integers(-(2**70), 2**70), min_size=1, max_size=30))
@example([2**31])
@example([-(2**63), 2**63 - 1])
@example([2**63])
@settings(deadline=None, max_examples=40)
def test_whole_numbers_of_any_size(numbers):
    assert_same([str(number) for number in numbers], numbers, same_number)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=30))
@example([0.1, 1e300])
@example([5e-324, 1.0])
@settings(deadline=None, max_examples=60)
def test_floats_as_programs_write_them(numbers):
    mark = "."
    assert_same([repr(number) for number in numbers], numbers, same_number, decimal=mark)


@given(st.lists(st.decimals(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
@settings(deadline=None, max_examples=40)
def test_numbers_of_any_precision(numbers):
    assert_same([str(number) for number in numbers], numbers, same_number, decimal=".")


# --- Dates and times ---

_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada "
    "grudnia",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
}
MONTHS = {language: names.split() for language, names in _MONTHS.items()}
FORMATS_OF_DAYS = {
    "iso": lambda day: day.isoformat(),
    "dmy": lambda day: f"{day.day}.{day.month}.{day.year:04}",
    "mdy": lambda day: f"{day.month}/{day.day}/{day.year:04}",
    "ymd": lambda day: f"{day.year:04}/{day.month}/{day.day}",
    **{
        language: lambda day, names=names: f"{day.day} {names[day.month - 1]} {day.year:04}"
        for language, names in MONTHS.items()
    },
}
days = st.dates(date(1000, 1, 1), date(2999, 12, 31))


@given(st.lists(days, min_size=1, max_size=30), st.sampled_from(sorted(FORMATS_OF_DAYS)))
@settings(deadline=None, max_examples=60)
def test_dates_in_any_format(values, format):
    answers = {"order": format} if format in ("dmy", "mdy") else {"language": format}
    assert_same([FORMATS_OF_DAYS[format](day) for day in values], values, same, **answers)


@given(
    st.lists(st.datetimes(datetime(1000, 1, 1), datetime(2999, 12, 31)), min_size=1, max_size=20),
    st.sampled_from(["iso", "dmy", "mdy", "de"]),
)
@settings(deadline=None, max_examples=40)
def test_moments_in_any_format(values, format):
    texts = [f"{FORMATS_OF_DAYS[format](value.date())} {value.time().isoformat()}" for value in values]
    answers = {"order": format} if format in ("dmy", "mdy") else {"language": format}

    def same_moment(found, value, _text):
        # Midnights alone are dates.
        return found in (value.replace(tzinfo=UTC), value.date() if value.time() == time() else None)

    assert_same(texts, values, same_moment, **answers)


@given(st.lists(st.times(), min_size=1, max_size=20))
@settings(deadline=None, max_examples=50)
def test_times_of_day(values):
    assert_same([value.isoformat() for value in values], values, same)


# --- Others ---

WORDS = {"true": True, "false": False, "Yes": True, "no": False, "tak": True, "nie": False}


@given(st.lists(st.sampled_from(sorted(WORDS)), min_size=2, max_size=20))
@settings(deadline=None, max_examples=30)
def test_words_for_yes_and_no(words):
    assert_same(words, [WORDS[word] for word in words], same)


@given(st.lists(st.uuids(), min_size=1, max_size=10))
@settings(deadline=None, max_examples=30)
def test_uuids(values):
    assert_same([str(value) for value in values], values, same)


ordinary = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=40)


@given(st.lists(ordinary, min_size=1, max_size=20))
@settings(deadline=None, max_examples=60)
def test_texts_are_never_lost(texts):
    column = propose(texts)
    if column.open_questions or column.type not in ("char", "text", "choice"):
        return
    for text in texts:
        if text not in column.empty_texts:
            assert (read_back(column, text) or "") == text.strip()


# --- What does not fit ---


@given(
    st.sampled_from(
        [[f"{n}" for n in range(300)], [f"{n % 28 + 1}.12.2013" for n in range(300)], ["tak", "nie"] * 99]
    ),
    st.lists(st.sampled_from(["soon", "later", "31.2.2013x", "see below"]), min_size=1, max_size=6),
    st.randoms(use_true_random=False),
)
@settings(deadline=None, max_examples=40)
def test_values_that_do_not_fit_are_counted_exactly(texts, others, random):
    mixed = [*texts, *others]
    random.shuffle(mixed)

    column = propose(mixed)

    assert column.misfits == len(others)
    assert column.values == len(mixed)
    assert set(column.misfit_samples) == set(others)


def test_memory_stays_bounded_and_counts_exact_where_all_texts_differ():
    texts = [f"{number}.{number % 7}5" for number in range(30_000)] + ["none of them"] * 5 + ["N/A", ""]

    column = propose(texts)

    assert (column.type, column.misfits, column.values, column.empties) == ("decimal", 5, 30_005, 2)
