"""How many columns a table may have in the database, and what to do before there are no more.

PostgreSQL counts every column that a table ever had, also those that were dropped: only a table made anew
begins at its present columns.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from dynadmin.plan import AddField, ConvertField, Operation, Plan
from dynadmin.schema import TableSchema

POSTGRES_LIMIT = 1600
CROWDED = 0.8  # of the limit: time to say so

COLUMNS = {
    "sqlite": """
        SELECT m.name, count(*), 0 FROM sqlite_master m JOIN pragma_table_info(m.name) c
        WHERE m.type = 'table' AND m.name GLOB 'dyn_t[0-9]*' GROUP BY m.name
    """,
    "postgresql": """
        SELECT t.relname, count(*) FILTER (WHERE NOT a.attisdropped), count(*) FILTER (WHERE a.attisdropped)
        FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid
        WHERE t.relkind = 'r' AND t.relname ~ '^dyn_t[0-9]+$' AND pg_table_is_visible(t.oid) AND a.attnum > 0
        GROUP BY t.relname
    """,
}


@dataclass(frozen=True, kw_only=True)
class ColumnUse:
    """How many columns a table has, how many dropped ones still count, and how many there may be."""

    present: int
    dropped: int
    limit: int

    @property
    def used(self) -> int:
        return self.present + self.dropped

    @property
    def is_crowded(self) -> bool:
        return self.used > CROWDED * self.limit


def fetch_column_use() -> dict[str, ColumnUse]:
    """Return the use of columns in all dynamic tables, by name. One query."""
    limit = _limit()
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS[connection.vendor])
        return {
            table: ColumnUse(present=present, dropped=dropped, limit=limit)
            for table, present, dropped in cursor.fetchall()
        }


def _limit() -> int:
    if connection.vendor == "postgresql":
        return POSTGRES_LIMIT
    connection.ensure_connection()
    return connection.connection.getlimit(sqlite3.SQLITE_LIMIT_COLUMN)


def find_limits(plan: Plan) -> Iterator[str]:
    """Yield a sentence for each table that would get more columns than the database allows."""
    more = Counter(op.table.id for op in plan.operations if _makes_column(op))
    added = {id: count for id, count in more.items() if id in plan.base.tables}
    if not added:
        return
    use = fetch_column_use()
    for id, count in added.items():
        table = plan.target.tables[id]
        here = use.get(table.db_table)
        if here and here.used + count > here.limit:
            yield _sentence(table, here, count)


def _makes_column(operation: Operation) -> bool:
    if isinstance(operation, ConvertField):
        return operation.original is None
    return isinstance(operation, AddField) and operation.is_on_column


def _sentence(table: TableSchema, use: ColumnUse, count: int) -> str:
    words = {"table": table.label or table.name, "name": table.name, "limit": use.limit, "count": count}
    words |= {"present": use.present, "dropped": use.dropped}
    if use.present + count <= use.limit:
        return (
            _(
                "The database allows a table %(limit)d columns, and counts those that were deleted for good "
                "too: “%(table)s” has %(present)d, and %(dropped)d are deleted. Rebuild it in the trash, or "
                "with “manage.py rebuildtable %(name)s”; then there is room again."
            )
            % words
        )
    return (
        _(
            "The database allows a table %(limit)d columns, and “%(table)s” has %(present)d, together with "
            "its deleted fields and the originals of conversions: delete some for good in the trash."
        )
        % words
    )
