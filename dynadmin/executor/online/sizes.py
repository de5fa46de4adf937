"""How large a table is, without counting it."""

from django.db import connection

from dynadmin.conf import conf
from dynadmin.schema import TableSchema


def is_large(table: TableSchema) -> bool:
    """Whether a table has more rows than are changed in one transaction."""
    return estimated_rows(table) > conf.ONLINE_ROWS or _has_more_rows_than(table, conf.ONLINE_ROWS)


def estimated_rows(table: TableSchema) -> int:
    """Return what PostgreSQL's statistics say of the table; 0 where it has none yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(%s)", [table.db_table])
        row = cursor.fetchone()
    return max(row[0], 0) if row else 0


def _has_more_rows_than(table: TableSchema, count: int) -> bool:
    """Statistics lag behind: a file of a million rows may have been imported a moment ago."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table.db_table} OFFSET %s LIMIT 1", [count])  # noqa: S608
        return cursor.fetchone() is not None
