"""JSON and NDJSON: an array of objects, or one a line; numbers and truth values as such, all else as text."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import models

from dynadmin.transfer.celltexts import writer_of
from dynadmin.transfer.outlets import Outlet

_NATIVE = (int, float, bool, type(None))


def write_json(columns: Sequence[Outlet], chunks: Iterable[list[tuple[Any, ...]]]) -> Iterator[bytes]:
    """Give one object a row. Decimals are texts: as JSON numbers they would lose digits in other programs."""
    yield b"["
    separator = "\n"
    for lines in _objects(columns, chunks):
        yield (separator + ",\n".join(lines)).encode()
        separator = ",\n"
    yield b"\n]\n" if separator == ",\n" else b"]\n"


def write_ndjson(columns: Sequence[Outlet], chunks: Iterable[list[tuple[Any, ...]]]) -> Iterator[bytes]:
    """Give one object a row and line."""
    yield b""
    for lines in _objects(columns, chunks):
        yield "".join(f"{line}\n" for line in lines).encode()


def _objects(columns: Sequence[Outlet], chunks: Iterable[list[tuple[Any, ...]]]) -> Iterator[list[str]]:
    names = [column.name for column in columns]
    natives = [_native_of(column.field) for column in columns]
    for chunk in chunks:
        by_column = [
            list(map(native, values))
            for native, values in zip(natives, zip(*chunk, strict=True), strict=True)
        ]
        rows = zip(*by_column, strict=True)
        yield [_dump(dict(zip(names, row, strict=True))) for row in rows]


_dump = json.JSONEncoder(ensure_ascii=False, default=str).encode


def _native_of(field: models.Field) -> Any:
    if isinstance(field, models.JSONField):
        return lambda value: value
    text = writer_of(field, escape=False)
    return lambda value: value if isinstance(value, _NATIVE) else text(value)
