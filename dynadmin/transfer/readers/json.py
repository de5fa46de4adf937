"""JSON: an array of objects, parsed as a stream."""

import codecs
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ijson
import ijson.backends.python as exact_ijson
from django.utils.translation import gettext as _

from dynadmin.conf import conf
from dynadmin.exceptions import BadFile
from dynadmin.transfer.formats import FORMATS
from dynadmin.transfer.readers.base import ROWS_AT_ONCE, Chunk, Source, in_chunks

_MOST_KEYS = 2000
_CHUNK = 1 << 20
# Half of a pair that stands for one letter: the fast parser would put a question mark in its place.
_HALF_A_PAIR = re.compile(
    rb"""\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..)\\u[dD][c-fC-F]"""
)
_OVERLAP = 12


class JsonSource(Source):
    """The objects of a JSON array; a row's number counts them, from 1.

    The headers are the keys of all objects; an object without one of them has nothing (None) there.
    """

    format = FORMATS["json"]

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        if not self.size:
            raise BadFile(_("The file is empty."))
        self._parser = exact_ijson if _has_half_a_pair(path) else ijson
        self.headers = self._keys()
        if not self.headers:
            raise BadFile(_("The file has no rows: it must be an array of objects."))

    def chunks(self, most: int = ROWS_AT_ONCE) -> Iterator[Chunk]:
        """Give the objects as rows."""
        return in_chunks(
            ((number, [row.get(key) for key in self.headers]) for number, row in self._objects()), most
        )

    def _keys(self) -> tuple[str, ...]:
        keys: dict[str, None] = {}
        for number, row in self._objects():
            keys.update(dict.fromkeys(row))
            if len(keys) > _MOST_KEYS:
                message = _("The objects up to number %(number)d have more than %(most)d different keys.")
                raise BadFile(message % {"number": number, "most": _MOST_KEYS})
        return tuple(keys)

    def _objects(self) -> Iterator[tuple[int, dict[str, Any]]]:
        with self._explained(), self.path.open("rb") as file:
            _skip_mark(file)
            _check_array(file)
            for number, row in enumerate(self._parser.items(file, "item"), 1):
                if not isinstance(row, dict):
                    raise BadFile(_("Item %(number)d of the array is not an object.") % {"number": number})
                yield number, row

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (ijson.JSONError, UnicodeError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise BadFile(_("The file is not valid JSON: %(reason)s") % {"reason": reason}) from error


def _has_half_a_pair(path: Path) -> bool:
    """Return whether the file may hold one; a backslash that is itself escaped only costs speed."""
    tail = b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            # The last letters wait for what follows them.
            text = tail + chunk
            if _HALF_A_PAIR.search(text, 0, max(0, len(text) - _OVERLAP)):
                return True
            tail = text[-_OVERLAP * 2 :]
    return bool(_HALF_A_PAIR.search(tail))


def _skip_mark(file: Any) -> None:
    if file.read(3) != codecs.BOM_UTF8:
        file.seek(0)


def _check_array(file: Any) -> None:
    """Refuse what is no array at once: the parser would read all of it and find no item."""
    start = file.tell()
    if not file.read(conf.IMPORT_MAX_CELL).lstrip().startswith(b"["):
        raise BadFile(_("The file is no JSON array of objects: it must begin with [."))
    file.seek(start)
