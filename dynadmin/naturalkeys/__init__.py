"""Rows told by what people call them: the airline's code instead of its id.

Works on model classes, set by set: which columns may tell a row (`choosing`), which rows have some values
(`finding`), and new rows for values that no row has (`making`).
"""

from dynadmin.naturalkeys.choosing import (
    best_key,
    default_key,
    is_safe_key,
    key_candidates,
    key_named,
    reading_field,
    why_not_enough,
)
from dynadmin.naturalkeys.finding import Finder, Found
from dynadmin.naturalkeys.making import RowMaker

__all__ = [
    "Finder",
    "Found",
    "RowMaker",
    "best_key",
    "default_key",
    "is_safe_key",
    "key_candidates",
    "key_named",
    "reading_field",
    "why_not_enough",
]
