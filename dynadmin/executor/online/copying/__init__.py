"""How SQLite changes a large table in use: it is made anew beside the old one, batch by batch.

SQLite has one lock for all who write, and makes a table anew for nearly every change of it. So a change makes
the new table with all its rules and indexes while it is empty, and fills it in transactions of some
milliseconds, between which others write. A row that people write leaves the new table in the same moment,
by a trigger, and is noted: whatever is in the new table is what the row in use is made into, at any time. At
the end both change names, and the old table is emptied as it was filled.
"""

from dynadmin.executor.online.copying.clearing import drop_leftovers, finish, undo
from dynadmin.executor.online.copying.leading import lead_into_use

__all__ = ["drop_leftovers", "finish", "lead_into_use", "undo"]
