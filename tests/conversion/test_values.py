"""Values that are no texts, rule by rule: a column of values, and what each becomes."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from tests.conversion.conversions import asked, conversion, converted, field

COLORS = [
    {"value": "red", "label": "Hot"},
    {"value": "sky", "label": "Blue"},
    {"value": "5", "label": "Five"},
]
CHOICE, SEVERAL = field("choice", choices=COLORS), field("multichoice", choices=COLORS)
CENTS = field("decimal", max_digits=5, decimal_places=2)
NOON = datetime(2024, 1, 31, 12, tzinfo=UTC)
LATE = datetime(2024, 1, 31, 23, 30, tzinfo=UTC)

# Old type, new type, values, what they become; a code behind "!" for those that fail.
COLUMNS = [
    # Numbers among themselves
    ("bigint", "int", [5, 2**31 - 1, 2**31, -(2**31) - 1], [5, 2**31 - 1, "!range", "!range"]),
    ("float", "int", [5.0, -0.0, 5.5, 1e300], [5, 0, "!rounded", "!range"]),
    ("float", "int", [float("nan"), float("inf")], ["!infinite", "!infinite"]),
    ("float", "bigint", [2.0**60, 2.0**63], [2**60, "!range"]),
    ("bigint", "float", [2**53, 2**60, 2**53 + 1], [2.0**53, 2.0**60, "!rounded"]),
    ("float", CENTS, [0.1, 0.125, 1e3, float("-inf")], [Decimal("0.10"), "!places", "!range", "!infinite"]),
    ("decimal", "float", [Decimal("0.10"), Decimal("1234567890123.45")], [0.1, 1234567890123.45]),
    ("decimal", "int", [Decimal("2.00"), Decimal("2.50"), Decimal("NaN")], [2, "!rounded", "!infinite"]),
    ("int", CENTS, [5, 999, 1000], [Decimal("5.00"), Decimal("999.00"), "!range"]),
    ("decimal", CENTS, [Decimal("1.5000"), Decimal("1.0050")], [Decimal("1.50"), "!places"]),
    ("int", field("int", min_value=3), [2, 3], ["!low", 3]),
    # Yes and no
    ("int", "bool", [0, 1, 2, -1], [False, True, "!bit", "!bit"]),
    ("float", "bool", [0.0, 1.0, 0.5], [False, True, "!bit"]),
    ("decimal", "bool", [Decimal("1.00"), Decimal("0.01")], [True, "!bit"]),
    ("bool", "int", [True, False], [1, 0]),
    ("bool", "float", [True], [1.0]),
    ("bool", "decimal", [True], [Decimal("1.00")]),
    ("bool", "char", [True, False], ["true", "false"]),
    # Dates and times
    ("datetime", "date", [NOON, LATE], [date(2024, 1, 31), date(2024, 2, 1)]),
    ("datetime", "time", [NOON, LATE], [time(13), time(0, 30)]),
    ("date", "datetime", [date(2024, 1, 31)], [datetime(2024, 1, 30, 23, tzinfo=UTC)]),
    ("date", "datetime", [date.min, date.max], ["!calendar", datetime(9999, 12, 30, 23, tzinfo=UTC)]),
    ("datetime", "int", [NOON, NOON.replace(microsecond=1)], [1706702400, "!rounded"]),
    ("datetime", "bigint", [NOON, NOON.replace(microsecond=1)], [1706702400, "!rounded"]),
    ("datetime", "float", [NOON.replace(microsecond=500000)], [1706702400.5]),
    (
        "time",
        "duration",
        [time(1, 30), time.max],
        [timedelta(minutes=90), timedelta(days=1, microseconds=-1)],
    ),
    (
        "duration",
        "time",
        [timedelta(hours=2), timedelta(hours=-1), timedelta(days=1)],
        [time(2), "!negative", "!day"],
    ),
    ("duration", "int", [timedelta(minutes=1.5), timedelta(milliseconds=1)], [90, "!rounded"]),
    ("duration", "decimal", [timedelta(seconds=-1.5)], [Decimal("-1.50")]),
    ("int", "duration", [90, -1], [timedelta(seconds=90), timedelta(seconds=-1)]),
    ("bigint", "duration", [2**62], ["!range"]),
    ("float", "duration", [0.1, 1e-7, 1e300], [timedelta(milliseconds=100), "!rounded", "!range"]),
    ("time", "char", [time(1, 2, 3, 4)], ["01:02:03.000004"]),
    ("duration", "char", [timedelta(days=3, hours=12)], ["3 12:00:00"]),
    ("datetime", "char", [NOON], ["2024-01-31T12:00:00+00:00"]),
    ("date", "char", [date(987, 6, 5)], ["0987-06-05"]),
    # Chosen values
    (
        "char",
        CHOICE,
        ["red", "Hot", "HOT", "SKY", "green", "5"],
        ["red", "red", "red", "sky", "!choice", "5"],
    ),
    ("int", CHOICE, [5, 6], ["5", "!choice"]),
    (CHOICE, "int", ["5", "red"], [5, "!number"]),
    (CHOICE, "char", ["red"], ["red"]),
    (CHOICE, field("choice", choices=[("r", "Hot"), "sky"]), ["red", "sky", "5"], ["r", "sky", "!choice"]),
    (CHOICE, SEVERAL, ["red", "", None], [["red"], None, None]),
    (SEVERAL, CHOICE, [["red"], ["red", "sky"], None, []], ["red", "!several", "", ""]),
    (SEVERAL, field("multichoice", choices=["sky"]), [["sky"], ["red", "sky"]], [["sky"], "!choice"]),
    (SEVERAL, "char", [["red", "sky"], None], ["red; sky", ""]),
    (SEVERAL, "json", [["red", "sky"]], [["red", "sky"]]),
    ("char", SEVERAL, ["sky; red", "Hot", "x", "red; x"], [["red", "sky"], ["red"], "!choice", "!choice"]),
    ("char", SEVERAL, ["blue, HOT", "red"], [["red", "sky"], ["red"]]),
    ("text", SEVERAL, ["sky\nred"], [["red", "sky"]]),
    # Others
    ("uuid", "char", [UUID(int=1)], ["00000000-0000-0000-0000-000000000001"]),
    ("char", "uuid", ["A" * 32, "1234"], [UUID("a" * 32), "!uuid"]),
    ("char", "ip", ["192.0.2.1", "300.0.0.1"], ["192.0.2.1", "!ip"]),
    ("char", field("ip", protocol="IPv6"), ["::1", "192.0.2.1"], ["::1", "!ip"]),
    ("ip", "char", ["::1"], ["::1"]),
    ("json", "char", [{"a": [1, "ä"]}, 5, [], False], ['{"a":[1,"ä"]}', "5", "[]", "false"]),
    (
        "char",
        "json",
        ['{"a": 1}', "5", "abc", '"abc"', "null", "NaN"],
        [{"a": 1}, 5, "!json", "!text", "!json", "!number"],
    ),
    ("json", "int", [5, 5.0, 5.5, True, [5]], [5, 5, "!rounded", "!number", "!structure"]),
    ("json", "float", [5, 0.1, 2**53 + 1], [5.0, 0.1, "!rounded"]),
    ("json", "bool", [True, 0, 2, {}], [True, False, "!bit", "!structure"]),
    (
        "json",
        SEVERAL,
        [["sky", "Hot"], ["x"], [5], {"a": 1}, 5],
        [["red", "sky"], "!choice", "!object", "!object", "!object"],
    ),
    ("decimal", "json", [Decimal("0.10"), Decimal("5.00")], [0.1, 5]),
    ("bool", "json", [True], [True]),
    ("char", field("char", max_length=2), ["ab", "abc"], ["ab", "!long"]),
    ("text", "char", ["one\ntwo"], ["!invalid"]),
    ("char", "email", ["a@example.com", "a@"], ["a@example.com", "!invalid"]),
    ("char", "url", ["https://example.com/", "example.com"], ["https://example.com/", "!invalid"]),
    ("char", "slug", ["a-b", "a b"], ["a-b", "!invalid"]),
    ("char", field("char", regex="[A-Z]+"), ["AB", "ab"], ["AB", "!regex"]),
    ("file", "char", ["tables/c1/" + "a" * 32 + ".pdf", ""], ["tables/c1/" + "a" * 32 + ".pdf", ""]),
    # What no field of the old type takes, but another program wrote
    ("int", "char", ["abc"], ["abc"]),
    ("int", "bool", ["abc"], ["!number"]),
    ("date", "datetime", ["abc"], ["!invalid"]),
    ("datetime", "date", [5], ["!invalid"]),
    ("duration", "int", ["abc"], ["!invalid"]),
]


def name_of(column) -> str:
    return "-".join(getattr(end, "type", end) for end in column[:2])


@pytest.mark.parametrize(("old", "new", "values", "results"), COLUMNS, ids=map(name_of, COLUMNS))
def test_what_values_become(old, new, values, results):
    found = converted(conversion(old, new), values, zone="Europe/Warsaw")

    assert found == results
    assert [type(value) for value in found] == [type(value) for value in results]


# --- Numbers that are dates ---


@pytest.mark.parametrize("old", ["bigint", "float", field("decimal", max_digits=15, decimal_places=1)])
@pytest.mark.parametrize(
    ("number", "moment"),
    [
        (1706711400, datetime(2024, 1, 31, 14, 30, tzinfo=UTC)),
        (1706711400000, datetime(2024, 1, 31, 14, 30, tzinfo=UTC)),
        (-200000000, datetime(1963, 8, 31, 4, 26, 40, tzinfo=UTC)),
        (20240131, datetime(2024, 1, 31, tzinfo=UTC)),
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_the_size_of_a_number_tells_what_it_counts(old, number, moment):
    value = {"bigint": int, "float": float}.get(old if isinstance(old, str) else "", Decimal)(number)

    assert converted(conversion(old, "datetime"), [value, None]) == [moment, None]
    assert converted(conversion(old, "date"), [value, None]) == [moment.date(), None]


@pytest.mark.parametrize(
    ("numbers", "units"),
    [
        ([3600], ("s", "ms")),
        ([45322], ("s", "ms", "days")),
        ([1706711400, 1706711400000], ("s", "ms")),
        ([20240131, 1706711400], ("s", "ymd")),
    ],
)
def test_numbers_that_may_count_one_thing_or_another_are_asked_about(numbers, units):
    assert asked(conversion("bigint", "datetime"), numbers) == {"unit": units}


def test_small_numbers_are_what_the_large_ones_are():
    assert converted(conversion("bigint", "datetime"), [1706711400, 60])[1] == datetime(
        1970, 1, 1, 0, 1, tzinfo=UTC
    )


def test_the_answer_says_what_numbers_count():
    pair = conversion("float", "datetime")

    assert converted(pair, [45322.5, 1.0], unit="days") == [
        datetime(2024, 1, 31, 12, tzinfo=UTC),
        "!calendar",
    ]
    assert converted(pair, [0.0000001, 1e300, 2.5], unit="s") == [
        *("!rounded", "!calendar", datetime(1970, 1, 1, 0, 0, 2, 500000, tzinfo=UTC)),
    ]
    assert converted(pair, [20240131.0, 20240230.0], unit="ymd")[1] == "!date"


# --- The day in a zone where clocks skip or repeat midnight, or that left a day out ---


def test_a_day_begins_when_its_first_hour_does():
    days = [date(2024, 4, 26), date(2023, 11, 5), date(2011, 12, 30)]
    begins = [datetime(2024, 4, 25, 22, tzinfo=UTC), datetime(2023, 11, 5, 4, tzinfo=UTC)]

    assert converted(conversion("date", "datetime"), days[:1], zone="Africa/Cairo") == begins[:1]
    assert converted(conversion("date", "datetime"), days[1:2], zone="America/Havana") == begins[1:]
    assert converted(conversion("date", "datetime"), days[2:], zone="Pacific/Apia") == ["!clocks"]


# --- Several values in one text ---


def test_separators_that_contradict_each_other_are_asked_about():
    values = ["sky; red", "sky, red"]

    assert asked(conversion("char", SEVERAL), values) == {"separator": ("semicolon", "comma")}
    assert converted(conversion("char", SEVERAL), values, separator="comma") == ["!choice", ["red", "sky"]]


def test_a_text_that_is_one_choice_and_also_several_is_asked_about():
    new = field("multichoice", choices=["a, b", "a", "b"])

    assert asked(conversion("char", new), ["a, b"]) == {"separator": ("one", "comma")}
    assert converted(conversion("char", new), ["a, b"], separator="one") == [["a, b"]]
    assert converted(conversion("char", new), ["a, b"], separator="comma") == [["a", "b"]]


# --- Yes and no in words ---


@pytest.mark.parametrize(
    "word", ["yes", "Y", "TRUE", "t", "on", "1", "x", "X", "ja", "Oui", "sí", "tak", "ДА", "✓", "✔️", "はい"]
)
def test_words_for_yes(word):
    assert converted(conversion("char", "bool"), [word]) == [True]


@pytest.mark.parametrize(
    "word", ["no", "N", "False", "f", "OFF", "0", "nein", "non", "nie", "não", "нет", "✗", "❌", "いいえ"]
)
def test_words_for_no(word):
    assert converted(conversion("char", "bool"), [word]) == [False]


@pytest.mark.parametrize("word", ["maybe", "2", "-", "null", "yesno", "N/A", "?"])
def test_other_words_are_neither(word):
    assert converted(conversion("char", "bool"), [word]) == ["!bool"]


def test_an_object_where_a_list_of_choices_should_be_does_not_fit():
    colors = {"choices": ["red", "sky"]}
    pair = conversion(field("multichoice", **colors), field("choice", **colors))

    assert converted(pair, [{"a": 1}, ["red"]]) == ["!invalid", "red"]
