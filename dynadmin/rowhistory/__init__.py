"""The history of rows: each change of one, with who, when, through what, and the values before and after.

The classes of tables note by themselves what is written through them. Whoever writes past them, in bulk,
notes it with ``note_created``, ``note_changed`` and ``note_deleted``, in the same transaction.
"""

from dynadmin.rowhistory.changes import Action, RowChange
from dynadmin.rowhistory.contexts import changing, unnoted
from dynadmin.rowhistory.notes import note_changed, note_created, note_deleted

__all__ = [
    "Action",
    "RowChange",
    "changing",
    "note_changed",
    "note_created",
    "note_deleted",
    "unnoted",
]
