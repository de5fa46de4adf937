"""After the change is in use: the rules that no row breaks any more are made the table's own."""

import time
from contextlib import suppress

from django.db import IntegrityError, connection

from dynadmin.executor.online.holding import Hold
from dynadmin.executor.online.others import are_at_work
from dynadmin.executor.online.undoing import drop_leftovers
from dynadmin.schema import TableSchema

SETTLING_S = 0.5
CHECKS = """
    SELECT r.relname, c.conname, a.attname
    FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    WHERE c.conname LIKE %s ORDER BY c.conname
"""


REFERENCES = """
    SELECT conrelid::regclass::text, quote_ident(conname) FROM pg_constraint
    WHERE contype = 'f' AND NOT convalidated AND conrelid::regclass::text = ANY (%s) ORDER BY conname
"""


def finish(hold: Hold) -> None:
    """Make the table's own what all rows keep, and let the planner know of what was built."""
    if are_at_work():
        # Every process takes the new revision up now, on its next request: this can wait until they have.
        time.sleep(SETTLING_S)
    _try_references(hold)
    for table, name, column in _requirements(hold):
        hold.reach("finish")
        with hold.long_statement(), connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
        hold.patiently(lambda table=table, name=name, column=column: _require(hold, table, name, column))
    drop_leftovers(hold.change)
    with hold.long_statement(), connection.cursor() as cursor:
        for id in hold.change.tables:
            cursor.execute(f"ANALYZE dyn_t{id:d}")


def _try_references(hold: Hold) -> None:
    """Try foreign keys against the rows that were there before them.

    A row that was deleted in the moment before one was added is nothing to stop for: the change is in use.
    The comparison of tables and definitions tells of it, as of any rule that was never tried.
    """
    tables = [TableSchema.from_json(table) for table in hold.change.plan["after"]]
    links = [field.link_table for table in tables for field in table.links]
    with connection.cursor() as cursor:
        cursor.execute(REFERENCES, [[*(table.db_table for table in tables), *links]])
        found = cursor.fetchall()
    for table, name in found:
        hold.reach("finish")
        with suppress(IntegrityError), hold.long_statement(), connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")


def _requirements(hold: Hold) -> list[tuple[str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(CHECKS, [f"dyn\\_o{hold.change.pk:d}\\_n%"])
        return cursor.fetchall()


def _require(hold: Hold, table: str, name: str, column: str) -> None:
    """The check proves it, so nothing is scanned; as long as it is dropped in a statement after."""
    with hold.step([table]), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL")
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        hold.write()
