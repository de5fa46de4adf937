"""The history of rows: each change of one, with who, when, through what, and the values before and after.

The classes of tables note by themselves what is written through them. Whoever writes past them, in bulk,
notes it with ``note_created``, ``note_changed`` and ``note_deleted``, in the same transaction.
"""

from dynadmin.rowhistory.changes import Action, RowChange
from dynadmin.rowhistory.contexts import changing, unnoted
from dynadmin.rowhistory.notes import note_changed, note_created, note_deleted
from dynadmin.rowhistory.undoing import UndoTotals, UnitUndo, undo_unit
from dynadmin.rowhistory.values import Cells, decode, encode, key_of

__all__ = [
    "Action",
    "Cells",
    "RowChange",
    "UndoTotals",
    "UnitUndo",
    "changing",
    "decode",
    "encode",
    "key_of",
    "note_changed",
    "note_created",
    "note_deleted",
    "undo_unit",
    "unnoted",
]
