"""Block range indexes of large tables, on PostgreSQL: tiny, for long stretches of what rises with the rows.

They stand beside the index that sorts, which finds a moment and the ends of a stretch. They are no part of a
plan, as they change nothing but time and come by themselves once a table is large.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection

from dynadmin.conf import conf
from dynadmin.executor.online.builds import is_valid_index
from dynadmin.executor.online.sizes import is_large
from dynadmin.executor.transactions import is_busy
from dynadmin.factory import build_field
from dynadmin.schema import TableSchema

logger = logging.getLogger(__name__)

# "dynadmin" in ASCII, and one more: who makes such indexes, one process at a time.
RANGE_LOCK = 0x64796E61646D696F


def make_range_indexes(tables: Iterable[TableSchema]) -> list[str]:
    """Give large tables the range indexes they lack while people use them; return the names of those made.

    Does nothing inside a transaction, and where the tables are too busy; the next time will do.
    """
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        return []
    return [name for table in tables for name in _make_missing(table)]


def index_name(column: str) -> str:
    return f"dyn_b_{column}"


def _make_missing(table: TableSchema) -> Iterator[str]:
    columns = [] if table.retired else list(_rising_columns(table))
    missing = [column for column in columns if not is_valid_index(index_name(column))]
    for column in missing if missing and is_large(table.db_table) else ():
        if _make(table, column):
            yield index_name(column)


def _rising_columns(table: TableSchema) -> Iterator[str]:
    required = (field for field in table.live_fields if field.required_by)
    return (field.column for field in required if getattr(build_field(field), "rises_with_rows", False))


def _make(table: TableSchema, column: str) -> bool:
    name = index_name(column)
    with connection.cursor() as cursor, _alone(cursor) as is_alone:
        if not is_alone:
            return False
        try:
            # What an interrupted attempt has left is of no use.
            cursor.execute(f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"')
            cursor.execute(f'CREATE INDEX CONCURRENTLY "{name}" ON {table.db_table} USING brin ("{column}")')
        except OperationalError as error:
            if not is_busy(error):
                raise
            logger.info("The index %s was not made: %s", name, error)
            return False
    return True


@contextmanager
def _alone(cursor) -> Iterator[bool]:
    """Be the only one who makes such indexes, and short-tempered about locks."""
    cursor.execute("SELECT pg_try_advisory_lock(%s)", [RANGE_LOCK])
    if not cursor.fetchone()[0]:
        yield False
        return
    cursor.execute(f"SET lock_timeout = '{conf.CHANGE_TIMEOUT_S}s'")
    try:
        yield True
    finally:
        cursor.execute("RESET lock_timeout")
        cursor.execute("SELECT pg_advisory_unlock(%s)", [RANGE_LOCK])
