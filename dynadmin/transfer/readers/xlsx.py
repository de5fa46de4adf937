"""XLSX: the first sheet, after a look at how large it would become."""

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, ZipError

from dynadmin.conf import conf
from dynadmin.exceptions import BadFile
from dynadmin.transfer.formats import FORMATS
from dynadmin.transfer.readers.base import Cells, Source

_MOST_ENTRIES = 2000
_CHUNK = 1 << 20
# Overlap of chunks, so that no reference is cut in two unseen.
_OVERLAP = 64
_REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})(\d{1,7})["']""")
_DISGUISED = re.compile(rb"""<!DOCTYPE|<!ENTITY|\br\s*=\s*["'][^"'<]{0,20}&|\x00""")


class XlsxSource(Source):
    """The rows of the first sheet of a workbook, as texts; a row's number is the one Excel shows."""

    format = FORMATS["xlsx"]

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        if not self.size:
            raise BadFile(_("The file is empty."))
        check_size(path)
        for _line, cells in self._rows():
            self.headers = tuple(cell.strip() for cell in cells)
            break
        if not any(self.headers):
            raise BadFile(_("The sheet has no header: its first row must name the columns."))

    def __iter__(self) -> Iterator[tuple[int, Cells]]:
        rows = self._rows()
        next(rows)
        return rows

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        sheet = self._sheet()
        for number, cells in enumerate(sheet.iter_rows(), (sheet.start or (0, 0))[0] + 1):
            if any(cell != "" for cell in cells):
                yield number, [text_of_cell(cell) for cell in cells]

    def _sheet(self) -> CalamineSheet:
        try:
            return CalamineWorkbook.from_path(str(self.path)).get_sheet_by_index(0)
        except (CalamineError, ZipError, IndexError, OSError) as error:
            raise BadFile(
                _("The file is not a readable XLSX workbook: %(reason)s") % {"reason": error}
            ) from error


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


def check_size(path: Path) -> None:
    """Refuse a workbook that would not fit: too many parts, too large unpacked, or a sheet too wide and long.

    The parser lays a sheet out as a full rectangle, so two far apart cells would cost as much as all between.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_archive(archive)
            for info in archive.infolist():
                if info.filename.lower().startswith("xl/worksheets/"):
                    _check_sheet(archive, info)
    except zipfile.BadZipFile as error:
        raise BadFile(
            _("The file is not a readable XLSX workbook: %(reason)s") % {"reason": error}
        ) from error


def _check_archive(archive: zipfile.ZipFile) -> None:
    infos = archive.infolist()
    if len(infos) > _MOST_ENTRIES or sum(info.file_size for info in infos) > conf.IMPORT_MAX_SHEET_BYTES:
        message = _(
            "The workbook is larger than %(limit)d bytes when unpacked. Save it as CSV and import that."
        )
        raise BadFile(message % {"limit": conf.IMPORT_MAX_SHEET_BYTES})


def _check_sheet(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    widest = longest = read = 0
    tail = b""
    with archive.open(info) as file:
        # What the directory of an archive says of sizes need not be true.
        while chunk := file.read(_CHUNK):
            read += len(chunk)
            text = tail + chunk
            if read > conf.IMPORT_MAX_SHEET_BYTES or _DISGUISED.search(text):
                raise BadFile(_("The workbook is not one that a spreadsheet program writes."))
            for letters, digits in set(_REFERENCE.findall(text)):
                widest = max(widest, _column_number(letters))
                longest = max(longest, int(digits))
            if widest * longest > conf.IMPORT_MAX_SHEET_CELLS:
                message = _("The sheet has more than %(limit)d cells. Save it as CSV and import that.")
                raise BadFile(message % {"limit": conf.IMPORT_MAX_SHEET_CELLS})
            tail = text[-_OVERLAP:]


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number
