"""CSV and TSV as SQLite writes them: each line is one expression, which is faster than cell by cell.

What has to be in quotes is found some hundred lines at a time, as SQLite would look at each cell by itself.
So its lines come with separators that are in no text: bytes that UTF-8 does not have.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from dynadmin.transfer.sqltexts import Template

_CHUNK = 500
# The most that older versions of SQLite take is 127.
_MOST_ARGUMENTS = 100
_CELL, _LINE = b"\xff", b"\xfe"
# As SQL, which has no other way to say them.
_CELL_TEXT = "CAST(X'FF' AS TEXT)"


def can_be_joined(fields: Sequence[models.Field], connection: BaseDatabaseWrapper) -> bool:
    """Return whether SQLite writes the lines of these fields as Python does.

    It has fewer digits for floating point numbers, and a lone empty cell is written in another way.
    """
    if len(fields) == 1 or any(isinstance(field, models.FloatField) for field in fields):
        return False
    connection.ensure_connection()
    [encoding] = connection.connection.execute("PRAGMA encoding").fetchone()
    return encoding == "UTF-8"


def joined_rows(
    rows: models.QuerySet,
    texts: Sequence[Template],
    *,
    delimiter: str,
    progress: Callable[[int], object] = bool,
) -> Iterator[bytes]:
    """Yield the lines of the rows, some hundred at a time; each cell is one of the texts."""
    connection = connections[rows.db]
    try:
        # What the screens join for their own columns is of no use here.
        query = rows.select_related(None).values_list(Line(texts)).query
        sql, params = query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:
        return
    quotes = _Quotes(texts, delimiter)
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, params)
        while chunk := cursor.fetchmany(_CHUNK):
            yield quotes.written(_LINE.join(chain.from_iterable(chunk)))
            progress(len(chunk))


class Line(models.Expression):
    """The cells of a row as one text, in bytes."""

    def __init__(self, cells: Sequence[Template]) -> None:
        super().__init__(output_field=models.BinaryField())
        self.cells = list(cells)

    def get_source_expressions(self) -> list[Any]:
        return self.cells

    def set_source_expressions(self, exprs: list[Any]) -> None:
        self.cells = exprs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        compiled = [compiler.compile(cell) for cell in self.cells]
        # One call for many cells, as each || would copy all that stands before it; none is "" there.
        parts = [
            f"printf({_format(len(some))}, {', '.join(sql for sql, _params in some)})"
            for start in range(0, len(compiled), _MOST_ARGUMENTS)
            if (some := compiled[start : start + _MOST_ARGUMENTS])
        ]
        line = f" || {_CELL_TEXT} || ".join(parts)
        return f"CAST({line} AS BLOB)", [each for _sql, params in compiled for each in params]


def _format(cells: int) -> str:
    return f"CAST(X'{_CELL.join([b'%s'] * cells).hex()}' AS TEXT)"


class _Quotes:
    """The lines of a file from those of the database: cells that hold what would end them are in quotes."""

    def __init__(self, texts: Sequence[Template], delimiter: str) -> None:
        self._delimiter = delimiter.encode()
        self._width = len(texts)
        # In no other is there anything special.
        self._free = [at for at, text in enumerate(texts) if text.is_free]
        self._search = re.compile(b'[%s"\r\n]' % re.escape(self._delimiter)).search

    def written(self, lines: bytes) -> bytes:
        """Return the lines with the separators of the file, and in quotes what has to be."""
        if self._has_special(lines):
            return self._quoted(lines)
        return lines.replace(_CELL, self._delimiter).replace(_LINE, b"\r\n") + b"\r\n"

    def _has_special(self, text: bytes) -> bool:
        # Each of these is one quick look, which a search for all of them is not.
        return self._delimiter in text or b'"' in text or b"\n" in text or b"\r" in text

    def _quoted(self, lines: bytes) -> bytes:
        cells = lines.replace(_LINE, _CELL).split(_CELL)
        search, width = self._search, self._width
        for at in self._free:
            column = cells[at::width]
            if self._has_special(b"".join(column)):
                cells[at::width] = [_in_quotes(cell) if search(cell) else cell for cell in column]
        join = self._delimiter.join
        written = [join(cells[start : start + width]) for start in range(0, len(cells), width)]
        return b"\r\n".join(written) + b"\r\n"


def _in_quotes(cell: bytes) -> bytes:
    return b'"' + cell.replace(b'"', b'""') + b'"'
