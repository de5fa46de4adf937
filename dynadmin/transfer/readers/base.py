"""What every reader gives."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from dynadmin.exceptions import BadFile
from dynadmin.transfer.formats import Format

# The cells of a row: texts, or typed values where the format has types.
Cells = Sequence[Any]

# No table has as many, and a page has to list them all.
_MOST_COLUMNS = 2_000


class Source:
    """A file of rows: `headers`, and when iterated (line, cells) pairs; it can be iterated again and again.

    `encoding` and `delimiter` say how a text file was read; they are None for other formats.
    """

    format: Format
    encoding: str | None = None
    delimiter: str | None = None

    def __init__(self, path: Path) -> None:
        self.path = path
        self.headers: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[tuple[int, Cells]]:
        raise NotImplementedError

    @property
    def size(self) -> int:
        """The size of the file in bytes."""
        return self.path.stat().st_size


def checked_headers(cells: Sequence[str]) -> tuple[str, ...]:
    """Return the first row of a file as headers. Raises BadFile when it names no columns, or too many."""
    headers = tuple(cell.strip() for cell in cells)
    if not any(headers):
        raise BadFile(_("The file has no header: its first line must name the columns."))
    if len(headers) > _MOST_COLUMNS:
        message = _("The file has %(count)d columns; at most %(limit)d are read.")
        raise BadFile(message % {"count": len(headers), "limit": _MOST_COLUMNS})
    return headers
