"""Whatever a file holds, and however it is said to be read, the answer is a result or a sentence."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dynadmin.exceptions import TransferError
from dynadmin.transfer import import_rows, open_source
from dynadmin.transfer.sniff import DELIMITERS, ENCODINGS
from tests.staticapp.models import Item

pytestmark = pytest.mark.django_db

# A failing example is small enough as it is.
FAST = settings(
    max_examples=150,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
PIECES = [
    b"code",
    b"label",
    b"count",
    b"data",
    b"is_sold",
    b"day",
    b",",
    b";",
    b"\n",
    b"\r\n",
    b'"',
    b'""',
    b"'",
]
PIECES += [
    b"A",
    b"1",
    b"-1",
    b"x",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\x00",
    b"\xc3\xa9",
    b"\xe9",
    b"\x81",
    b" ",
    b"=1",
]
JSON_PIECES = [
    b"[",
    b"]",
    b"{",
    b"}",
    b'"code"',
    b'"data"',
    b":",
    b",",
    b'"A"',
    b"1",
    b"-1e999",
    b"1.5",
    b"null",
]
JSON_PIECES += [b"true", b'"\\ud800"', b'"\\u0000"', b"[1]", b'{"a":1}', b'"count"', b" ", b"\xff", b'"']


def answer(path, **arguments):
    """Return the result, or the sentence why there is none. Anything else is raised."""
    try:
        return import_rows(Item, open_source(path, **arguments), dry_run=True)
    except TransferError as error:
        return str(error)


@FAST
@given(
    body=st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join) | st.binary(max_size=60),
    encoding=st.sampled_from([None, *ENCODINGS]),
    delimiter=st.sampled_from([None, *DELIMITERS]),
)
def test_of_texts(tmp_path_factory, body, encoding, delimiter):
    path = tmp_path_factory.mktemp("any") / "rows.csv"
    path.write_bytes(b"code,label,count,data\n" + body)

    assert answer(path, encoding=encoding, delimiter=delimiter)


@FAST
@given(body=st.lists(st.sampled_from(JSON_PIECES), max_size=25).map(b"".join))
def test_of_json(tmp_path_factory, body):
    path = tmp_path_factory.mktemp("any") / "rows.json"
    path.write_bytes(b'[{"code":"A"},' + body)

    assert answer(path)
