"""Texts as people write them, written as the fields read them: 1.234,56 as 1234.56, 31.12.2013 as 2013-12-31.

A reading is JSON: ``kind`` is what the texts mean, the rest is what a survey of such texts has decided, see
``number_evidence`` and ``moment_evidence``. The same rules convert a column that is in the database.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.duration import duration_string

from dynadmin.conversion.durations import read_duration
from dynadmin.conversion.moments import MomentReader
from dynadmin.conversion.numbers import amount_reader
from dynadmin.conversion.yesno import meaning_of
from dynadmin.fieldtypes.cells import write_moment

Rewrite = Callable[[str], str]


def rewriter(reading: Mapping[str, Any]) -> Rewrite:
    """Return the function that writes a text anew. It raises CannotConvert for what cannot be read so.

    Raises RefusedChange here where the reading names a time zone that this machine does not know, and
    LookupError where it is none at all.
    """
    return _WRITERS[reading["kind"]](dict(reading))


def _number(reading: dict[str, Any]) -> Rewrite:
    read = amount_reader(reading)

    def rewrite(text: str) -> str:
        digits = format(read(text), "f")
        # Fields of whole numbers take no point, and others count the places behind it.
        return digits.rstrip("0").rstrip(".") if "." in digits else digits

    return rewrite


def _date(reading: dict[str, Any]) -> Rewrite:
    read = MomentReader(reading).date
    return lambda text: read(text).isoformat()


def _datetime(reading: dict[str, Any]) -> Rewrite:
    read = MomentReader(reading).datetime
    return lambda text: write_moment(read(text))


def _time(reading: dict[str, Any]) -> Rewrite:
    read = MomentReader(reading).time
    return lambda text: read(text).isoformat()


def _duration(reading: dict[str, Any]) -> Rewrite:
    def rewrite(text: str) -> str:
        length = read_duration(text, reading["parts"])
        return length if isinstance(length, str) else duration_string(length)

    return rewrite


def _bool(reading: dict[str, Any]) -> Rewrite:
    return lambda text: "true" if meaning_of(text) else "false"


_WRITERS: dict[str, Callable[[dict[str, Any]], Rewrite]] = {
    "number": _number,
    "date": _date,
    "datetime": _datetime,
    "time": _time,
    "duration": _duration,
    "bool": _bool,
}
