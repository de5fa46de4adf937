"""What a text file is written in: its encoding and its delimiter, found by reading it."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dynadmin.exceptions import BadFile
from dynadmin.transfer.contents import kind_of

ENCODINGS = {
    "utf-8-sig": "UTF-8",
    "cp1252": gettext_lazy("Western European (Windows-1252)"),
    "utf-16": "UTF-16",
    "cp1250": gettext_lazy("Central European (Windows-1250)"),
    "cp1251": gettext_lazy("Cyrillic (Windows-1251)"),
    "iso-8859-15": gettext_lazy("Western European (ISO 8859-15)"),
    "shift_jis": gettext_lazy("Japanese (Shift JIS)"),
    "gb18030": gettext_lazy("Chinese (GB 18030)"),
}
DELIMITERS = {
    ",": gettext_lazy("Comma ,"),
    ";": gettext_lazy("Semicolon ;"),
    "\t": gettext_lazy("Tab"),
    "|": gettext_lazy("Bar |"),
}
QUOTINGS = {
    "double": gettext_lazy("Quotation marks, doubled within quotes"),
    "backslash": gettext_lazy("Quotation marks, with a backslash within quotes"),
    "none": gettext_lazy("None: a quotation mark is a letter"),
}

_CHUNK = 1 << 20
_SAMPLE = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How a delimited text file is written."""

    encoding: str
    delimiter: str


def sniff(path: Path, *, encoding: str | None = None, delimiter: str | None = None) -> Dialect:
    """Return how the file is written; what is given is taken as said. Raises BadFile for what is no text."""
    encoding = encoding or find_encoding(path)
    return Dialect(encoding=encoding, delimiter=delimiter or find_delimiter(path, encoding))


def find_encoding(path: Path) -> str:
    """Return the encoding: of the byte-order mark, else UTF-8 if all of the file is, else Windows-1252.

    Raises BadFile for a binary file, and for a UTF-8 file of which some bytes are damaged: read as
    Windows-1252 all its other letters would turn into wrong ones.
    """
    with path.open("rb") as file:
        head = file.read(_SAMPLE)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    _refuse_binary(head)
    try:
        for _text in _decoded(path, "utf-8", "strict"):
            pass
    except UnicodeDecodeError:
        if _is_damaged_utf8(path):
            line = first_bad_line(path, "utf-8")
            message = _("Line %(line)d is not valid UTF-8, although the rest of the file is.") % {
                "line": line
            }
            raise BadFile(message) from None
        return "cp1252"
    return "utf-8-sig"


def _refuse_binary(head: bytes) -> None:
    if (kind := kind_of(head)) is not None:
        raise BadFile(_("This is a %(kind)s file, not a text file.") % {"kind": kind})
    controls = sum(head.count(bytes([byte])) for byte in range(32) if byte not in b"\t\n\r\f\x1a")
    # A stray one or two are a matter of their cells.
    if controls > max(8, len(head) // 20):
        raise BadFile(
            _("This is a binary file, not a text file (or UTF-16 text without its byte-order mark).")
        )


def _decoded(path: Path, encoding: str, errors: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def _is_damaged_utf8(path: Path) -> bool:
    """Return whether more letters of the file are well-formed UTF-8 than are not."""
    good = bad = 0
    for text in _decoded(path, "utf-8", "surrogateescape"):
        beyond_ascii = [char for char in text if char > "\x7f"]
        broken = sum("\udc80" <= char <= "\udcff" for char in beyond_ascii)
        bad += broken
        good += len(beyond_ascii) - broken
    return good > bad


def first_bad_line(path: Path, encoding: str) -> int:
    """Return the number, from 1, of the first line that is not valid in this encoding (0: none)."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with path.open("rb") as file:
        number = 0
        for number, line in enumerate(file, 1):
            try:
                decoder.decode(line)
            except UnicodeError:
                return number
        try:
            decoder.decode(b"", final=True)
        except UnicodeError:
            return number
    return 0


def find_delimiter(path: Path, encoding: str) -> str:
    """Return the delimiter that cuts the first lines into the most equal rows; else a comma."""
    try:
        with path.open(encoding=encoding, errors="replace", newline="") as file:
            sample = file.read(_SAMPLE)
    except UnicodeError:
        # UTF-16 without its mark cannot even be replaced; the reader will say at which line.
        return ","
    lines = _lines_outside_quotes(sample)
    if len(sample) == _SAMPLE and len(lines) > 1:
        lines.pop()
    return max(DELIMITERS, key=lambda delimiter: _consistency(lines, delimiter))


def _lines_outside_quotes(sample: str) -> list[str]:
    """Return the lines of the sample without what stands in quotes: there a delimiter is only a letter."""
    bare = "".join(sample.split('"')[::2])
    return [line for line in bare.splitlines() if line.strip()][:200]


def _consistency(lines: list[str], delimiter: str) -> tuple[float, int]:
    """Return how many lines have as many delimiters as the first, and how many those are."""
    wanted = lines[0].count(delimiter) if lines else 0
    if not wanted:
        return (0.0, 0)
    same = sum(line.count(delimiter) == wanted for line in lines)
    return (same / len(lines), wanted)
