"""JSON: an array of objects, parsed as a stream."""

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ijson
from django.utils.translation import gettext as _

from dynadmin.conf import conf
from dynadmin.exceptions import BadFile
from dynadmin.transfer.formats import FORMATS
from dynadmin.transfer.readers.base import Cells, Source

_MOST_KEYS = 5000


class JsonSource(Source):
    """The objects of a JSON array; a row's number counts them, from 1.

    The headers are the keys of all objects; an object without one of them has nothing (None) there.
    """

    format = FORMATS["json"]

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        if not self.size:
            raise BadFile(_("The file is empty."))
        self.headers = self._keys()
        if not self.headers:
            raise BadFile(_("The file has no rows: it must be an array of objects."))

    def __iter__(self) -> Iterator[tuple[int, Cells]]:
        for number, row in self._objects():
            yield number, [row.get(key) for key in self.headers]

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
            for number, row in enumerate(ijson.items(file, "item"), 1):
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


def _skip_mark(file: Any) -> None:
    if file.read(3) != codecs.BOM_UTF8:
        file.seek(0)


def _check_array(file: Any) -> None:
    """Refuse what is no array at once: the parser would read all of it and find no item."""
    start = file.tell()
    if not file.read(conf.IMPORT_MAX_CELL).lstrip().startswith(b"["):
        raise BadFile(_("The file is no JSON array of objects: it must begin with [."))
    file.seek(start)
