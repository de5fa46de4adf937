"""Takes a change back that was not taken into use: the tables are left as they were."""

from collections.abc import Iterator
from typing import Any

from django.db import connection

from dynadmin.changes import SchemaChange, State
from dynadmin.executor.online.holding import Hold
from dynadmin.executor.online.noting import end_sql, end_watch_sql
from dynadmin.schema import TableSchema

INDEXES = "SELECT relname FROM pg_class WHERE relkind = 'i' AND relname LIKE %s"
CHECKS = """
    SELECT r.relname, c.conname FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
    WHERE c.conname LIKE %s AND c.contype IN ('c', 'f')
"""
SHADOWS = """
    SELECT r.relname, a.attname FROM pg_attribute a JOIN pg_class r ON r.oid = a.attrelid
    WHERE r.relkind = 'r' AND NOT a.attisdropped AND a.attname LIKE %s
"""


def undo(hold: Hold, *, error: str) -> None:
    """Drop all that the change has built. Taken up again after a kill, it drops what is left."""
    hold.turn_back(error=error)
    hold.patiently(lambda: _undo(hold))


def _undo(hold: Hold) -> None:
    hold.reach("undo")
    change = hold.change
    names = [f"dyn_t{id:d}" for id in change.tables]
    with hold.step(names), connection.cursor() as cursor:
        for statement in _undo_sql(change):
            cursor.execute(statement)
        hold.end(State.FAILED if change.error else State.CANCELLED)


def drop_leftovers(change: SchemaChange) -> None:
    """Drop what a worker that was taken for dead has built after another had ended the change."""
    with connection.cursor() as cursor:
        for name in _indexes(cursor, change):
            cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")


def _indexes(cursor: Any, change: SchemaChange) -> list[str]:
    cursor.execute(INDEXES, [f"dyn\\_o{change.pk:d}\\_x%"])
    return [name for (name,) in cursor.fetchall()]


def _undo_sql(change: SchemaChange) -> Iterator[str]:
    for table in change.tables:
        yield from end_watch_sql(change.pk, table)
    yield from end_sql(change.pk)
    with connection.cursor() as cursor:
        yield from [f"DROP INDEX IF EXISTS {name}" for name in _indexes(cursor, change)]
        cursor.execute(CHECKS, [f"dyn\\_o{change.pk:d}\\_x%"])
        yield from [f"ALTER TABLE {table} DROP CONSTRAINT {name}" for table, name in cursor.fetchall()]
        cursor.execute(SHADOWS, [f"dyn\\_o{change.pk:d}\\_%"])
        yield from [f"ALTER TABLE {table} DROP COLUMN {name}" for table, name in cursor.fetchall()]
    before = {table["id"]: TableSchema.from_json(table) for table in change.plan["before"]}
    for table in map(TableSchema.from_json, change.plan["after"]):
        known = {field.column for field in before[table.id].columns} if table.id in before else set()
        for column in [field.column for field in table.columns if field.column not in known]:
            if table.id in before:
                yield f"ALTER TABLE {table.db_table} DROP COLUMN IF EXISTS {column}"
