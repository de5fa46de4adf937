"""XLSX and ODS: archives of XML, which may be small and unpack to anything."""

import re
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from dynadmin.conf import conf
from dynadmin.exceptions import BadFile
from dynadmin.transfer.formats import OLD_OR_LOCKED, Format
from dynadmin.transfer.readers.sizes.extent import Extent
from dynadmin.transfer.readers.sizes.opendocument import OpenDocumentExtent

_MOST_ENTRIES = 2000
_CHUNK = 1 << 20
# What the archive module raises for damaged, encrypted and unknown kinds of archives.
_BROKEN_ARCHIVE = (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError)
# Overlap of chunks, so that no reference is cut in two unseen.
_OVERLAP = 64
_REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})(\d{1,7})["']""")
_MANIFEST, _LOCKED = "META-INF/manifest.xml", b"encryption-data"
_DISGUISED = re.compile(rb"""<!DOCTYPE|<!ENTITY|\br\s*=\s*["'][^"'<]{0,20}&|\x00""")


def check_zipped(path: Path, format: Format) -> None:
    """Refuse a workbook of too many parts, too large unpacked, or with a sheet too wide and long."""
    kind = format.slug.upper()
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            if (
                len(infos) > _MOST_ENTRIES
                or sum(info.file_size for info in infos) > conf.IMPORT_MAX_SHEET_BYTES
            ):
                raise BadFile(_too_large())
            _refuse_locked(archive)
            left = conf.IMPORT_MAX_SHEET_BYTES
            for info in infos:
                if info.filename.lower().endswith((".xml", ".rels")):
                    left -= _check_part(archive, info, left)
    except _BROKEN_ARCHIVE as error:
        message = _("The file is not a readable %(kind)s workbook: %(reason)s")
        raise BadFile(message % {"kind": kind, "reason": error}) from error


def _refuse_locked(archive: zipfile.ZipFile) -> None:
    """Raise BadFile for OpenDocument with a password: its parts are noise, and only their list says so."""
    if _MANIFEST in archive.namelist():
        with archive.open(_MANIFEST) as file:
            if _LOCKED in file.read(_CHUNK):
                raise BadFile(str(OLD_OR_LOCKED))


def _too_large() -> str:
    message = _("The workbook is larger than %(limit)d bytes when unpacked. Save it as CSV and import that.")
    return message % {"limit": conf.IMPORT_MAX_SHEET_BYTES}


def _check_part(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> int:
    """Return the size of a part, in bytes, having looked at every one of them."""
    measure = _measure_of(info.filename.lower())
    # What the directory of an archive says of sizes need not be true, and the module stops there.
    info.file_size = limit + 2 * _CHUNK
    read, tail = 0, b""
    with archive.open(info) as file:
        while chunk := file.read(_CHUNK):
            read += len(chunk)
            if read > limit:
                raise BadFile(_too_large())
            if _DISGUISED.search(tail + chunk):
                raise BadFile(_("The workbook is not one that a spreadsheet program writes."))
            measure(tail, chunk)
            tail = chunk[-_OVERLAP:]
    return read


def _measure_of(name: str) -> Callable[[bytes, bytes], Any]:
    """Return what looks at a part of the workbook: at its end before, and the chunk that follows."""
    if name.startswith("xl/worksheets/"):
        extent = Extent()
        return lambda tail, chunk: _grow(extent, tail + chunk)
    if name == "content.xml":
        return OpenDocumentExtent().feed
    return lambda tail, chunk: None


def _grow(extent: Extent, text: bytes) -> None:
    for letters, digits in set(_REFERENCE.findall(text)):
        extent.grow(int(digits), _column_number(letters))


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number
