"""The refused rows of an import as a file of the same kind: to be mended and imported by itself.

Two columns come before those of the file: the line, and why it was refused. The cells are read once more from
the file itself, so that they are what they were.
"""

import codecs
import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import gettext as _

from dynadmin.transfer.columns import ColumnPlan
from dynadmin.transfer.formats import Format
from dynadmin.transfer.formulas import escape_formula, is_free_text, unescape_formula
from dynadmin.transfer.outlets import Outlet
from dynadmin.transfer.readers import Cells, Source
from dynadmin.transfer.references import is_many, key_of
from dynadmin.transfer.writers import write_parquet, write_xlsx
from dynadmin.transfer.writers.ods import write_ods

Told = tuple[int, str]
Rows = Iterable[tuple[int, str, Sequence[Any]]]

_PIECE = 1 << 16
_ROWS = 1_000


@dataclass(frozen=True, kw_only=True)
class RefusedFile:
    """A file given out in pieces, and what it is."""

    pieces: Iterator[bytes]
    format: Format


def told_headers() -> tuple[str, str]:
    """Return the headers of the columns that come before those of the file."""
    return _("Line in the file"), _("Why it was refused")


def refused_file(
    source: Source, told: Iterable[Told], *, model: type[models.Model], plan: ColumnPlan
) -> RefusedFile:
    """Return the refused rows, told as pairs of line and reasons, as a file like it."""
    rows = _with_cells(source, told)
    if not source.format.is_typed:
        rows = _escaped(rows, _texts(model, plan))
    return RefusedFile(pieces=_WRITERS[source.format.slug](source, rows), format=source.format)


def _with_cells(source: Source, told: Iterable[Told]) -> Iterator[tuple[int, str, Cells]]:
    """Yield the rows that are told of, with their cells.

    Those that were refused after the last row of the file are told last, wherever in it they stand.
    """
    wanted = iter(told)
    line, words = next(wanted, (0, ""))
    while line:
        for number, cells in source:
            if number == line:
                yield line, words, cells
                line, words = next(wanted, (0, ""))
                if line <= number:
                    break
        else:
            return


def _escaped(rows: Rows, texts: Sequence[Callable[[Any], Any]]) -> Rows:
    for line, words, cells in rows:
        # A ragged row has more or fewer cells than there are columns.
        more = [_again] * (len(cells) - len(texts))
        written = [text(cell) for text, cell in zip([*texts, *more], cells, strict=False)]
        yield line, escape_formula(words), written


def _texts(model: type[models.Model], plan: ColumnPlan) -> Sequence[Callable[[Any], Any]]:
    """Return for each column what makes its cells safe for spreadsheets and the same when imported."""
    fields = [_written(model, plan, column.field) for column in plan.columns]
    return [str if field is not None and not is_free_text(field) else _again for field in fields]


def _again(text: Any) -> str:
    # What was escaped in the file is the same text as what was not.
    return escape_formula(unescape_formula("" if text is None else str(text)))


def _written(model: type[models.Model], plan: ColumnPlan, name: str | None) -> models.Field | None:
    """Return the field whose texts the cells of a column are: of a relation, that which tells its rows."""
    try:
        field = model._meta.get_field(name) if name else None
    except FieldDoesNotExist:  # it is gone by now
        return None
    reference = plan.references.get(name or "")
    return field if field is None or reference is None or is_many(field) else key_of(field, reference.by)


# --- The formats ---


def _write_delimited(source: Source, rows: Rows) -> Iterator[bytes]:
    encode = codecs.getincrementalencoder(_encoding(source))("backslashreplace").encode
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=source.delimiter or ",")
    writer.writerow([*told_headers(), *map(_again, source.headers)])
    for line, words, cells in rows:
        writer.writerow([line, words, *cells])
        if buffer.tell() > _PIECE:
            yield encode(_taken(buffer))
    yield encode(_taken(buffer))


def _encoding(source: Source) -> str:
    """Return the encoding to write in: with a byte-order mark only if the file has one."""
    if source.encoding != "utf-8-sig":
        return source.encoding or "utf-8"
    with source.path.open("rb") as file:
        return "utf-8-sig" if file.read(3) == codecs.BOM_UTF8 else "utf-8"


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _write_json(source: Source, rows: Rows) -> Iterator[bytes]:
    separator = "[\n"
    for text in _objects(source, rows):
        yield (separator + text).encode()
        separator = ",\n"
    yield b"\n]\n" if separator == ",\n" else b"[]\n"


def _write_lines(source: Source, rows: Rows) -> Iterator[bytes]:
    for text in _objects(source, rows):
        yield f"{text}\n".encode()


def _objects(source: Source, rows: Rows) -> Iterator[str]:
    headers = [*told_headers(), *source.headers]
    for line, words, cells in rows:
        values = dict(zip(headers, [line, words, *cells], strict=False))
        # Halves of characters are written as JSON has them.
        yield json.dumps(values, ensure_ascii=True, default=str)


def _write_xlsx(source: Source, rows: Rows) -> Iterator[bytes]:
    return write_xlsx(_columns(source), _chunks(source, rows), escape=False)


def _write_parquet(source: Source, rows: Rows) -> Iterator[bytes]:
    return write_parquet(_columns(source), _chunks(source, rows))


def _write_ods(source: Source, rows: Rows) -> Iterator[bytes]:
    texts = ([text or "" for text in row] for chunk in _chunks(source, rows) for row in chunk)
    return write_ods([*told_headers(), *source.headers], texts)


def _columns(source: Source) -> list[Outlet]:
    """Return the columns, all of texts: a refused cell may be anything."""
    headers = [*told_headers(), *source.headers]
    return [Outlet(name=header, field=models.TextField(), path="") for header in headers]


def _chunks(source: Source, rows: Rows) -> Iterator[list[tuple[str | None, ...]]]:
    """Give the rows some at a time, each as wide as the header."""
    width = len(source.headers)
    written = (
        (str(line), words, *[_text(cell) for cell in cells[:width]], *[None] * (width - len(cells)))
        for line, words, cells in rows
    )
    return iter(lambda: list(islice(written, _ROWS)), [])


def _text(cell: Any) -> str | None:
    if cell is None or isinstance(cell, str):
        return cell
    return json.dumps(cell, default=str) if isinstance(cell, (list, dict)) else str(cell)


_WRITERS: dict[str, Callable[[Source, Rows], Iterator[bytes]]] = {
    "csv": _write_delimited,
    "tsv": _write_delimited,
    "json": _write_json,
    "ndjson": _write_lines,
    "ods": _write_ods,
    "parquet": _write_parquet,
    "xlsx": _write_xlsx,
}
