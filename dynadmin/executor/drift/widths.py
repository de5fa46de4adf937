"""Which types of columns take each value of another type as it is."""

import re

from django.db import connection

# How SQLite reads a declared type: the first word found in it decides how values are stored.
AFFINITIES = (
    (("int",), "integer"),
    (("char", "clob", "text"), "text"),
    (("blob",), "blob"),
    (("real", "floa", "doub"), "real"),
)
# Each takes the values of those before it.
WHOLE_NUMBERS = ("smallint", "integer", "bigint")
TEXTS = ("character varying", "text")
PARTS = re.compile(r"([a-z ]+)(?:\((\d+)(?:,(\d+))?\))?\Z")


def is_wider(wanted: str, *, than: str) -> bool:
    """Whether a column can be made of the wanted type with no value changed. The engine has named both."""
    if connection.vendor == "sqlite":
        return _affinity(wanted) == _affinity(than)
    new, old = PARTS.match(wanted), PARTS.match(than)
    if not new or not old:
        return False
    return _is_wider_text(new, old) or _is_wider_number(new, old)


def _affinity(type: str) -> str:
    found = (name for words, name in AFFINITIES if any(word in type for word in words))
    return next(found, "numeric" if type else "blob")


def _is_wider_text(new: re.Match, old: re.Match) -> bool:
    if new[1] not in TEXTS or old[1] not in TEXTS:
        return False
    return new[2] is None or (old[2] is not None and int(new[2]) >= int(old[2]))


def _is_wider_number(new: re.Match, old: re.Match) -> bool:
    if new[1] in WHOLE_NUMBERS and old[1] in WHOLE_NUMBERS:
        return WHOLE_NUMBERS.index(new[1]) >= WHOLE_NUMBERS.index(old[1])
    if new[1] != "numeric" or old[1] != "numeric" or old[2] is None:
        return False
    if new[2] is None:
        return True
    places = int(new[3] or 0), int(old[3] or 0)
    return places[0] >= places[1] and int(new[2]) - places[0] >= int(old[2]) - places[1]
