"""Parquet: read in batches, each value as the text or the number that a person would call the same."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from math import isfinite
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils.duration import duration_string
from django.utils.translation import gettext as _

from dynadmin.exceptions import BadFile
from dynadmin.transfer.formats import FORMATS
from dynadmin.transfer.readers.base import Chunk, Source, check_rows, checked_headers

try:
    import pyarrow
    import pyarrow.parquet
except ImportError:
    pyarrow = None

# Rows that are taken out of a file at a time; a few long texts may stand for very many.
_MOST_ROWS = 512


class ParquetSource(Source):
    """The rows of a Parquet file; a row's number counts them, from 1."""

    format = FORMATS["parquet"]

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        if pyarrow is None:
            raise BadFile(
                _("Parquet files need pyarrow, which is not installed: pip install dynadmin[parquet].")
            )
        with self._opened() as file:
            self.row_count = file.metadata.num_rows
            check_rows(self.row_count)
            self.headers = checked_headers(file.schema_arrow.names)

    def _chunks(self, most: int) -> Iterator[Chunk]:
        number = 1
        with self._opened() as file:
            batches = file.iter_batches(batch_size=min(most, _MOST_ROWS), use_threads=False)
            for batch in batches:
                columns = [_values(column) for column in batch.columns]
                rows = list(zip(*columns, strict=True))
                if rows:
                    yield range(number, number + len(rows)), rows
                number += len(rows)

    @contextmanager
    def _opened(self) -> Iterator[Any]:
        try:
            with pyarrow.parquet.ParquetFile(self.path, pre_buffer=False) as file:
                yield file
        except (pyarrow.ArrowException, OSError, OverflowError, UnicodeError) as error:
            reason = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
            raise BadFile(_("The Parquet file cannot be read: %(reason)s.") % {"reason": reason}) from error


def _values(column: Any) -> list[Any]:
    """Return the values of a column as cells."""
    types = pyarrow.types
    if types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    if isinstance(kind, pyarrow.JsonType):
        return [None if text is None else json.loads(text) for text in column.storage.to_pylist()]
    if types.is_floating(kind) and kind.bit_width < 64:
        # The shortest number that is this one, not all the digits of its neighbour in 64 bits.
        column = column.cast(pyarrow.string()).cast(pyarrow.float64())
    elif types.is_timestamp(kind):
        column = _in_microseconds(column, pyarrow.timestamp("us", tz="UTC" if kind.tz else None))
    elif types.is_time64(kind):
        column = _in_microseconds(column, pyarrow.time64("us"))
    elif types.is_duration(kind):
        column = _in_microseconds(column, pyarrow.duration("us"))
    return _cells(column)


def _in_microseconds(column: Any, kind: Any) -> Any:
    """Return the column as what Python and the databases can hold; what is finer is cut off."""
    return column.cast(kind, safe=False) if column.type.unit == "ns" else column.cast(kind)


def _cells(column: Any) -> list[Any]:
    types, kind = pyarrow.types, column.type
    as_it_is = (types.is_integer, types.is_boolean, types.is_string, types.is_large_string, types.is_decimal)
    if any(is_kind(kind) for is_kind in as_it_is):
        return column.to_pylist()
    try:
        values = column.to_pylist()
    except (ValueError, OverflowError):
        # A date that Python does not know, as of the year 20000.
        return column.cast(pyarrow.string()).to_pylist()
    return list(map(_plain, values))


def _plain(value: Any) -> Any:
    """Return a value as JSON would hold it, exact numbers as they are."""
    write = _WRITERS.get(type(value))
    if write is not None:
        return write(value)
    # Nanoseconds deep in a list come as a class of pandas.
    return value.isoformat() if isinstance(value, date) else value


def _number(value: float) -> float | str:
    return value if isfinite(value) else str(value)


def _binary(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return base64.b64encode(value).decode()


def _list(values: list[Any]) -> Any:
    """Return a list; a map comes as a list of pairs."""
    if values and all(type(pair) is tuple for pair in values):
        return {str(_plain(key)): _plain(value) for key, value in values}
    return [_plain(value) for value in values]


_WRITERS: dict[type, Callable[[Any], Any]] = {
    float: _number,
    bytes: _binary,
    date: date.isoformat,
    datetime: datetime.isoformat,
    time: time.isoformat,
    timedelta: duration_string,
    UUID: str,
    list: _list,
    dict: lambda value: {key: _plain(item) for key, item in value.items()},
}
