"""Hard files of typed cells: JSON, NDJSON, Parquet."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pyarrow

from tests.transfer.corpus.making import ndjson, parquet

BIG = 2**53 + 1
WARSAW = pyarrow.timestamp("us", tz="Europe/Warsaw")

READ = {
    "JSON in an object": (
        "x.json",
        b'{"count": 2, "rows": [{"a": 1}, {"b": [1, {"c": null}]}], "tags": []}',
        ("a", "b"),
        [(1, [1, None]), (2, [None, [1, {"c": None}]])],
    ),
    "JSON with numbers that are no floats": (
        "x.json",
        b'[{"a": 9007199254740993, "b": 0.1, "c": 1e400, "d": 123456789012345678901234567890}]',
        ("a", "b", "c", "d"),
        [(1, [BIG, Decimal("0.1"), Decimal("1e400"), 123456789012345678901234567890])],
    ),
    "JSON with a byte-order mark": ("x.json", b'\xef\xbb\xbf[{"a": "\xc5\xbc"}]', ("a",), [(1, ["ż"])]),
    "lists within lists, as far as they may go": (
        "x.json",
        b'[{"a": "[[\\"[[", "b": ' + b"[" * 90 + b"]" * 90 + b'}, {"b": "' + b"[{" * 999 + b'"}]',
        ("a", "b"),
        [(1, ['[["[[', eval("[" * 90 + "]" * 90)]), (2, [None, "[{" * 999])],
    ),
    "numbers of a thousand million digits": (
        "x.json",
        b'[{"a": 1e999999999, "b": 1E-999999999}]',
        ("a", "b"),
        [(1, ["1E+999999999", "1E-999999999"])],
    ),
    "numbers of a thousand million digits in a line": (
        "x.ndjson",
        b'{"a": 1e999999999}',
        ("a",),
        [(1, ["1E+999999999"])],
    ),
    "objects a line": (
        "x.ndjson",
        ndjson({"a": 1, "b": "x"}, {"b": None, "c": True}),
        ("a", "b", "c"),
        [(1, [1, "x", None]), (2, [None, None, True])],
    ),
    "objects a line in a file called JSON": (
        "x.json",
        ndjson({"a": BIG}, {"a": 2}),
        ("a",),
        [(1, [BIG]), (2, [2])],
    ),
    "objects a line, some lines blank, with Windows line ends": (
        "x.jsonl",
        b'{"a": 0.1}\r\n\r\n  \r\n{"a": 2}',
        ("a",),
        [(1, [Decimal("0.1")]), (4, [2])],
    ),
    "Parquet with numbers that are no floats": (
        "x.parquet",
        parquet(
            {
                "big": [BIG, None],
                "exact": pyarrow.array([Decimal("0.10"), Decimal("-99.99")]),
                "single": pyarrow.array([0.1, None], pyarrow.float32()),
                "double": [0.1, float("nan")],
            }
        ),
        ("big", "exact", "single", "double"),
        [(1, (BIG, Decimal("0.10"), 0.1, 0.1)), (2, (None, Decimal("-99.99"), None, "nan"))],
    ),
    "Parquet with times": (
        "x.parquet",
        parquet(
            {
                "day": [date(2024, 2, 29)],
                "at": [datetime(2024, 2, 29, 13, 5, 1, 250)],
                "zoned": pyarrow.array([datetime(2024, 7, 1, 12, tzinfo=UTC)], WARSAW),
                "fine": pyarrow.array([1_700_000_000_123_456_789], pyarrow.timestamp("ns")),
                "clock": [time(7, 30)],
                "span": [timedelta(days=1, seconds=2)],
                "far": pyarrow.array([10_000_000], pyarrow.date32()),
            }
        ),
        ("day", "at", "zoned", "fine", "clock", "span", "far"),
        [
            (
                1,
                (
                    "2024-02-29",
                    "2024-02-29T13:05:01.000250",
                    "2024-07-01T12:00:00+00:00",
                    "2023-11-14T22:13:20.123456",
                    "07:30:00",
                    "1 00:00:02",
                    "29349-01-26",
                ),
            )
        ],
    ),
    "Parquet with nested values and bytes": (
        "x.parquet",
        parquet(
            {
                "list": [[date(2024, 1, 1), None]],
                "struct": [{"a": 1, "b": {"c": b"x"}}],
                "map": pyarrow.array([[("k", 1)]], pyarrow.map_(pyarrow.string(), pyarrow.int64())),
                "text": [b"\xc5\xbc"],
                "bytes": [b"\xff\x00"],
                "word": pyarrow.array(["x"]).dictionary_encode(),
                "nothing": pyarrow.nulls(1),
            }
        ),
        ("list", "struct", "map", "text", "bytes", "word", "nothing"),
        [(1, (["2024-01-01", None], {"a": 1, "b": {"c": "x"}}, {"k": 1}, "ż", "/wA=", "x", None))],
    ),
    "Parquet in several groups of rows": (
        "x",
        parquet({"n": list(range(1300))}, row_group_size=600),
        ("n",),
        [(number + 1, (number,)) for number in range(1300)],
    ),
}

REFUSED = {
    "an integer of 5,000 digits": ("x.json", b'[{"a": ' + b"9" * 5_000 + b"}]", "not valid JSON"),
    "an integer of 5,000 digits in a line": ("x.ndjson", b'{"a": ' + b"9" * 5_000 + b"}", "more digits"),
    "an exponent that cannot be held": (
        "x.json",
        b'[{"a": 1e99999999999999999999}]',
        "a larger exponent, than can be kept",
    ),
    "an exponent in a line": (
        "x.ndjson",
        b'{"a": 1e99999999999999999999}',
        "Line 1 is not valid JSON: A number",
    ),
    "lists within lists": ("x.json", b'[{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}]", "100 deep"),
    "objects within objects": (
        "x.ndjson",
        b'{"a": "]]", "b": ' + b'{"c": [' * 5_000 + b"]}" * 5_000 + b"}\n",
        "100 deep",
    ),
    "JSON in UTF-16": ("x.json", '[{"a": 1}]'.encode("utf-16"), "UTF-16"),
    "an object without an array": ("x.json", b'{"a": 1}', "no JSON array"),
    "a line that is no JSON": (
        "x.ndjson",
        b'{"a": 1}\n{"a": }\n',
        "Line 2 is not valid JSON: Expecting value at character 7.",
    ),
    "a line that is no object": ("x.ndjson", b'{"a": 1}\n[1]\n', "Line 2 is not a JSON object"),
    "two objects in a line": ("x.ndjson", b'{"a": 1}\n{"a": 2}, {"a": 3}\n', "Line 2 is not valid JSON"),
    "a line cut off": ("x.ndjson", b'{"a": 1}\n{"a": "x', "Line 2 is not valid JSON"),
    "a number that JSON does not know": ("x.ndjson", b'{"a": NaN}\n', "NaN is not JSON"),
    "a line with half a letter": (
        "x.ndjson",
        b'{"a": 1}\n{"a": "\xc5"}\n',
        "A letter is not written in UTF-8.",
    ),
    "a Parquet file cut off": ("x.parquet", parquet({"a": [1]})[:-3], "Parquet file cannot be read"),
    "no Parquet": ("x.parquet", b"a,b\n1,2\n", "Parquet file cannot be read"),
}
