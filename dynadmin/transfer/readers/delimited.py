"""CSV and TSV: read in chunks, in bounded memory, strictly."""

import csv
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
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
from dynadmin.transfer.sniff import (
    CSV_QUOTING,
    ENCODINGS,
    Dialect,
    check_choices,
    find_encoding,
    first_bad_line,
    lines_above,
    looks_like_header,
    sniff,
)

# A chunk ends early when it has taken so many bytes of the file; looked at after so many rows.
_MOST_BYTES = 4_000_000
_STEP = 32
# Rows that are looked at for a header.
_SAMPLED = 100
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
Rows = Sequence[list[str]]


class DelimitedSource(Source):
    """The rows of a delimited text file."""

    def __init__(self, path: Path, format: Format, reading: Reading) -> None:
        super().__init__(path)
        delimiter = reading.delimiter or ("\t" if format.slug == "tsv" else None)
        check_choices(reading.encoding, delimiter, reading.quoting)
        self.encoding = reading.encoding or find_encoding(path)
        # Before all that takes lines as they are.
        self._lines = measure_lines(path, self.encoding)
        self.above = reading.above
        dialect = sniff(path, encoding=self.encoding, delimiter=delimiter, quoting=reading.quoting)
        named = self._take_up(dialect, reading.header)
        if named == 1 < dialect.width and not (delimiter or dialect.names_delimiter):
            # No row would fit the header: what seems to set cells apart is a letter of the texts.
            self._take_up(self._of_one_column(reading.quoting), reading.header)
        self.row_count = max(0, self._lines.count - self._above)
        if self.row_count > conf.IMPORT_MAX_ROWS:
            # Rows may be of several lines, or blank.
            check_rows(sum(len(rows) for _numbers, rows in self._chunks(ROWS_AT_ONCE)))

    def _take_up(self, dialect: Dialect, header: bool | None) -> int:
        """Read the file so from now on; return how many cells the row of the header has."""
        self._dialect = dialect
        self.delimiter, self.quoting = dialect.delimiter, dialect.quoting
        self.format = FORMATS["tsv" if self.delimiter == "\t" else "csv"]
        return self._name_columns(header)

    def _of_one_column(self, quoting: str | None) -> Dialect:
        """Return how the file is read as one column: with a delimiter that no line has, if there is one."""
        for delimiter in ",;|\t":
            found = sniff(self.path, encoding=self.encoding, delimiter=delimiter, quoting=quoting)
            if found.width == 1:
                return found
        return self._dialect

    def _name_columns(self, header: bool | None) -> int:
        """Find the header, or make one up; `_above` are the rows above the first one of data, and
        `_lines_above` the lines, of which some may be blank.
        """
        lines, rows = self._first_rows()
        self._above = int(self._dialect.names_delimiter)
        if self.above is not None:
            self._above = max(self._above, bisect_right(lines, self.above))
        elif header is not False:
            self._above += lines_above(rows[self._above :], self._dialect.width)
        self.rows_above = lines[self._above] - 1 if self._above < len(lines) else 0
        first, below = [*rows[self._above : self._above + 1], []][0], rows[self._above + 1 :]
        self.has_header = looks_like_header(first, below) if header is None else header
        self._lines_above = self.rows_above + self.has_header
        if not self.has_header:
            self.headers = numbered_headers(len(first))
            return len(first)
        self._above += 1
        self.headers = checked_headers([first[0].removeprefix("\ufeff"), *first[1:]] if first else [])
        self.headers = self._without_empty_columns(self.headers)
        return len(first)

    def _first_rows(self) -> tuple[Sequence[int], list[list[str]]]:
        """Return the first rows with their lines; one alone where another soon after it cannot be read."""
        try:
            return next(self._rows(_SAMPLED), ([1], [[]]))
        except BadFile:
            return next(self._rows(1), ([1], [[]]))

    def _without_empty_columns(self, headers: tuple[str, ...]) -> tuple[str, ...]:
        """Return the headers without those that a delimiter at the end of every line has made."""
        width = len(headers)
        while width and not headers[width - 1].strip():
            width -= 1
        if width == len(headers):
            return headers
        rows = (row for _numbers, rows in self._chunks(ROWS_AT_ONCE) for row in rows)
        return headers if any(any(row[width:]) for row in rows) else headers[:width]

    def _chunks(self, most: int) -> Iterator[Chunk]:
        """Give the rows below the header; blank lines are no rows."""
        above, width = self._above, len(self.headers)
        for numbers, rows in self._rows(most):
            skipped = min(above, len(rows))
            above -= skipped
            if skipped:
                numbers, rows = numbers[skipped:], rows[skipped:]
            if rows and set(map(len, rows)) != {width}:
                numbers, rows = _fitted(numbers, rows, width)
            if rows:
                yield numbers, rows

    def line_blocks(self, size: int) -> Iterator[tuple[int, list[str]]]:
        """Give whole lines below the header as they stand, with the number of the first, up to a quote.

        The block with the quote is empty: from there on only `chunks` knows where rows begin.
        """
        with self._explained(), self._open() as file:
            number = 1 + self._lines_above
            above = "".join(file.readline() for _line in range(self._lines_above))
            if '"' in above or not self._is_plain:
                yield number, []
                return
            while lines := file.readlines(size):
                has_quote = '"' in "".join(lines)
                yield number, [] if has_quote else lines
                if has_quote:
                    return
                number += len(lines)

    @property
    def _is_plain(self) -> bool:
        """Whether each line without a quote is a row."""
        is_usual = self.quoting == "double" and not self._dialect.skips_spaces
        return is_usual and not self._lines.has_bare_returns

    def rows_of(self, numbers: Sequence[int], lines: Iterable[str]) -> Chunk:
        """Return the rows that lines without a quote are, with their numbers."""
        pairs = zip(numbers, self._reader(lines), strict=True)
        kept = [(number, row) for number, row in pairs if row]
        return _fitted([number for number, _row in kept], [row for _number, row in kept], len(self.headers))

    def _rows(self, most: int) -> Iterator[tuple[Sequence[int], list[list[str]]]]:
        """Give all rows with the line each starts at, the header first."""
        # The limit belongs to the process; it is only ever raised here.
        csv.field_size_limit(max(csv.field_size_limit(), conf.IMPORT_MAX_CELL))
        with self._explained(), self._open() as file:
            reader = self._reader(file)
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

    def _reader(self, lines: Iterable[str]) -> Any:
        if self.quoting == "backslash":
            lines = _with_nulls(lines, self.delimiter)
        # Strict, as a quotation mark that is never closed would otherwise swallow the rest of the file.
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            strict=True,
            skipinitialspace=self._dialect.skips_spaces,
            **CSV_QUOTING[self.quoting],
        )

    def _open(self) -> TextIO:
        # Lines that end in carriage returns alone are found by looking at each letter, others faster.
        plain = not self._lines.has_bare_returns and not self.encoding.lower().startswith(
            ("utf-16", "utf-32")
        )
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
            raise BadFile(
                message % {"line": line, "encoding": ENCODINGS.get(self.encoding, self.encoding)}
            ) from error

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


def _numbered(
    rows: list[list[str]], first: int, last: int
) -> Iterator[tuple[Sequence[int], list[list[str]]]]:
    """Give the rows that are not blank with the lines they start at."""
    numbers: range | list[int] = range(first, last + 1)
    if len(numbers) != len(rows):
        numbers = list(accumulate(map(_height, rows[:-1]), initial=first))
    if [] in rows:
        kept = [(number, row) for number, row in zip(numbers, rows, strict=True) if row]
        numbers, rows = [number for number, _row in kept], [row for _number, row in kept]
    if rows:
        yield numbers, rows


def _fitted(numbers: Sequence[int], rows: Rows, width: int) -> tuple[list[int], list[list[str]]]:
    """Return the rows without empty cells beyond the header, and without lines of nothing but white space."""
    kept_numbers, kept = [], []
    for number, row in zip(numbers, rows, strict=True):
        if len(row) != width and not any(cell.strip() for cell in row):
            continue
        kept_numbers.append(number)
        kept.append(row[:width] if len(row) > width and not any(row[width:]) else row)
    return kept_numbers, kept


def _height(row: list[str]) -> int:
    """Return the number of lines that a row takes up."""
    return 1 + sum(len(_LINE_BREAK.findall(cell)) for cell in row)


def _with_nulls(lines: Iterable[str], delimiter: str) -> Iterator[str]:
    r"""Give the lines so that a cell of `\N`, by which databases mean no value, keeps its backslash."""
    cell = re.compile(rf"(^|{re.escape(delimiter)})\\N(?={re.escape(delimiter)}|\r?\n?$)")
    return (cell.sub(r"\1\\\\N", line) if "\\N" in line else line for line in lines)


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
