"""Where the database differs from the revision in force, and what puts that right without losing anything.

Somebody changed it by hand, or restored a part of it. Each kind of difference is a class with an id; another
module adds one with ``register``.
"""

from dynadmin.executor.drift import (
    changes,
    columns,
    counters,
    grants,
    guards,
    indexes,
    references,
    revisions,
    rules,
    tables,
    views,
)
from dynadmin.executor.drift.kinds import Drift, Kind, all_kinds, find_current_drift, find_drift, register
from dynadmin.executor.drift.repairing import Repaired, repair
from dynadmin.executor.drift.state import State

__all__ = [
    "Drift",
    "Kind",
    "Repaired",
    "State",
    "all_kinds",
    "find_current_drift",
    "find_drift",
    "register",
    "repair",
]

# They register their kinds as they are imported.
KINDS = (tables, counters, columns, indexes, rules, guards, views, grants, revisions, changes, references)
