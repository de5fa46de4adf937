"""CSV and TSV: read line by line, in bounded memory, strictly."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from django.utils.translation import gettext as _

from dynadmin.conf import conf
from dynadmin.exceptions import BadFile
from dynadmin.transfer.formats import FORMATS
from dynadmin.transfer.readers.base import Cells, Source, checked_headers
from dynadmin.transfer.sniff import first_bad_line, sniff

# Longest physical line, in cells of the longest kind: beyond it a file has no lines worth the name.
_CELLS_IN_A_LINE = 4


class DelimitedSource(Source):
    """The rows of a delimited text file."""

    def __init__(self, path: Path, *, encoding: str | None = None, delimiter: str | None = None) -> None:
        super().__init__(path)
        if not self.size:
            raise BadFile(_("The file is empty."))
        dialect = sniff(path, encoding=encoding, delimiter=delimiter)
        self.encoding = dialect.encoding
        self.delimiter = dialect.delimiter
        self.format = FORMATS["tsv" if self.delimiter == "\t" else "csv"]
        _line, first = next(self._rows(), (1, ()))
        self.headers = checked_headers(first)

    def __iter__(self) -> Iterator[tuple[int, Cells]]:
        rows = self._rows()
        next(rows)
        return rows

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        """Give all rows with the line each starts at, the header first; blank lines are no rows."""
        # The limit belongs to the process; it is only ever raised here.
        csv.field_size_limit(max(csv.field_size_limit(), conf.IMPORT_MAX_CELL))
        with self._explained(), self.path.open(encoding=self.encoding, newline="") as file:
            # Strict, as a quotation mark that is never closed would otherwise swallow the rest of the file.
            reader = csv.reader(_lines(file), delimiter=self.delimiter, strict=True)
            line = 1
            try:
                for cells in reader:
                    if cells:
                        yield line, cells
                    line = reader.line_num + 1
            except csv.Error as error:
                raise BadFile(_reason(error, line)) from error

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


def _lines(file: TextIO) -> Iterator[str]:
    """Give the lines of a file; a line without end would be read into memory whole."""
    limit = _CELLS_IN_A_LINE * conf.IMPORT_MAX_CELL
    number = 0
    while line := file.readline(limit):
        number += 1
        if len(line) == limit:
            raise BadFile(
                _("Line %(line)d is longer than %(limit)d characters.") % {"line": number, "limit": limit}
            )
        yield line


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
