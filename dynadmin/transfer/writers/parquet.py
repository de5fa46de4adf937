"""Parquet: typed columns, some ten thousand rows at a time, given out as soon as they are written."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from dynadmin.exceptions import TransferError
from dynadmin.fieldtypes.fields import MultiChoiceField
from dynadmin.transfer.celltexts import writer_of
from dynadmin.transfer.outlets import Outlet
from dynadmin.transfer.telling import Links

try:
    import pyarrow
    import pyarrow.parquet
except ImportError:
    pyarrow = None

Convert = Callable[[Any], Any]

# A group of rows is what readers take at once, and what the writer has in memory.
_GROUP_ROWS = 50_000
_GROUP_BYTES = 1 << 24
# The widest decimal number that there is a type for.
_MOST_DIGITS = 76


def write_parquet(columns: Sequence[Outlet], chunks: Iterable[list[tuple[Any, ...]]]) -> Iterator[bytes]:
    """Give the file. Raises TransferError, before the first piece, where pyarrow is not installed."""
    if pyarrow is None:
        raise TransferError(
            _("Parquet files need pyarrow, which is not installed: pip install dynadmin[parquet].")
        )
    return _pieces(columns, chunks)


def _pieces(columns: Sequence[Outlet], chunks: Iterable[list[tuple[Any, ...]]]) -> Iterator[bytes]:
    typed = [_typed(column) for column in columns]
    kinds = [(column.name, kind) for column, (kind, _convert) in zip(columns, typed, strict=True)]
    schema = pyarrow.schema(kinds)
    sink = _Sink()
    with pyarrow.parquet.ParquetWriter(sink, schema) as writer:
        yield sink.taken()
        for batches in _groups(_batch(chunk, typed, schema) for chunk in chunks):
            writer.write_table(pyarrow.Table.from_batches(batches, schema))
            yield sink.taken()
    yield sink.taken()


class _Sink:
    """A file that is written once from its beginning to its end: what is written is there to be taken."""

    closed = False

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def write(self, data: Any) -> int:
        part = bytes(data)
        self._parts.append(part)
        self._size += len(part)
        return len(part)

    def tell(self) -> int:
        return self._size

    def flush(self) -> None:
        """Do nothing: nothing is held back."""

    def close(self) -> None:
        """Do nothing: what is left is taken after the end."""

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        whole = b"".join(self._parts)
        self._parts.clear()
        return whole


def _groups(batches: Iterable[Any]) -> Iterator[list[Any]]:
    """Put batches together until they are worth a group of their own."""
    group: list[Any] = []
    rows = size = 0
    for batch in batches:
        group.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows >= _GROUP_ROWS or size >= _GROUP_BYTES:
            yield group
            group, rows, size = [], 0, 0
    if group:
        yield group


def _batch(chunk: list[tuple[Any, ...]], typed: Sequence[tuple[Any, Convert | None]], schema: Any) -> Any:
    arrays = [
        _array(kind, values if convert is None else [None if v is None else convert(v) for v in values])
        for (kind, convert), values in zip(typed, zip(*chunk, strict=True), strict=True)
    ]
    return pyarrow.record_batch(arrays, schema=schema)


def _array(kind: Any, values: Sequence[Any]) -> Any:
    if isinstance(kind, pyarrow.ExtensionType):
        return pyarrow.ExtensionArray.from_storage(kind, pyarrow.array(values, kind.storage_type))
    return pyarrow.array(values, kind)


def _typed(column: Outlet) -> tuple[Any, Convert | None]:
    """Return the type of a column, and what makes a value of it; None if the values are so already."""
    field = column.field
    if isinstance(column.telling, Links) or isinstance(field, MultiChoiceField):
        return pyarrow.list_(pyarrow.string()), lambda keys: list(map(str, keys))
    if isinstance(field, models.JSONField):
        return pyarrow.json_(), lambda value: json.dumps(value, ensure_ascii=False, cls=field.encoder)
    if (kind := _plain_type(field)) is not None:
        return kind, None
    return pyarrow.string(), writer_of(field, escape=False)


def _plain_type(field: models.Field) -> Any:
    if isinstance(field, models.DecimalField) and field.max_digits <= _MOST_DIGITS:
        make = pyarrow.decimal128 if field.max_digits <= 38 else pyarrow.decimal256
        return make(field.max_digits, field.decimal_places)
    kinds = {
        models.BooleanField: pyarrow.bool_(),
        models.IntegerField: pyarrow.int64(),
        models.FloatField: pyarrow.float64(),
        models.DateTimeField: pyarrow.timestamp("us", tz="UTC"),
        models.DateField: pyarrow.date32(),
        models.TimeField: pyarrow.time64("us"),
    }
    return next((kinds[base] for base in type(field).__mro__ if base in kinds), None)
