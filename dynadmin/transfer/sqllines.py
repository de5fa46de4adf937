"""CSV and TSV as SQLite writes them: each line is one expression, which is faster than cell by cell."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from django.db import models

from dynadmin.transfer.sqltexts import Template

_CHUNK = 1_000
# The most that older versions of SQLite take is 127.
_MOST_ARGUMENTS = 100


def can_be_joined(fields: Sequence[models.Field]) -> bool:
    """Return whether SQLite writes the lines of these fields as Python does.

    It has fewer digits for floating point numbers, and a lone empty cell is written in another way.
    """
    return len(fields) > 1 and not any(isinstance(field, models.FloatField) for field in fields)


def joined_rows(
    rows: models.QuerySet,
    texts: Sequence[Template],
    *,
    delimiter: str,
    progress: Callable[[int], object] = bool,
) -> Iterator[bytes]:
    """Yield the lines of the rows, some thousand at a time; each cell is one of the texts."""
    line = Line([_cell(text, delimiter) for text in texts], delimiter)
    # What the screens join for their own columns is of no use here.
    lines = rows.select_related(None).values_list(line).iterator(chunk_size=_CHUNK)
    while chunk := list(islice(lines, _CHUNK)):
        yield "".join(chain.from_iterable(chunk)).encode()
        progress(len(chunk))


class Line(models.Expression):
    """The cells of a row as one text."""

    def __init__(self, cells: Sequence[Template], delimiter: str) -> None:
        super().__init__(output_field=models.TextField())
        self.cells = list(cells)
        self.delimiter = delimiter

    def get_source_expressions(self) -> list[Any]:
        return self.cells

    def set_source_expressions(self, exprs: list[Any]) -> None:
        self.cells = exprs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        compiled = [compiler.compile(cell) for cell in self.cells]
        # One call for many cells, as each || would copy all that stands before it; none is "" there.
        parts = [
            f"printf('{self.delimiter.join(['%%s'] * len(some))}', {', '.join(sql for sql, _params in some)})"
            for start in range(0, len(compiled), _MOST_ARGUMENTS)
            if (some := compiled[start : start + _MOST_ARGUMENTS])
        ]
        line = f" || '{self.delimiter}' || ".join(parts) + " || char(13, 10)"
        return line, [each for _sql, params in compiled for each in params]


def _cell(text: Template, delimiter: str) -> Template:
    """Return the cell of a text: in quotes where it holds what would end it."""
    inner = text.template
    if not text.is_free:
        return text
    special = f"GLOB '*[{delimiter}\"\n\r]*'"
    whole = f"""CASE WHEN {inner} {special} THEN '"' || replace({inner}, '"', '""') || '"' ELSE {inner} END"""
    # Most texts begin with a letter and hold nothing special, which is settled by two looks.
    plain = f"unicode({{}}) > 64 AND NOT {{}} {special}"
    return Template(text.operand, f"CASE WHEN {plain} THEN {{}} ELSE {whole} END")
