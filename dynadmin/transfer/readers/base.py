"""What every reader gives."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from dynadmin.conf import conf
from dynadmin.exceptions import BadFile
from dynadmin.transfer.formats import Format

# The cells of a row: texts, or typed values where the format has types.
Cells = Sequence[Any]
# The numbers of some rows in their order, and the rows.
Chunk = tuple[Sequence[int], list[Cells]]

# As many rows as stay near the processor: with 5,000 at a time reading takes half as long again.
ROWS_AT_ONCE = 1_000
_MOST_CHARACTERS = 4_000_000


class Source:
    """A file of rows: `headers`, and when iterated (line, cells) pairs; it can be iterated again and again.

    `encoding` and `delimiter` say how a text file was read; they are None for other formats. `sheets` are the
    tables that the file holds, where it can hold several, and `sheet` is the one that is read.
    """

    format: Format
    encoding: str | None = None
    delimiter: str | None = None
    sheets: tuple[str, ...] = ()
    sheet: str | None = None

    def __init__(self, path: Path) -> None:
        self.path = path
        self.headers: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[tuple[int, Cells]]:
        for lines, rows in self.chunks():
            yield from zip(lines, rows, strict=True)

    def chunks(self, most: int = ROWS_AT_ONCE) -> Iterator[Chunk]:
        """Give all rows, at most so many at a time, with the line each starts at.

        Chunks are bounded in bytes too, so they may be smaller; none is empty. The lists are the caller's.
        """
        raise NotImplementedError

    @property
    def size(self) -> int:
        """The size of the file in bytes."""
        return self.path.stat().st_size


def in_chunks(rows: Iterable[tuple[int, Cells]], most: int) -> Iterator[Chunk]:
    """Give numbered rows some at a time, fewer where their texts are long."""
    numbers, cut, size = [], [], 0
    for number, cells in rows:
        numbers.append(number)
        cut.append(cells)
        size += sum(len(cell) for cell in cells if isinstance(cell, str))
        if len(cut) >= most or size >= _MOST_CHARACTERS:
            yield numbers, cut
            numbers, cut, size = [], [], 0
    if cut:
        yield numbers, cut


def checked_headers(cells: Sequence[str]) -> tuple[str, ...]:
    """Return the first row of a file as headers. Raises BadFile when it names no columns, or too many."""
    headers = tuple(cell.strip() for cell in cells)
    if not any(headers):
        raise BadFile(_("The file has no header: its first line must name the columns."))
    check_columns(len(headers))
    return headers


def check_columns(count: int) -> None:
    """Raise BadFile for more columns than are read."""
    if count > conf.IMPORT_MAX_COLUMNS:
        message = _("The file has %(count)d columns; at most %(limit)d are read.")
        raise BadFile(message % {"count": count, "limit": conf.IMPORT_MAX_COLUMNS})
