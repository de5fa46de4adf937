"""How large a table is, without counting it."""

from django.db import connection

from dynadmin.conf import conf
from dynadmin.executor.counts import fetch_bounds


def is_large(table: str) -> bool:
    """Whether a table of the database has more rows than are changed in one transaction."""
    (bound,) = fetch_bounds([table])
    if bound.span <= conf.ONLINE_ROWS:
        return False
    # Statistics lag behind: a file of a million rows may have been imported a moment ago.
    return bound.estimate > conf.ONLINE_ROWS or _has_more_rows_than(table, conf.ONLINE_ROWS)


def _has_more_rows_than(table: str, count: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table} LIMIT 1 OFFSET %s", [count])  # noqa: S608
        return cursor.fetchone() is not None
