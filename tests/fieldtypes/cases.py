"""What each field type accepts, refuses and writes: one table of data for every door of a value.

The tests of the types, the forms, the API and the files all read it, so that the doors cannot drift apart::

    @pytest.mark.parametrize("case", CASES, ids=str)
    def test_...(case): ...
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models

from dynadmin.fieldtypes import get_field

NUL = "a\x00b"
HALF_A_PAIR = "a\ud800b"
COLORS = [
    {"value": "red", "label": "Red & hot", "color": "#f4b8b8"},
    {"value": "sky", "label": "Blue", "color": "#b5d6f7"},
    {"value": "no hue", "label": "None", "color": ""},
]


@dataclass(frozen=True, kw_only=True)
class Case:
    """One type with options.

    ``valid`` has an input (JSON or text), the value it means, and the text of that value in a file;
    ``invalid`` an input and a part of the message; ``rendered`` a part of the HTML of the form's box.
    """

    slug: str
    valid: tuple[tuple[Any, Any, str], ...] = ()
    invalid: tuple[tuple[Any, str], ...] = ()
    rendered: str = ""
    options: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return "-".join([self.slug, *self.options])

    def make_field(self, **options: Any) -> models.Field:
        """Return a new field of the case, with further options."""
        return get_field(self.slug, {**self.options, **options})

    @property
    def texts(self) -> list[tuple[str, Any]]:
        """The texts that a file may hold, and what they mean."""
        return [(text, value) for given, value, text in self.valid] + [
            (given, value) for given, value, text in self.valid if isinstance(given, str) and given.strip()
        ]


TEXT_CASES = (
    Case(
        slug="char",
        options={"max_length": 10},
        valid=(
            ("Łódź 🚀", "Łódź 🚀", "Łódź 🚀"),
            ("  spaced  ", "spaced", "spaced"),
            ("=1+1", "=1+1", "=1+1"),
            ("<b>&amp;", "<b>&amp;", "<b>&amp;"),
            ("true", "true", "true"),
            ("", "", ""),
            ("   ", "", ""),
            (5, "5", "5"),
        ),
        invalid=(
            ("x" * 11, "at most 10"),
            (NUL, "NUL"),
            (HALF_A_PAIR, "broken character"),
            ("one\ntwo", "Line breaks"),
            (True, "not a text"),
            (["a"], "not a text"),
            ({"a": 1}, "not a text"),
        ),
        rendered='maxlength="10"',
    ),
    Case(
        slug="char",
        options={"min_length": 2, "regex": "[A-Z]{2}[0-9]*", "null": True},
        valid=(("AB12", "AB12", "AB12"), ("", None, ""), (None, None, "")),
        invalid=(("A", "at least 2"), ("ab", "form asked for"), ("AB12x", "form asked for")),
    ),
    Case(
        slug="text",
        options={"max_length": 100},
        valid=(
            ("one\r\ntwo\rthree", "one\ntwo\nthree", "one\ntwo\nthree"),
            ('a "quoted", line;\n\n\ttab', 'a "quoted", line;\n\n\ttab', 'a "quoted", line;\n\n\ttab'),
        ),
        invalid=(
            ("x" * 101, "at most 100"),
            (NUL, "NUL"),
            (HALF_A_PAIR, "broken character"),
            ([], "not a text"),
        ),
        rendered="<textarea",
    ),
    Case(
        slug="email",
        valid=((" a@example.com ", "a@example.com", "a@example.com"),),
        invalid=(("a@", "valid email"), ("a@b@c", "valid email"), (NUL, "NUL")),
        rendered='type="email"',
    ),
    Case(
        slug="url",
        valid=(
            ("https://example.com/ä?q=1#x", "https://example.com/ä?q=1#x", "https://example.com/ä?q=1#x"),
            ("http://[::1]:80/", "http://[::1]:80/", "http://[::1]:80/"),
        ),
        invalid=(
            ("javascript:alert(1)", "valid URL"),
            ("ftp://example.com", "valid URL"),
            ("example.com", "valid URL"),
            ("https://example.com/" + "x" * 500, "at most 500"),
        ),
        rendered='type="url"',
    ),
    Case(
        slug="slug",
        valid=(("a-b_1", "a-b_1", "a-b_1"),),
        invalid=(("a b", "valid “slug”"), ("ä", "valid “slug”"), ("x" * 51, "at most 50")),
        rendered='maxlength="50"',
    ),
    Case(
        slug="slug",
        options={"allow_unicode": True},
        valid=(("größe", "größe", "größe"),),
        invalid=(("a b", "valid “slug”"),),
    ),
)

NUMBER_CASES = (
    Case(
        slug="int",
        valid=(
            (0, 0, "0"),
            ("5", 5, "5"),
            (" +5 ", 5, "5"),
            ("-0", 0, "0"),
            ("007", 7, "7"),
            (5.0, 5, "5"),
            ("5.00", 5, "5"),
            (2**31 - 1, 2147483647, "2147483647"),
            (-(2**31), -2147483648, "-2147483648"),
            ("", None, ""),
            (None, None, ""),
        ),
        invalid=(
            (2**31, "too large"),
            ("9" * 5000, "too large"),
            (10**4000, "too large"),
            (1e300, "too large"),
            ("5.5", "not a whole number"),
            (5.5, "not a whole number"),
            (float("inf"), "not a whole number"),
            (float("nan"), "not a whole number"),
            ("1e3", "not a whole number"),
            ("1_000", "not a whole number"),
            ("1,000", "not a whole number"),
            ("١٢٣", "not a whole number"),
            ("５", "not a whole number"),
            (True, "not a whole number"),
            ([5], "not a whole number"),
            (NUL, "not a whole number"),
            (HALF_A_PAIR, "not a whole number"),
        ),
        rendered='type="number"',
    ),
    Case(
        slug="int",
        options={"min_value": 1, "max_value": 10, "null": False},
        valid=((1, 1, "1"), (10, 10, "10")),
        invalid=((0, "greater than or equal to 1"), (11, "less than or equal to 10"), ("", "cannot be")),
        rendered='min="1" max="10"',
    ),
    Case(
        slug="bigint",
        valid=(
            (2**63 - 1, 2**63 - 1, "9223372036854775807"),
            (str(-(2**63)), -(2**63), "-9223372036854775808"),
        ),
        invalid=((2**63, "too large"), ("-9223372036854775809", "too large"), ("9.5", "not a whole number")),
        rendered='type="number"',
    ),
    Case(
        slug="float",
        valid=(
            (0.1, 0.1, "0.1"),
            ("1.5e3", 1500.0, "1500.0"),
            ("1e-300", 1e-300, "1e-300"),
            ("1.7976931348623157e308", 1.7976931348623157e308, "1.7976931348623157e+308"),
            (".5", 0.5, "0.5"),
            (7, 7.0, "7.0"),
            ("", None, ""),
        ),
        invalid=(
            ("nan", "not a number"),
            (float("nan"), "not a number"),
            (float("-inf"), "not a number"),
            ("Infinity", "not a number"),
            ("1e400", "too large"),
            (10**400, "too large"),
            (10**4000, "not a number"),
            ("1_0", "not a number"),
            ("1,5", "not a number"),
            ("١", "not a number"),
            (True, "not a number"),
            ("0x10", "not a number"),
        ),
        rendered='step="any"',
    ),
    Case(
        slug="decimal",
        options={"max_digits": 15, "decimal_places": 4},
        valid=(
            ("12345678901.2345", Decimal("12345678901.2345"), "12345678901.2345"),
            (0.1, Decimal("0.1000"), "0.1000"),
            ("1.500000", Decimal("1.5000"), "1.5000"),
            ("-0", Decimal("0.0000"), "0.0000"),
            ("1e3", Decimal("1000.0000"), "1000.0000"),
            (7, Decimal("7.0000"), "7.0000"),
            ("0.0001", Decimal("0.0001"), "0.0001"),
        ),
        invalid=(
            ("0.00001", "no more than 4 decimal places"),
            ("123456789012", "no more than 11 digits before"),
            ("1e9999", "digits"),
            ("1e99999999", "not a number"),
            ("NaN", "not a number"),
            ("sNaN", "not a number"),
            ("Infinity", "not a number"),
            ("١", "not a number"),
            ("1_0", "not a number"),
            (False, "not a number"),
        ),
        rendered='step="0.0001"',
    ),
    Case(
        slug="decimal",
        options={"max_digits": 5, "decimal_places": 2, "min_value": "-1.5", "max_value": 99.5},
        valid=(("-1.5", Decimal("-1.50"), "-1.50"), (99.5, Decimal("99.50"), "99.50")),
        invalid=(("-1.51", "greater than or equal to -1.5"), ("100", "less than or equal to 99.5")),
        rendered='min="-1.5" max="99.5"',
    ),
)

CHOICE_CASES = (
    Case(
        slug="bool",
        valid=(
            (True, True, "true"),
            (False, False, "false"),
            ("TRUE", True, "true"),
            ("no", False, "false"),
            ("0", False, "false"),
            (1, True, "true"),
            ("", None, ""),
        ),
        invalid=(
            ("maybe", "neither true nor false"),
            (2, "neither true"),
            ("ja", "neither"),
            ([], "neither"),
        ),
        rendered="<select",
    ),
    Case(
        slug="bool",
        options={"null": False, "default": False},
        valid=(("yes", True, "true"), ("f", False, "false")),
        invalid=(("", "cannot be null"), ("-1", "neither true nor false")),
        rendered='type="checkbox"',
    ),
    Case(
        slug="choice",
        options={"choices": COLORS},
        valid=((" sky ", "sky", "sky"), ("no hue", "no hue", "no hue"), ("", "", "")),
        invalid=(
            ("Blue", "not a valid choice"),
            ("SKY", "not a valid choice"),
            (NUL, "NUL"),
            (1, "not a valid"),
        ),
        rendered='<option value="red">Red &amp; hot</option>',
    ),
    Case(
        slug="multichoice",
        options={"choices": COLORS},
        valid=(
            (["sky", "red"], ["red", "sky"], "red; sky"),
            (["sky", "sky"], ["sky"], "sky"),
            ("sky;no hue", ["sky", "no hue"], "sky; no hue"),
            ([], None, ""),
            (None, None, ""),
        ),
        invalid=(
            (["Blue"], "not one of the choices"),
            ("red, sky", "not one of the choices"),
            ([["red"]], "not one of the choices"),
            ({"red": True}, "not a list"),
            (5, "not a list"),
        ),
        rendered='type="checkbox"',
    ),
)

DATE_CASES = (
    Case(
        slug="date",
        valid=(
            ("2024-02-29", date(2024, 2, 29), "2024-02-29"),
            ("2024-01-31T00:00:00", date(2024, 1, 31), "2024-01-31"),
            ("0001-01-01", date.min, "0001-01-01"),
            ("9999-12-31", date.max, "9999-12-31"),
            ("", None, ""),
        ),
        invalid=(
            ("2023-02-29", "does not exist"),
            ("2024-13-01", "does not exist"),
            ("0000-01-01", "does not exist"),
            ("31.01.2024", "not a date"),
            ("01/02/2024", "not a date"),
            ("20240131", "not a date"),
            ("2024-W05-3", "not a date"),
            ("2024-01-31T10:00", "not a date"),
            ("٢٠٢٤-٠١-٣١", "not a date"),
            ("infinity", "not a date"),
            (20240131, "not a date"),
            (["2024-01-31"], "not a date"),
        ),
        rendered='type="date"',
    ),
    Case(
        slug="date",
        options={"min_value": "2000-01-01", "max_value": "2030-12-31"},
        valid=(("2000-01-01", date(2000, 1, 1), "2000-01-01"),),
        invalid=(("1999-12-31", "2000-01-01"), ("2031-01-01", "2030-12-31")),
        rendered='min="2000-01-01" max="2030-12-31"',
    ),
    Case(
        slug="time",
        valid=(
            ("14:30", time(14, 30), "14:30:00"),
            ("23:59:59.999999", time.max, "23:59:59.999999"),
            ("00:00:00,5", time(0, 0, 0, 500000), "00:00:00.500000"),
        ),
        invalid=(
            ("24:00", "does not exist"),
            ("23:59:60", "does not exist"),
            ("14:30+01:00", "not a time"),
            ("2 pm", "not a time"),
            ("1:30", "not a time"),
            (1430, "not a time"),
        ),
        rendered='type="time"',
    ),
    Case(
        slug="datetime",
        valid=(
            (
                "2024-01-31T14:30:00Z",
                datetime(2024, 1, 31, 14, 30, tzinfo=UTC),
                "2024-01-31T14:30:00+00:00",
            ),
            (
                "2024-01-31 14:30:00.123456+0130",
                datetime(2024, 1, 31, 13, 0, 0, 123456, tzinfo=UTC),
                "2024-01-31T13:00:00.123456+00:00",
            ),
            ("0001-01-02T00:00Z", datetime(1, 1, 2, tzinfo=UTC), "0001-01-02T00:00:00+00:00"),
            (
                "9999-12-30T23:59:59-00:00",
                datetime(9999, 12, 30, 23, 59, 59, tzinfo=UTC),
                "9999-12-30T23:59:59+00:00",
            ),
        ),
        invalid=(
            ("9999-12-31T23:59-14:00", "end of the calendar"),
            ("0001-01-01T00:00+14:00", "end of the calendar"),
            ("2024-01-31T24:00Z", "does not exist"),
            ("2024-02-30 10:00Z", "does not exist"),
            ("2024-01-31T14:30+25:00", "does not exist"),
            ("now", "not a date and time"),
            ("infinity", "not a date and time"),
            ("31.01.2024 14:30", "not a date and time"),
            ("1706711400", "not a date and time"),
            (1706711400, "not a date and time"),
            ({"year": 2024}, "not a date and time"),
        ),
        rendered='type="datetime-local"',
    ),
    Case(
        slug="duration",
        valid=(
            ("1:30:00", timedelta(hours=1, minutes=30), "01:30:00"),
            ("P3DT12H", timedelta(days=3, hours=12), "3 12:00:00"),
            (90, timedelta(seconds=90), "00:01:30"),
            ("-1 23:59:59.000001", timedelta(days=-1, seconds=86399, microseconds=1), "-1 23:59:59.000001"),
            ("99999999 23:59:59.999999", timedelta(days=10**8, microseconds=-1), "99999999 23:59:59.999999"),
        ),
        invalid=(
            ("100000000 00:00:00", "100 million days"),
            ("999999999999999999 00:00:00", "not a duration"),
            ("soon", "not a duration"),
            ("٣", "not a duration"),
            (True, "not a duration"),
            (1e300, "not a duration"),
        ),
        rendered='type="text"',
    ),
)

STRUCTURED_CASES = (
    Case(
        slug="uuid",
        valid=(
            (
                "12345678-1234-5678-1234-567812345678",
                UUID("12345678-1234-5678-1234-567812345678"),
                "12345678-1234-5678-1234-567812345678",
            ),
            ("A" * 32, UUID("a" * 32), "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"),
        ),
        invalid=(
            ("1234", "not a UUID"),
            (5, "not a UUID"),
            ("1_34567812345678" * 2, "not a UUID"),
            ("{12345678-1234-5678-1234-567812345678}", "not a UUID"),
        ),
        rendered='type="text"',
    ),
    Case(
        slug="ip",
        valid=(
            ("192.0.2.1", "192.0.2.1", "192.0.2.1"),
            (" 2001:0DB8:0::1 ", "2001:db8::1", "2001:db8::1"),
            ("", None, ""),
        ),
        invalid=(
            ("300.0.0.1", "valid IPv4 or IPv6"),
            ("fe80::1%eth0", "not an IP address"),
            ("192.0.2.0/24", "valid IPv4 or IPv6"),
            ("١٢٧.0.0.1", "not an IP address"),
            (16843009, "not an IP address"),
        ),
        rendered='type="text"',
    ),
    Case(
        slug="ip",
        options={"protocol": "IPv4"},
        valid=(("192.0.2.1", "192.0.2.1", "192.0.2.1"),),
        invalid=(("::1", "valid IPv4"),),
    ),
    Case(
        slug="json",
        options={"max_length": 200, "max_depth": 4},
        valid=(
            (
                {"b": [1, 2.5, None, True, "x"]},
                {"b": [1, 2.5, None, True, "x"]},
                '{"b":[1,2.5,null,true,"x"]}',
            ),
            ('{"ä": "<b>"}', {"ä": "<b>"}, '{"ä":"<b>"}'),
            ([], [], "[]"),
            ({}, {}, "{}"),
            ("5", 5, "5"),
            (False, False, "false"),
            (1e18, 10**18, "1000000000000000000"),
            (2**63 - 1, 2**63 - 1, "9223372036854775807"),
            ("null", None, ""),
            ("", None, ""),
        ),
        invalid=(
            ("{", "not JSON"),
            ("{'a': 1}", "not JSON"),
            ('"a text"', "text alone"),
            ("NaN", "64 bits"),
            ('{"a": [Infinity]}', "64 bits"),
            ([float("nan")], "64 bits"),
            ("[1e400]", "64 bits"),
            ([2**63], "64 bits"),
            ("9" * 150, "64 bits"),
            ('["\\u0000"]', "NUL"),
            ({"a\x00": 1}, "NUL"),
            ('["\\ud800"]', "broken character"),
            ("[" * 100 + "]" * 100, "levels deep"),
            ([[[[[]]]]], "levels deep"),
            (["x" * 250], "longer than 200"),
            ({1: 2}, "cannot be written as JSON"),
        ),
        rendered="<textarea",
    ),
)

# Files are no JSON: tests/fieldtypes/test_files.py has their values.
FILE_CASES = (
    Case(slug="file", options={"extensions": ["pdf"]}, rendered='accept=".pdf"'),
    Case(slug="image", rendered='type="file"'),
)

CASES = (*TEXT_CASES, *NUMBER_CASES, *CHOICE_CASES, *DATE_CASES, *STRUCTURED_CASES, *FILE_CASES)

# A default of each type that can have one, awkward for SQL.
DEFAULTS = {
    "char": 'it\'s 5% {} \\ "x"',
    "text": "one\ntwo",
    "email": "a@example.com",
    "url": "https://example.com/?a=%20",
    "slug": "a-b",
    "int": -5,
    "bigint": 2**62,
    "float": 1e-7,
    "decimal": "0.10",
    "bool": False,
    "choice": "sky",
    "multichoice": ["sky", "red"],
    "date": "2024-02-29",
    "time": "23:59:59.999999",
    "datetime": "2024-01-31T14:30:00.000001+01:00",
    "duration": "-1 00:00:01.000001",
    "uuid": "12345678-1234-5678-1234-567812345678",
    "ip": "2001:db8::1",
    "json": '{"a": ["it\'s", 5, null, "%s"]}',
}
