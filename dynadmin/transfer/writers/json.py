"""JSON: an array of objects, numbers and truth values as such, all else as its text."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import models

from dynadmin.transfer.cells import writer_of
from dynadmin.transfer.outlets import Outlet

_NATIVE = (int, float, bool, type(None))


def write_json(columns: Sequence[Outlet], chunks: Iterable[list[tuple[Any, ...]]]) -> Iterator[bytes]:
    """Give one object a row. Decimals are texts: as JSON numbers they would lose digits in other programs."""
    names = [column.name for column in columns]
    natives = [_native_of(column.field) for column in columns]
    separator = "[\n"
    for chunk in chunks:
        lines = []
        for row in chunk:
            values = (native(value) for native, value in zip(natives, row, strict=True))
            lines.append(json.dumps(dict(zip(names, values, strict=True)), ensure_ascii=False, default=str))
        yield (separator + ",\n".join(lines)).encode()
        separator = ",\n"
    yield b"\n]\n" if separator == ",\n" else b"[]\n"


def _native_of(field: models.Field) -> Any:
    if isinstance(field, models.JSONField):
        return lambda value: value
    text = writer_of(field, escape=False)
    return lambda value: value if isinstance(value, _NATIVE) else text(value)
