"""Workbooks (XLSX, ODS): one of their sheets, after a look at how large it would become."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from itertools import dropwhile, islice
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
    XmlError,
    ZipError,
)

from dynadmin.exceptions import BadFile
from dynadmin.transfer.formats import Format
from dynadmin.transfer.readers.base import (
    Chunk,
    Reading,
    Source,
    check_rows,
    checked_headers,
    in_chunks,
    numbered_headers,
)
from dynadmin.transfer.readers.sizes.zipped import check_zipped
from dynadmin.transfer.sniff import lines_above, looks_like_header

_BROKEN = (CalamineError, ZipError, XmlError, IndexError, OSError)
# Where the class comes from that the parser raises when it meets what it never expected; it is no Exception.
_PANIC = "pyo3_runtime"
Row = tuple[int, list[str]]
# Rows that are looked at for a header.
_SAMPLED = 100


class SheetSource(Source):
    """The rows of a sheet, as texts; a row's number is the one that spreadsheets show.

    Without a choice it is the first sheet that people can see and that is not empty. A cell that is merged
    over several rows is in each of them, as one reads it. Formulas are the values that they had when it was
    saved.
    """

    def __init__(self, path: Path, format: Format, reading: Reading) -> None:
        super().__init__(path)
        self.format = format
        check_zipped(path, format)
        with self._explained():
            workbook = CalamineWorkbook.from_path(str(path))
            self.sheets = _visible_sheets(workbook)
            self.sheet = _chosen(workbook, self.sheets, reading.sheet)
            sheet = workbook.get_sheet_by_name(self.sheet)
        self.row_count = max(0, sheet.height - 1)
        check_rows(self.row_count)
        self.above = reading.above
        self._name_columns(sheet, reading.header)
        self.row_count = max(0, self.row_count - self.rows_above)

    def _name_columns(self, sheet: CalamineSheet, header: bool | None) -> None:
        """Find the header, below the titles that stand above it, or make one up."""
        rows = list(islice(_rows(sheet), _SAMPLED))
        if self.above is not None:
            rows = list(islice(_below(_rows(sheet), self.above), _SAMPLED))
        elif header is not False:
            rows = rows[_titles_above([cells for _number, cells in rows]) :]
        number, first = rows[0] if rows else (1, [])
        self.rows_above = number - 1
        named = _without_empty_end(first)
        below = [cells[: len(named)] for _number, cells in rows[1:]]
        self.has_header = looks_like_header(named, below) if header is None else header
        self.headers = checked_headers(named) if self.has_header else numbered_headers(len(first))

    def _chunks(self, most: int) -> Iterator[Chunk]:
        with self._explained():
            sheet = CalamineWorkbook.from_path(str(self.path)).get_sheet_by_name(self.sheet)
        rows = _below(_rows(sheet), self.rows_above)
        if self.has_header:
            next(rows)
        return in_chunks(_fitted(rows, len(self.headers)), most)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            if not isinstance(error, _BROKEN) and type(error).__module__ != _PANIC:
                raise
            message = _("The file is not a readable %(kind)s workbook: %(reason)s")
            kind = self.format.slug.upper()
            raise BadFile(message % {"kind": kind, "reason": error}) from error


def _visible_sheets(workbook: CalamineWorkbook) -> tuple[str, ...]:
    return tuple(
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
    )


def _chosen(workbook: CalamineWorkbook, sheets: tuple[str, ...], wanted: str | None) -> str:
    if wanted is not None:
        if wanted in workbook.sheet_names:
            return wanted
        message = _("There is no sheet %(sheet)s; there are: %(sheets)s.")
        raise BadFile(message % {"sheet": wanted, "sheets": ", ".join(sheets)})
    if not sheets:
        raise BadFile(_("The workbook has no sheet of cells that can be seen."))
    filled = (name for name in sheets if workbook.get_sheet_by_name(name).height)
    return next(filled, sheets[0])


def _rows(sheet: CalamineSheet) -> Iterator[Row]:
    """Give the rows that are not empty, with their numbers."""
    # Empty rows above the first cell are given, empty columns beside it are not.
    _top, left = sheet.start or (0, 0)
    merged = _Merged(sheet.merged_cell_ranges or (), left)
    for number, cells in enumerate(sheet.iter_rows()):
        cells = merged.filled(number, cells)
        if any(cell != "" for cell in cells):
            yield number + 1, [text_of_cell(cell) for cell in cells]


def _below(rows: Iterable[Row], above: int) -> Iterator[Row]:
    """Give the rows that have a higher number."""
    return dropwhile(lambda row: row[0] <= above, rows)


def _titles_above(rows: list[list[str]]) -> int:
    """Return how many of the first rows are titles above the header, which has a name in each column."""
    ends = [_without_empty_end(cells) for cells in rows]
    width = max((len(cells) for cells in ends if all(cells)), default=0)
    return lines_above([[*cells, *[""] * (width - len(cells))] for cells in ends], width)


class _Merged:
    """Fills the cells below the first one of those that are merged over several rows."""

    def __init__(self, ranges: Iterable[tuple[tuple[int, int], tuple[int, int]]], left: int) -> None:
        tall = [(top, side - left, bottom) for (top, side), (bottom, _right) in ranges if bottom > top]
        # Those that begin first are at the end, to be taken off there.
        self._waiting = sorted(tall, reverse=True)
        # By column: the last row, and the value.
        self._open: dict[int, tuple[int, Any]] = {}

    def filled(self, number: int, cells: list[Any]) -> list[Any]:
        """Return the cells of the row of this number, counted from 0."""
        if not (self._waiting or self._open):
            return cells
        for column, (bottom, value) in list(self._open.items()):
            if cells[column] == "":
                cells[column] = value
            if bottom <= number:
                del self._open[column]
        while self._waiting and self._waiting[-1][0] <= number:
            top, column, bottom = self._waiting.pop()
            if top == number and 0 <= column < len(cells):
                self._open[column] = (bottom, cells[column])
        return cells


def _without_empty_end(cells: list[str]) -> list[str]:
    """Return the cells without the empty ones at the end: there is only formatting."""
    end = len(cells)
    while end and not cells[end - 1]:
        end -= 1
    return cells[:end]


def _fitted(rows: Iterable[Row], width: int) -> Iterator[Row]:
    """Give the rows as wide as the header, unless something stands beside it."""
    for number, cells in rows:
        if len(cells) > width and not any(cells[width:]):
            cells = cells[:width]
        yield number, cells


def text_of_cell(cell: Any) -> str:
    """Return what a person would type for this cell."""
    if isinstance(cell, (str, bool)):
        return str(cell)
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    if isinstance(cell, (date, datetime, time)):
        return cell.isoformat()
    return str(cell) if isinstance(cell, (int, timedelta)) else ""
