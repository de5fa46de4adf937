"""JSON: an array of objects, or an object that holds one, parsed as a stream."""

import codecs
import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import ijson
import ijson.backends.python as exact_ijson
from django.utils.translation import gettext as _

from dynadmin.conf import conf
from dynadmin.exceptions import BadFile
from dynadmin.transfer.formats import FORMATS
from dynadmin.transfer.readers.nesting import check_nesting
from dynadmin.transfer.readers.objects import ObjectSource, plain_number, why
from dynadmin.transfer.texts import storable

_CHUNK = 1 << 20
# Half of a pair that stands for one letter: the fast parser would put a question mark in its place.
_HALF_A_PAIR = re.compile(
    rb"""\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..)\\u[dD][c-fC-F]"""
)
_OVERLAP = 12
# Python reads 4,300 digits; of as many, however a chunk cuts them, half are together.
_LONG_NUMBER = b"0" * 2_000
_DIGITS = bytes(b"0"[0] if chr(byte).isdigit() and byte < 128 else b"x"[0] for byte in range(256))
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class JsonSource(ObjectSource):
    """The objects of a JSON array; a row's number counts them, from 1.

    Of an object, `sheets` are the keys that hold arrays; the first one is read unless another is chosen.
    """

    format = FORMATS["json"]
    _prefix = "item"

    def __init__(self, path: Path, sheet: str | None = None) -> None:
        check_utf8(path)
        check_nesting(path)
        self._parser = exact_ijson if _needs_care(path) else ijson
        with path.open("rb") as file:
            _skip_mark(file)
            start = file.read(conf.IMPORT_MAX_CELL).lstrip()[:1]
        if start == b"{":
            self._choose(path, sheet)
        elif start not in (b"[", b""):
            raise BadFile(_("The file is no JSON array of objects: it must begin with [."))
        super().__init__(path)

    def _choose(self, path: Path, sheet: str | None) -> None:
        """Find the arrays of an object, and the one to read."""
        with _explained(), path.open("rb") as file:
            _skip_mark(file)
            found = [
                prefix
                for prefix, event, _value in self._parser.parse(file)
                if event == "start_array" and not prefix.endswith(".item") and prefix.count(".") == 0
            ]
        keys = {storable(prefix): prefix for prefix in found}
        self.sheets = tuple(keys)
        if not self.sheets or (sheet is not None and sheet not in self.sheets):
            message = _("The file is no JSON array of objects, and holds none under a key: it has %(keys)s.")
            raise BadFile(message % {"keys": ", ".join(self.sheets) or "{}"})
        self.sheet = sheet or self.sheets[0]
        self._prefix = f"{keys[self.sheet]}.item"

    def _objects(self) -> Iterator[tuple[int, dict[str, Any]]]:
        with _explained(), self.path.open("rb") as file:
            _skip_mark(file)
            for number, row in enumerate(self._parser.items(file, self._prefix), 1):
                if not isinstance(row, dict):
                    raise BadFile(_("Item %(number)d of the array is not an object.") % {"number": number})
                if Decimal in map(type, row.values()):
                    row = {key: _plain(value) for key, value in row.items()}
                yield number, row


def _plain(value: Any) -> Any:
    return plain_number(value) if type(value) is Decimal else value


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except (ijson.JSONError, UnicodeError, ArithmeticError) as error:
        raise BadFile(_("The file is not valid JSON: %(reason)s") % {"reason": why(error)}) from error


def _needs_care(path: Path) -> bool:
    """Return whether the file may hold what the fast parser gets wrong.

    That are half pairs, and integers of more digits than Python reads, which end the process. What looks
    like one within a text only costs speed.
    """
    tail = b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if _LONG_NUMBER in chunk.translate(_DIGITS):
                return True
            # The last letters wait for what follows them.
            text = tail + chunk
            # Where no such escape is, there is nothing to search for letter by letter.
            may_have = b"\\ud" in text or b"\\uD" in text
            if may_have and _HALF_A_PAIR.search(text, 0, max(0, len(text) - _OVERLAP)):
                return True
            tail = text[-_OVERLAP * 2 :]
    return bool(_HALF_A_PAIR.search(tail))


def check_utf8(path: Path) -> None:
    """Raise BadFile for JSON in UTF-16, which some programs write and the standard forbids."""
    with path.open("rb") as file:
        if file.read(2) in _UTF16:
            raise BadFile(_("JSON is written in UTF-8, and this file is UTF-16. Save it as UTF-8."))


def _skip_mark(file: IO[bytes]) -> None:
    if file.read(3) != codecs.BOM_UTF8:
        file.seek(0)
