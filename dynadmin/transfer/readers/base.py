"""What every reader gives."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
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

# As many rows as stay near the processor: with 1,000 at a time reading takes a third longer.
ROWS_AT_ONCE = 500
_MOST_CHARACTERS = 4_000_000


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How a file is to be read; what is None is found out.

    `quoting` is "double" (a mark within quotes is written twice), "backslash" or "none". `header` says
    whether the first row names the columns, and `above` how many rows stand above that one. `sheet` is one
    of the tables that a file can hold several of.
    """

    encoding: str | None = None
    delimiter: str | None = None
    quoting: str | None = None
    header: bool | None = None
    above: int | None = None
    sheet: str | None = None


class Source:
    """A file of rows: `headers`, and when iterated (line, cells) pairs; it can be iterated again and again.

    `encoding`, `delimiter` and `quoting` say how a text file was read; they are None for other formats.
    `sheets` are the tables that the file holds, where it can hold several, and `sheet` is the one that is
    read; `members` and `member` the same of the files in an archive. `has_header` is False when the first
    row is data: the columns are then called column_1, column_2 and so on. `rows_above` is how many rows stand
    above the first one that is read, as a title may; `above` is the same where it was said, else None.
    `row_count` is about how many rows there are.
    """

    format: Format
    encoding: str | None = None
    delimiter: str | None = None
    quoting: str | None = None
    sheets: tuple[str, ...] = ()
    sheet: str | None = None
    members: tuple[str, ...] = ()
    member: str | None = None
    has_header: bool = True
    above: int | None = None
    rows_above: int = 0
    row_count: int = 0

    def __init__(self, path: Path) -> None:
        self.path = path
        self.headers: tuple[str, ...] = ()
        if not self.size:
            raise BadFile(_("The file is empty."))

    def __iter__(self) -> Iterator[tuple[int, Cells]]:
        for lines, rows in self.chunks():
            yield from zip(lines, rows, strict=True)

    def chunks(self, most: int = ROWS_AT_ONCE) -> Iterator[Chunk]:
        """Give all rows, at most so many at a time, with the line each starts at.

        Chunks are bounded in bytes too, so they may be smaller; none is empty. The lists are the caller's.
        """
        read, end = 0, time.monotonic() + conf.IMPORT_MAX_TIME_S
        for chunk in self._chunks(most):
            read += len(chunk[1])
            check_rows(read)
            if time.monotonic() > end:
                message = _("Reading the file took more than %(limit)d seconds: cut it into several files.")
                raise BadFile(message % {"limit": conf.IMPORT_MAX_TIME_S})
            yield chunk

    def _chunks(self, most: int) -> Iterator[Chunk]:
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
    headers = tuple(cells)
    if not any(header.strip() for header in headers):
        raise BadFile(_("The file has no header: its first line must name the columns."))
    check_columns(len(headers))
    return headers


def numbered_headers(count: int) -> tuple[str, ...]:
    """Return what columns are called that the file does not name."""
    check_columns(count)
    return tuple(f"column_{number}" for number in range(1, count + 1))


def check_columns(count: int) -> None:
    """Raise BadFile for more columns than are read."""
    if count > conf.IMPORT_MAX_COLUMNS:
        message = _("The file has %(count)d columns; at most %(limit)d are read.")
        raise BadFile(message % {"count": count, "limit": conf.IMPORT_MAX_COLUMNS})


def check_rows(count: int) -> None:
    """Raise BadFile for more rows than are read."""
    if count > conf.IMPORT_MAX_ROWS:
        message = _("The file has more than %(limit)d rows, the most that are read.")
        raise BadFile(message % {"limit": conf.IMPORT_MAX_ROWS})
