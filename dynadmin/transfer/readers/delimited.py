"""CSV and TSV: read in chunks, in bounded memory, strictly."""

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import accumulate, islice
from pathlib import Path
from typing import Any, TextIO

from django.utils.translation import gettext as _

from dynadmin.conf import conf
from dynadmin.exceptions import BadFile
from dynadmin.transfer.formats import FORMATS, Format
from dynadmin.transfer.readers.base import (
    ROWS_AT_ONCE,
    Chunk,
    Reading,
    Source,
    check_rows,
    checked_headers,
    numbered_headers,
)
from dynadmin.transfer.readers.lines import measure_lines
from dynadmin.transfer.sniff import first_bad_line, sniff

# A chunk ends early when it has taken so many bytes of the file; looked at after so many rows.
_MOST_BYTES = 4_000_000
_STEP = 32
_QUOTING: dict[str, dict[str, Any]] = {
    "double": {},
    "backslash": {"escapechar": "\\"},
    "none": {"quoting": csv.QUOTE_NONE, "quotechar": None},
}
_LINE_BREAK = re.compile(r"\r\n|\r|\n")


class DelimitedSource(Source):
    """The rows of a delimited text file."""

    def __init__(self, path: Path, format: Format, reading: Reading) -> None:
        super().__init__(path)
        delimiter = reading.delimiter or ("\t" if format.slug == "tsv" else None)
        dialect = sniff(path, encoding=reading.encoding, delimiter=delimiter)
        self.encoding = dialect.encoding
        self.delimiter = dialect.delimiter
        self.quoting = reading.quoting or "double"
        self.format = FORMATS["tsv" if self.delimiter == "\t" else "csv"]
        self._lines = measure_lines(path, dialect.encoding)
        self.row_count = max(0, self._lines.count - 1)
        if self.row_count > conf.IMPORT_MAX_ROWS:
            # Rows may be of several lines, or blank.
            check_rows(sum(len(rows) for _numbers, rows in self._rows(ROWS_AT_ONCE)) - 1)
        self.has_header = reading.header is not False
        _numbers, first = next(self._rows(1), ((), [[]]))
        self.headers = checked_headers(first[0]) if self.has_header else numbered_headers(len(first[0]))

    def _chunks(self, most: int) -> Iterator[Chunk]:
        """Give the rows below the header; blank lines are no rows."""
        chunks = self._rows(most)
        if not self.has_header:
            yield from chunks
            return
        numbers, rows = next(chunks)
        if len(rows) > 1:
            yield numbers[1:], rows[1:]
        yield from chunks

    def _rows(self, most: int) -> Iterator[Chunk]:
        """Give all rows with the line each starts at, the header first."""
        # The limit belongs to the process; it is only ever raised here.
        csv.field_size_limit(max(csv.field_size_limit(), conf.IMPORT_MAX_CELL))
        with self._explained(), self._open() as file:
            # Strict, as a quotation mark that is never closed would otherwise swallow the rest of the file.
            reader = csv.reader(file, delimiter=self.delimiter, strict=True, **_QUOTING[self.quoting])
            while True:
                before, rows = reader.line_num, []
                try:
                    _fill(rows, reader, file, most)
                except csv.Error as error:
                    line = before + 1 + sum(map(_height, rows))
                    raise BadFile(_reason(error, line)) from error
                if not rows:
                    return
                yield from _numbered(rows, before + 1, reader.line_num)

    def _open(self) -> TextIO:
        # Lines that end in carriage returns alone are found by looking at each letter, others faster.
        plain = not self._lines.has_bare_returns and not self.encoding.lower().startswith("utf-16")
        return self.path.open(encoding=self.encoding, newline="\n" if plain else "")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except UnicodeError as error:
            line = first_bad_line(self.path, self.encoding or "utf-8")
            message = _(
                "Line %(line)d cannot be read as %(encoding)s: choose another encoding, or mend the file."
            )
            raise BadFile(message % {"line": line, "encoding": self.encoding}) from error

    def __repr__(self) -> str:
        return f"<DelimitedSource {self.path.name} {self.encoding} {self.delimiter!r}>"


def _fill(rows: list[list[str]], reader: Any, file: TextIO, most: int) -> None:
    """Read rows into the list; those before a broken one stay there."""
    start = file.buffer.tell()
    while len(rows) < most and file.buffer.tell() - start < _MOST_BYTES:
        before = len(rows)
        rows.extend(islice(reader, min(_STEP, most - before)))
        if len(rows) == before:
            return


def _numbered(rows: list[list[str]], first: int, last: int) -> Iterator[Chunk]:
    """Give the rows that are not blank with the lines they start at."""
    numbers: range | list[int] = range(first, last + 1)
    if len(numbers) != len(rows):
        numbers = list(accumulate(map(_height, rows[:-1]), initial=first))
    if [] in rows:
        kept = [(number, row) for number, row in zip(numbers, rows, strict=True) if row]
        numbers, rows = [number for number, _row in kept], [row for _number, row in kept]
    if rows:
        yield numbers, rows


def _height(row: list[str]) -> int:
    """Return the number of lines that a row takes up."""
    return 1 + sum(len(_LINE_BREAK.findall(cell)) for cell in row)


def _reason(error: csv.Error, line: int) -> str:
    text = str(error)
    if "field limit" in text:
        message = _(
            "The row at line %(line)d has a cell of more than %(limit)d characters. "
            "Is a quotation mark opened there and never closed?"
        )
        return message % {"line": line, "limit": conf.IMPORT_MAX_CELL}
    if "unexpected end of data" in text:
        return _("A quotation mark is opened in the row at line %(line)d and never closed.") % {"line": line}
    message = _("The row at line %(line)d cannot be read: %(reason)s.")
    return message % {"line": line, "reason": text}
