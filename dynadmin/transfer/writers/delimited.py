"""CSV and TSV."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from dynadmin.transfer.cells import column_writer
from dynadmin.transfer.outlets import Outlet


def write_delimited(
    columns: Sequence[Outlet],
    chunks: Iterable[list[tuple[Any, ...]]],
    *,
    escape: bool,
    delimiter: str,
    encoding: str,
) -> Iterator[bytes]:
    """Give the header, then each chunk of rows; cells with delimiters, quotes or line ends are quoted."""
    texts = [column_writer(column.field, escape=escape) for column in columns]
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter)
    encode = _encoder(encoding)
    writer.writerow([column.name for column in columns])
    for chunk in chunks:
        by_column = zip(texts, zip(*chunk, strict=True), strict=True)
        writer.writerows(zip(*(texts_of(values) for texts_of, values in by_column), strict=True))
        yield encode(_taken(buffer))
    yield encode(_taken(buffer))


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _encoder(encoding: str) -> Any:
    """Return the function that encodes piece by piece, with a byte-order mark only at the beginning."""
    return codecs.getincrementalencoder(encoding)().encode
