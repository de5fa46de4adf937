"""CSV and TSV."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import models

from dynadmin.transfer.cells import column_writer


def write_delimited(
    fields: Sequence[models.Field],
    chunks: Iterable[list[tuple[Any, ...]]],
    *,
    escape: bool,
    delimiter: str,
    encoding: str,
) -> Iterator[bytes]:
    """Give the header, then each chunk of rows; cells with delimiters, quotes or line ends are quoted."""
    texts = [column_writer(field, escape=escape) for field in fields]
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter)
    encode = _encoder(encoding)
    writer.writerow([field.name for field in fields])
    for chunk in chunks:
        by_column = zip(texts, zip(*chunk, strict=True), strict=True)
        writer.writerows(zip(*(texts_of(column) for texts_of, column in by_column), strict=True))
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
