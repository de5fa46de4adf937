"""Drops the tables that a change needs no more, as gently as they were filled: emptied first, in batches."""

from collections.abc import Iterator
from functools import partial

from django.db import connection

from dynadmin.changes import SchemaChange, State
from dynadmin.executor.online.copying.making import end_sql
from dynadmin.executor.online.copying.turns import Turns, at_work, turn
from dynadmin.executor.online.holding import Hold

# A number in place of the table's; the log and the list of misfits have none.
TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB %s ORDER BY name"
# Those of constraints go with the table only.
INDEXES = "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = %s AND sql IS NOT NULL"


def finish(hold: Hold) -> None:
    """Drop the tables whose places the copies have taken."""
    with at_work():
        _drop_tables(hold, "finish")


def undo(hold: Hold, *, error: str) -> None:
    """Drop all that the change has made. Taken up again after a kill, it drops what is left."""
    hold.turn_back(error=error)
    hold.reach("undo")
    hold.patiently(lambda: _stop_noting(hold))
    _drop_tables(hold, "undo")
    hold.end(State.FAILED if hold.change.error else State.CANCELLED)


def drop_leftovers(change: SchemaChange) -> None:
    """Drop nothing: a step records itself in its transaction, so none is done after the change has ended."""


def _stop_noting(hold: Hold) -> None:
    with turn(), connection.cursor() as cursor:
        for statement in end_sql(hold.change.pk, hold.change.tables):
            cursor.execute(statement)
        hold.write()


def _drop_tables(hold: Hold, step: str) -> None:
    turns = Turns()
    for table in _names(TABLES, f"dyn_o{hold.change.pk:d}_[gt]*"):
        hold.reach(step)
        for statement in _indexes_first(table):
            hold.patiently(partial(_run, hold, turns, statement))
        while hold.patiently(partial(_empty, hold, turns, table)):
            pass
        hold.patiently(partial(_run, hold, turns, f"DROP TABLE {table}"))


def _indexes_first(table: str) -> Iterator[str]:
    """Yield the statements that drop the indexes, each of which would make each row cost more."""
    for name in _names(INDEXES, table):
        yield f"DROP INDEX {connection.ops.quote_name(name)}"


def _names(sql: str, parameter: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [parameter])
        return [name for (name,) in cursor.fetchall()]


def _run(hold: Hold, turns: Turns, statement: str) -> None:
    with turns.one(turns.size), connection.cursor() as cursor:
        cursor.execute(statement)
        hold.write()


def _empty(hold: Hold, turns: Turns, table: str) -> bool:
    """Delete the last rows; False if there are none."""
    last = f"SELECT id FROM {table} ORDER BY id DESC LIMIT %s"  # noqa: S608
    with turns.one(turns.size), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id IN ({last})", [turns.size])  # noqa: S608
        found = cursor.rowcount > 0
        hold.write()
    return found
