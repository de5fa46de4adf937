"""What the readers of objects share: the keys of all of them are the headers."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from json import JSONDecodeError
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from dynadmin.conf import conf
from dynadmin.exceptions import BadFile
from dynadmin.transfer.readers.base import Chunk, Source, check_rows, in_chunks

_MOST_DIGITS = 1_000
_LONGEST_REASON = 200
Numbered = Iterable[tuple[int, dict[str, Any]]]


def plain_number(number: Decimal) -> Decimal | str:
    """Return the number; as a text where it has too many digits to count with."""
    return number if abs(number.adjusted()) <= _MOST_DIGITS else str(number)


class ObjectSource(Source):
    """Rows that are objects with keys; one without some key has nothing (None) there."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.headers = self._keys()
        if not self.headers:
            raise BadFile(_("The file has no rows: it must be an array of objects."))

    def _objects(self) -> Numbered:
        raise NotImplementedError

    def _chunks(self, most: int) -> Iterator[Chunk]:
        return in_chunks(
            ((number, [row.get(key) for key in self.headers]) for number, row in self._objects()), most
        )

    def _keys(self) -> tuple[str, ...]:
        keys: dict[str, None] = {}
        for number, row in self._objects():
            self.row_count += 1
            keys.update(dict.fromkeys(row))
            if len(keys) > conf.IMPORT_MAX_COLUMNS:
                message = _("The objects up to number %(number)d have more than %(most)d different keys.")
                raise BadFile(message % {"number": number, "most": conf.IMPORT_MAX_COLUMNS})
        check_rows(self.row_count)
        return tuple(keys)


def why(error: Exception) -> str:
    """Return in words why JSON cannot be read."""
    if isinstance(error, ArithmeticError) or "integer string conversion" in str(error):
        return _("A number has more digits, or a larger exponent, than can be kept.")
    if isinstance(error, UnicodeError):
        return _("A letter is not written in UTF-8.")
    if isinstance(error, JSONDecodeError):
        return _("%(reason)s at character %(column)d.") % {"reason": error.msg, "column": error.colno}
    return str(error).splitlines()[0][:_LONGEST_REASON] if str(error) else type(error).__name__
