"""Foreign keys of many new rows checked as sets, instead of row by row by PostgreSQL's triggers.

For each row and foreign key a trigger of PostgreSQL's looks up the row that is referred to and locks it FOR
KEY SHARE, so that nobody deletes it before the new row is committed (`RI_FKey_check` in ri_triggers.c). With
three relations that takes longer than all else. Here each row that is referred to is locked just so, but once
for all rows of a batch. Then the rows are written without the triggers, as `pg_restore --disable-triggers`
writes its own; but by the setting `session_replication_role`, for this one statement of this one session: the
triggers of all others stay. The locks are held until the end of the transaction, as those of triggers are.

It is done only where triggers of foreign keys are all that would be silent, and where each value of each of
them was found and locked. Otherwise the rows are written as ever.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

Texts = Callable[[str], Collection[str] | None]

# With fewer rows the triggers take less time than the questions here.
_WORTHWHILE = 500

# Whether the role may use the setting, and the table has nothing else to be silenced: no trigger of its own,
# no rule, nothing that checks uniqueness later. In an older snapshot such might be missing.
_IS_POSSIBLE = """
    SELECT has_parameter_privilege('session_replication_role', 'SET')
       AND current_setting('session_replication_role') = 'origin'
       AND current_setting('transaction_isolation') = 'read committed'
       AND c.relkind = 'r' AND NOT c.relispartition AND NOT c.relhasrules
       AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal)
       AND NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = c.oid AND contype <> 'f' AND condeferrable)
      FROM pg_class c WHERE c.oid = %s::regclass
"""
# A trigger has the rights of the other table's owner; here the role needs its own to lock rows.
_KEYS = """
    SELECT a.attname, k.confrelid::regclass::text, quote_ident(t.attname),
           format_type(t.atttypid, t.atttypmod),
           cardinality(k.conkey) = 1 AND k.confrelid <> k.conrelid
           AND has_table_privilege(k.confrelid, 'SELECT') AND has_any_column_privilege(k.confrelid, 'UPDATE'),
           a.atthasdef
      FROM pg_constraint k
      JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY(k.conkey)
      JOIN pg_attribute t ON t.attrelid = k.confrelid AND t.attnum = k.confkey[1]
     WHERE k.contype = 'f' AND k.conrelid = %s::regclass
"""


class _ForeignKey(NamedTuple):
    """A column that refers to the column ``key`` of the table ``target``."""

    column: str
    target: str
    key: str
    type: str
    is_lockable: bool
    has_default: bool


class KeyLocks:
    """The rows of other tables that new rows of one model refer to, locked."""

    def __init__(self, model: type[models.Model], connection: BaseDatabaseWrapper) -> None:
        self._connection = connection
        self._table = connection.ops.quote_name(model._meta.db_table)
        self._forget()

    def _forget(self) -> None:
        # None: not asked yet, or there is something else that must not be silenced.
        self._keys: list[_ForeignKey] | None = None
        self._locked: dict[str, set[str]] = defaultdict(set)
        self._marks: list[Callable[[], None]] = []

    @contextmanager
    def held(self, fields: Iterable[models.Field], count: int, texts_of: Texts) -> Iterator[None]:
        """In the block, insert so many rows with values in these fields, inside a transaction.

        ``texts_of`` returns the different values of a column, as texts; None where they are not known.
        """
        columns = {field.column: field.is_relation for field in fields}
        is_related = any(columns.values())
        if self._connection.vendor != "postgresql" or count < _WORTHWHILE or not is_related:
            yield
            return
        # Where the block fails, the savepoint takes the setting back.
        with transaction.atomic(using=self._connection.alias), self._connection.cursor() as cursor:
            if not self._are_locked(cursor, columns, texts_of):
                yield
                return
            cursor.execute("SET LOCAL session_replication_role = replica")
            yield
            cursor.execute("SET LOCAL session_replication_role = origin")

    def _are_locked(self, cursor: Any, columns: Collection[str], texts_of: Texts) -> bool:
        """Lock all rows that the values refer to; return whether nothing is left for a trigger to look at."""
        if not self._marks or not self._are_marks_there():
            self._forget()
            self._keys = self._lock_table(cursor)
        # Marks are gone with the transaction, or with the savepoint that is rolled back, as the locks are.
        self._marks.append(mark := lambda: None)
        transaction.on_commit(mark, using=self._connection.alias)
        return self._keys is not None and all(
            self._is_covered(cursor, key, columns, texts_of) for key in self._keys
        )

    def _are_marks_there(self) -> bool:
        there = {id(function) for _savepoints, function, *_how in self._connection.run_on_commit}
        return there.issuperset(map(id, self._marks))

    def _lock_table(self, cursor: Any) -> list[_ForeignKey] | None:
        # From here on nobody gives the table a trigger or a foreign key.
        cursor.execute(f"LOCK TABLE {self._table} IN ROW EXCLUSIVE MODE")
        cursor.execute(_IS_POSSIBLE, [self._table])
        if not cursor.fetchone()[0]:
            return None
        cursor.execute(_KEYS, [self._table])
        return list(map(_ForeignKey._make, cursor.fetchall()))

    def _is_covered(self, cursor: Any, key: _ForeignKey, columns: Collection[str], texts_of: Texts) -> bool:
        if key.column not in columns:
            return not key.has_default
        texts = texts_of(key.column)
        if not texts:
            return texts is not None
        new = set(texts) - self._locked[key.column]
        if new and not (key.is_lockable and _is_locked(cursor, key, new)):
            return False
        self._locked[key.column] |= new
        return True


def _is_locked(cursor: Any, key: _ForeignKey, texts: Collection[str]) -> bool:
    """Lock the rows with these values; return whether all of them are there."""
    cursor.execute(
        f"SELECT {key.key}::text FROM ONLY {key.target}"  # noqa: S608
        f" WHERE {key.key} = ANY(%s::{key.type}[]) FOR KEY SHARE",
        [list(texts)],
    )
    return {text for (text,) in cursor.fetchall()}.issuperset(texts)
