"""Values of UUIDs, addresses and JSON; and files, whose values are no JSON."""

from uuid import UUID

from tests.fieldtypes.cases.case import Case

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
