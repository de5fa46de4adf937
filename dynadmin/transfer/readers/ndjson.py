"""NDJSON: an object a line, parsed many lines at a time."""

import codecs
import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from dynadmin.exceptions import BadFile
from dynadmin.transfer.formats import FORMATS
from dynadmin.transfer.readers.json import check_utf8
from dynadmin.transfer.readers.lines import measure_lines
from dynadmin.transfer.readers.nesting import check_nesting
from dynadmin.transfer.readers.objects import ObjectSource, plain_number, why

# A number may have more digits, or a larger exponent, than can be held.
_BROKEN = (ValueError, RecursionError, ArithmeticError)
_BYTES_AT_ONCE = 100_000
Line = tuple[int, bytes]


class NdjsonSource(ObjectSource):
    """The objects of a file that has one a line; blank lines are none. A row's number is that of its line."""

    format = FORMATS["ndjson"]

    def __init__(self, path: Path) -> None:
        check_utf8(path)
        check_nesting(path)
        measure_lines(path, "utf-8")
        super().__init__(path)

    def _objects(self) -> Iterator[tuple[int, dict[str, Any]]]:
        with self.path.open("rb") as file:
            if file.read(3) != codecs.BOM_UTF8:
                file.seek(0)
            lines = ((number, line) for number, line in enumerate(file, 1) if not line.isspace())
            for batch in _batches(lines):
                yield from zip([number for number, _line in batch], _parsed(batch), strict=True)


def _batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Cut lines into some that fit into memory together."""
    batch: list[Line] = []
    size = 0
    for line in lines:
        batch.append(line)
        size += len(line[1])
        if size >= _BYTES_AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def is_ndjson(path: Path) -> bool:
    """Return whether a file is an object a line: the first line is one, and another one follows."""
    with path.open("rb") as file:
        first, second = file.readline(1 << 20), file.readline(1 << 20)
    if not (first.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"{") and second.startswith(b"{")):
        return False
    try:
        return isinstance(json.loads(first), dict)
    except ValueError:
        return False


def _parsed(batch: list[Line]) -> list[dict[str, Any]]:
    """Return the objects of some lines; together they are parsed as one array, which is faster."""
    try:
        rows = _loads(b"[%s]" % b",".join(line for _number, line in batch))
    except _BROKEN:
        rows = []
    if len(rows) == len(batch) and set(map(type, rows)) == {dict}:
        return rows
    # One of them is broken, or holds two: which?
    return [_object(number, line) for number, line in batch]


def _object(number: int, line: bytes) -> dict[str, Any]:
    try:
        row = _loads(line)
    except _BROKEN as error:
        message = _("Line %(line)d is not valid JSON: %(reason)s")
        raise BadFile(message % {"line": number, "reason": why(error)}) from error
    if not isinstance(row, dict):
        raise BadFile(_("Line %(line)d is not a JSON object.") % {"line": number})
    return row


def _loads(text: bytes) -> Any:
    return json.loads(text, parse_float=_number, parse_constant=_refuse_constant)


def _number(text: str) -> Decimal | str:
    return plain_number(Decimal(text))


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
