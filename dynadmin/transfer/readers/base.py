"""What every reader gives."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from dynadmin.transfer.formats import Format

# The cells of a row: texts, or typed values where the format has types.
Cells = Sequence[Any]


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
