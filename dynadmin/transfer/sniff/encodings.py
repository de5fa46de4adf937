"""In which encoding a text is written."""

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dynadmin.exceptions import BadFile
from dynadmin.transfer.contents import kind_of
from dynadmin.transfer.sniff.letters import FOLLOWED, likeliest_encoding

ENCODINGS = {
    "utf-8-sig": "UTF-8",
    "cp1252": gettext_lazy("Western European (Windows-1252)"),
    "utf-16": "UTF-16",
    "cp1250": gettext_lazy("Central European (Windows-1250)"),
    "iso-8859-2": gettext_lazy("Central European (ISO 8859-2)"),
    "cp1251": gettext_lazy("Cyrillic (Windows-1251)"),
    "cp1253": gettext_lazy("Greek (Windows-1253)"),
    "cp1254": gettext_lazy("Turkish (Windows-1254)"),
    "iso-8859-1": gettext_lazy("Western European (ISO 8859-1)"),
    "iso-8859-15": gettext_lazy("Western European (ISO 8859-15)"),
    "shift_jis": gettext_lazy("Japanese (Shift JIS)"),
    "gb18030": gettext_lazy("Chinese (GB 18030)"),
}

_CHUNK = 1 << 20
_SAMPLE = 64 * 1024
_ASCII = bytes(range(128))
# Of the letters beyond ASCII in a chunk so many are counted, from all over it.
_COUNTED = 50_000
_FOLLOWED = re.compile(rb"[\x80-\xff](?=[A-Za-z])")
_STRANGE = "".join(chr(code) for code in range(32) if chr(code) not in "\t\n\r\f\x1a")
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r\f\x1a")


def find_encoding(path: Path) -> str:
    """Return the encoding: of the byte-order mark, else UTF-8 or 16 if all is, else by the letters.

    Raises BadFile for a binary file, and for a UTF-8 file of which some bytes are damaged: read as
    Windows-1252 all its other letters would turn into wrong ones.
    """
    with path.open("rb") as file:
        head = file.read(_SAMPLE)
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if (kind := kind_of(head)) is not None:
        raise BadFile(_("This is a %(kind)s file, not a text file.") % {"kind": kind})
    if (wide := _unmarked_utf16(path, head)) is not None:
        return wide
    _refuse_binary(head)
    try:
        for _text in _decoded(path, "utf-8", "strict"):
            pass
    except UnicodeDecodeError as error:
        _refuse_damaged(path, error)
        return likeliest_encoding(_letters(path))
    return "utf-8-sig"


def _unmarked_utf16(path: Path, head: bytes) -> str | None:
    """Return which of its two kinds a file is: ASCII letters have a null byte, always on one side."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if even + odd < max(2, len(head) // 50) or min(even, odd) * 20 > even + odd:
        return None
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    try:
        strange = any(
            text.count(control) for text in _decoded(path, encoding, "strict") for control in _STRANGE
        )
    except UnicodeDecodeError:
        return None
    return None if strange else encoding


def _refuse_binary(head: bytes) -> None:
    # A stray one or two are a matter of their cells.
    if len(head) - len(head.translate(None, _CONTROLS)) > max(8, len(head) // 20):
        raise BadFile(_("This is a binary file, not a text file."))


def _decoded(path: Path, encoding: str, errors: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def _refuse_damaged(path: Path, error: UnicodeDecodeError) -> None:
    """Raise BadFile when more letters of the file are well-formed UTF-8 than are not."""
    good = bad = 0
    for text in _decoded(path, "utf-8", "surrogateescape"):
        beyond_ascii = [char for char in text if char > "\x7f"]
        broken = sum("\udc80" <= char <= "\udcff" for char in beyond_ascii)
        bad += broken
        good += len(beyond_ascii) - broken
    if good <= bad:
        return
    line = first_bad_line(path, "utf-8")
    if error.reason == "unexpected end of data":
        message = _(
            "The file ends in the middle of a letter, in line %(line)d: it was cut off. Get it whole."
        )
    else:
        message = _("Line %(line)d is not valid UTF-8, although the rest of the file is.")
    raise BadFile(message % {"line": line})


def _letters(path: Path) -> Counter[int]:
    """Return how often each byte beyond ASCII occurs, all over the file, those before a letter apart."""
    counts: Counter[int] = Counter()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            letters = chunk.translate(None, _ASCII)
            followed = b"".join(_FOLLOWED.findall(chunk))
            step = len(letters) // _COUNTED + 1
            counts.update(letters[::step])
            before = Counter(followed[::step])
            counts.subtract(before)
            counts.update({byte + FOLLOWED: count for byte, count in before.items()})
    return +counts


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
