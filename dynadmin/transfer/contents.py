"""What kind of file this is, by how it begins: names may say anything."""

import zipfile
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dynadmin.exceptions import BadFile
from dynadmin.transfer.formats import FORMATS, OLD_OR_LOCKED, Format

ZIP = b"PK\x03\x04"
# An archive without any file has only its end.
ZIP_EMPTY = b"PK\x05\x06"
GZIP = b"\x1f\x8b"
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
PARQUET = b"PAR1"
_SIGNATURES: dict[bytes, str | Promise] = {
    ZIP: "ZIP",
    GZIP: "gzip",
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    OLD_OFFICE: gettext_lazy("old Excel or Word"),
    b"\x7fELF": gettext_lazy("program"),
    b"SQLite format 3": "SQLite",
    PARQUET: "Parquet",
    b"7z\xbc\xaf": "7z",
    b"Rar!": "RAR",
    b"BZh9": "bzip2",
    b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "Zstandard",
}
_BEGINNING = 512
_TAR, _TAR_AT = b"ustar", 257
_SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"


def beginning_of(path: Path) -> bytes:
    """Return the first bytes of a file."""
    with path.open("rb") as file:
        return file.read(_BEGINNING)


def kind_of(head: bytes) -> str | Promise | None:
    """Return what people call the kind of a file that begins so; None when it may be a text."""
    if head[_TAR_AT : _TAR_AT + len(_TAR)] == _TAR:
        return "tar"
    return next((kind for signature, kind in _SIGNATURES.items() if head.startswith(signature)), None)


def format_of_content(path: Path) -> Format | None:
    """Return the format that a file shows itself to be of; None for texts, and for what is not known.

    Raises BadFile for workbooks of kinds that are not read.
    """
    head = beginning_of(path)
    if head.startswith(PARQUET):
        return FORMATS["parquet"]
    if head.startswith(OLD_OFFICE):
        raise BadFile(str(OLD_OR_LOCKED))
    return workbook_format(path) if head.startswith(ZIP) else None


def workbook_format(path: Path) -> Format | None:
    """Return the format of a workbook; None for any other archive, also a broken one."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" in names:
                return FORMATS["xlsx"]
            if "xl/workbook.bin" in names:
                raise BadFile(_("Binary workbooks (XLSB) cannot be read. Save it as XLSX and import that."))
            is_sheet = "mimetype" in names and archive.read("mimetype")[:100].startswith(_SPREADSHEET)
            return FORMATS["ods"] if is_sheet else None
    except (zipfile.BadZipFile, RuntimeError, OSError, ValueError):
        return None
