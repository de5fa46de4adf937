"""Kinds of tables: what every row of such a table has, as abstract models registered by name.

Importing the package registers those of dynadmin, and the field type of the columns that they bring along.
"""

from dynadmin.kinds import builtin as _builtin  # noqa: F401 -- registers the kinds of dynadmin
from dynadmin.kinds.columns import RequiredColumn, is_column
from dynadmin.kinds.locking import (
    check_kind,
    check_lock,
    lock_reason,
    missing_columns,
    name_problem,
    required_field,
    short_reason,
    unknown_part,
    with_locks,
)
from dynadmin.kinds.registry import PLAIN, Column, Kind, kinds, register

__all__ = [
    "PLAIN",
    "Column",
    "Kind",
    "RequiredColumn",
    "check_kind",
    "check_lock",
    "is_column",
    "kinds",
    "lock_reason",
    "missing_columns",
    "name_problem",
    "register",
    "required_field",
    "short_reason",
    "unknown_part",
    "with_locks",
]
