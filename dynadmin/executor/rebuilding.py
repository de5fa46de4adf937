"""Making a table anew on PostgreSQL, the same but for the columns that were dropped from it.

Everything happens in the transaction of the schema change. The rows are copied while people read; only for
the swap at the end they wait. What cannot be carried over is refused before, or by the database itself when
the old table goes, as nothing is dropped with CASCADE.
"""

from collections.abc import Iterable, Iterator

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from dynadmin.executor.ddl import carry_out
from dynadmin.executor.dependents import dependents_named, views_on
from dynadmin.executor.obstacles import obstacles
from dynadmin.executor.tableparts import (
    COPIED,
    GIVEN_GRANTS,
    IDENTITIES,
    INCOMING,
    PARTS,
    SEQUENCES,
    SPECIALS,
    WRITTEN,
)
from dynadmin.plan import Plan, RebuildTable


@obstacles.register
def _obstacles(operation: RebuildTable, plan: Plan) -> Iterator[str]:
    words = operation.words
    if connection.vendor != "postgresql":
        yield _("There is nothing to rebuild: SQLite counts only the columns that are there.")
    elif views := views_on(operation):
        message = _("Views that others made read “%(table)s”: drop %(views)s, rebuild, and make them again.")
        yield message % (words | {"views": ", ".join(views)})
    elif specials := _specials_of(operation.table.db_table):
        message = _("“%(table)s” cannot be rebuilt from here, as its administrator gave it %(specials)s.")
        yield message % (words | {"specials": ", ".join(specials)})


@carry_out.register
def _rebuild_table(operation: RebuildTable, editor, before, after) -> None:
    message = _("Something else in the database is built on table “%(table)s”: %(detail)s")
    with dependents_named(message, operation.words):
        rebuild(before._meta.db_table)


def _specials_of(table: str) -> list[str]:
    """Return in words what the table has that keeps it from being rebuilt."""
    with connection.cursor() as cursor:
        return _fetch(cursor, SPECIALS, table)


def rebuild(table: str) -> None:
    """Put a new table with the same rows and all that belongs to it in the place of the old one.

    To be called in the transaction of a schema change. Raises DatabaseError, among others where something
    that is not ours depends on the table.
    """
    with connection.cursor() as cursor:
        _run(cursor, [f"LOCK TABLE {_quoted(table)} IN SHARE ROW EXCLUSIVE MODE"])
        parts = [statement for sql in PARTS.values() for statement in _fetch(cursor, sql, table)]
        _copy(cursor, table, new := f"{table}_new")
        _run(cursor, [f"LOCK TABLE {_quoted(table)} IN ACCESS EXCLUSIVE MODE"])
        renamed = _continue_numbers(cursor, table, new)
        _run(cursor, _fetch(cursor, INCOMING, table))
        _run(cursor, [f"DROP TABLE {_quoted(table)}"])
        _run(cursor, [f"ALTER TABLE {_quoted(new)} RENAME TO {_quoted(table)}", *renamed])
        _run(cursor, _fetch(cursor, GIVEN_GRANTS, table))
        _run(cursor, [*parts, f"ANALYZE {_quoted(table)}"])


def _copy(cursor: CursorWrapper, old: str, new: str) -> None:
    _run(cursor, [f"CREATE TABLE {_quoted(new)} (LIKE {_quoted(old)} {COPIED})"])
    columns = ", ".join(_fetch(cursor, WRITTEN, old))
    _run(
        cursor,
        [
            f"INSERT INTO {_quoted(new)} ({columns}) OVERRIDING SYSTEM VALUE "  # noqa: S608 - quoted
            f"SELECT {columns} FROM {_quoted(old)}"
        ],
    )


def _continue_numbers(cursor: CursorWrapper, old: str, new: str) -> list[str]:
    """Let the new table number its rows where the old one stopped; return the renaming of its sequences."""
    renamed = []
    for column in _fetch(cursor, IDENTITIES, old):
        names = {"old": old, "new": new, "column": column}
        cursor.execute(SEQUENCES, names)
        before, after, rename = cursor.fetchone()
        cursor.execute(f"SELECT setval(%s, last_value, is_called) FROM {before}", [after])  # noqa: S608
        renamed.append(rename)
    return renamed


def _fetch(cursor: CursorWrapper, sql: str, table: str) -> list[str]:
    cursor.execute(sql, {"table": table})
    return [row[0] for row in cursor.fetchall()]


def _run(cursor: CursorWrapper, statements: Iterable[str]) -> None:
    for statement in statements:
        cursor.execute(statement, None)  # without parameters, a "%" in it is nothing special


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
