"""CSV and TSV."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from dynadmin.transfer.celltexts import column_writer
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
    # What the database has written needs no more than quotes.
    texts = [iter if column.text else column_writer(column.field, escape=escape) for column in columns]
    is_text = all(column.text for column in columns)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter)
    encode = _encoder(encoding)
    writer.writerow([column.name for column in columns])
    # The header is there at once, however long the database takes to find the first row.
    yield encode(_taken(buffer))
    for chunk in chunks:
        if is_text:
            writer.writerows(chunk)
        else:
            by_column = zip(texts, zip(*chunk, strict=True), strict=True)
            writer.writerows(zip(*(texts_of(values) for texts_of, values in by_column), strict=True))
        yield encode(_taken(buffer))


def write_copied(
    columns: Sequence[Outlet], lines: Iterable[bytes], *, delimiter: str, encoding: str
) -> Iterator[bytes]:
    """Give the header, then the lines as the database wrote them."""
    yield from write_delimited(columns, (), escape=False, delimiter=delimiter, encoding=encoding)
    if codecs.lookup(encoding).name in {"utf-8", "utf-8-sig"}:
        yield from lines
        return
    encode = _encoder(encoding, is_begun=True)
    for some in lines:
        yield encode(some.decode())


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _encoder(encoding: str, *, is_begun: bool = False) -> Any:
    """Return the function that encodes piece by piece, with a byte-order mark only at the beginning."""
    encode = codecs.getincrementalencoder(encoding)().encode
    if is_begun:
        encode("")
    return encode
