"""XLSX: the first sheet, after a look at how large it would become."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, ZipError

from dynadmin.conf import conf
from dynadmin.exceptions import BadFile
from dynadmin.transfer.formats import FORMATS
from dynadmin.transfer.readers.base import ROWS_AT_ONCE, Chunk, Source, checked_headers, in_chunks

_MOST_ENTRIES = 2000
_CHUNK = 1 << 20
# What the archive module raises for damaged, encrypted and unknown kinds of archives.
_BROKEN_ARCHIVE = (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError)
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
        _line, first = next(self._rows(), (1, ()))
        self.headers = checked_headers(first)

    def chunks(self, most: int = ROWS_AT_ONCE) -> Iterator[Chunk]:
        """Give the rows below the header; blank ones are no rows."""
        rows = self._rows()
        next(rows)
        return in_chunks(rows, most)

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
            infos = archive.infolist()
            if (
                len(infos) > _MOST_ENTRIES
                or sum(info.file_size for info in infos) > conf.IMPORT_MAX_SHEET_BYTES
            ):
                raise BadFile(_too_large())
            left = conf.IMPORT_MAX_SHEET_BYTES
            for info in infos:
                if info.filename.lower().endswith((".xml", ".rels")):
                    left -= _check_part(archive, info, left)
    except _BROKEN_ARCHIVE as error:
        message = _("The file is not a readable XLSX workbook: %(reason)s")
        raise BadFile(message % {"reason": error}) from error


def _too_large() -> str:
    message = _("The workbook is larger than %(limit)d bytes when unpacked. Save it as CSV and import that.")
    return message % {"limit": conf.IMPORT_MAX_SHEET_BYTES}


def _check_part(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> int:
    """Return the size of a part, in bytes, having looked at every one of them."""
    is_sheet = info.filename.lower().startswith("xl/worksheets/")
    # What the directory of an archive says of sizes need not be true, and the module stops there.
    info.file_size = limit + 2 * _CHUNK
    extent, read, tail = _Extent(), 0, b""
    with archive.open(info) as file:
        while chunk := file.read(_CHUNK):
            read += len(chunk)
            if read > limit:
                raise BadFile(_too_large())
            text = tail + chunk
            if _DISGUISED.search(text):
                raise BadFile(_("The workbook is not one that a spreadsheet program writes."))
            if is_sheet:
                extent.grow(text)
            tail = text[-_OVERLAP:]
    return read


class _Extent:
    """How wide and long a sheet is, by the references of its cells."""

    def __init__(self) -> None:
        self._widest = self._longest = 0

    def grow(self, text: bytes) -> None:
        for letters, digits in set(_REFERENCE.findall(text)):
            self._widest = max(self._widest, _column_number(letters))
            self._longest = max(self._longest, int(digits))
        if self._widest * self._longest > conf.IMPORT_MAX_SHEET_CELLS:
            message = _("The sheet has more than %(limit)d cells. Save it as CSV and import that.")
            raise BadFile(message % {"limit": conf.IMPORT_MAX_SHEET_CELLS})


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number
