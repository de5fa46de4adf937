"""XLSX: one sheet, written to a temporary file row by row and then given out in pieces."""

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from dynadmin.exceptions import TransferError
from dynadmin.transfer.celltexts import writer_of
from dynadmin.transfer.outlets import Outlet

_PIECE = 1 << 16
_MOST_ROWS = 1_048_576
_MOST_COLUMNS = 16_384
_LONGEST_TEXT = 32_767
# Whole numbers beyond it change when Excel stores them as floating point.
_EXACT = 2**53
# Excel believes that 1900 was a leap year: earlier dates mean different days in different programs.
_FIRST_DATE = date(1900, 3, 1)
# What XML cannot hold or would change, and what looks like the notation for it.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_BLANKS = re.compile("[\x00-\x20\ufffe\uffff]")


def write_xlsx(
    columns: Sequence[Outlet], chunks: Iterable[list[tuple[Any, ...]]], *, escape: bool
) -> Iterator[bytes]:
    """Give the workbook. Raises TransferError, before the first piece, when the rows do not fit."""
    if len(columns) > _MOST_COLUMNS:
        raise TransferError(_("An XLSX sheet has at most %(limit)d columns.") % {"limit": _MOST_COLUMNS})
    book = Workbook(write_only=True)
    sheet = book.create_sheet("rows")
    try:
        _fill(sheet, columns, chunks, escape)
    except BaseException:
        # Else the library leaves its own temporary file behind.
        sheet.close()
        sheet._writer.cleanup()
        raise
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece


def _fill(
    sheet: Any, columns: Sequence[Outlet], chunks: Iterable[list[tuple[Any, ...]]], escape: bool
) -> None:
    typed = [_typed_of(column.field, sheet, escape) for column in columns]
    sheet.append([_text_cell(sheet, column.name) for column in columns])
    count = 1
    for chunk in chunks:
        count += len(chunk)
        if count > _MOST_ROWS:
            message = _("An XLSX sheet has at most %(limit)d rows: choose CSV.")
            raise TransferError(message % {"limit": _MOST_ROWS})
        for row in chunk:
            sheet.append([cell(value) for cell, value in zip(typed, row, strict=True)])


def _typed_of(field: models.Field, sheet: Any, escape: bool) -> Callable[[Any], Any]:
    """Return the function that gives the cell of a value: a number or date where Excel keeps it exactly."""
    text = writer_of(field, escape=escape)
    is_json = isinstance(field, models.JSONField)

    def cell(value: Any) -> Any:
        if value is None:
            return None
        return value if not is_json and is_exact(value) else _text_cell(sheet, text(value))

    return cell


def is_exact(value: Any) -> bool:
    """Return whether Excel has a type of its own that keeps this value."""
    if isinstance(value, bool):
        return True
    if isinstance(value, float):
        # Excel has fifteen digits, and other programs write no more than it has.
        return float(f"{value:.15g}") == value
    if isinstance(value, int):
        return abs(value) < _EXACT
    if isinstance(value, Decimal):
        return value == value.to_integral_value() and abs(value) < _EXACT
    return isinstance(value, date) and not isinstance(value, datetime) and value >= _FIRST_DATE


def _text_cell(sheet: Any, text: str) -> Any:
    # Programs that read the file drop a cell of nothing but white space, and know the notation up to x00FF.
    hidden = _BLANKS if text.isspace() else _CONTROLS
    text = hidden.sub(lambda match: f"_x{ord(match[0]):04X}_", text)
    if len(text) > _LONGEST_TEXT:
        message = _("A cell has more than %(limit)d characters, the most that Excel takes: choose CSV.")
        raise TransferError(message % {"limit": _LONGEST_TEXT})
    if text[:1] in ("=", "#"):
        # The library would make a formula or an error of it.
        cell = WriteOnlyCell(sheet, value="")
        cell._value, cell.data_type = text, "s"
        return cell
    return text
