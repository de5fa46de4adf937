"""Pages of SQLite's file that an import keeps in memory: rows come in no order to the indexes of a table."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper

# Kilobytes, which SQLite tells from a number of pages by the sign; of its own accord it keeps two megabytes.
_WHILE_IMPORTING = -16_000


@contextmanager
def paged(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Have SQLite keep more pages in the block; a number of pages that somebody has chosen stays."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        before = cursor.execute("PRAGMA cache_size").fetchone()[0]
    _keep(connection, before if before > 0 else min(before, _WHILE_IMPORTING))
    try:
        yield
    finally:
        _keep(connection, before)


def _keep(connection: BaseDatabaseWrapper, pages: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA cache_size = {pages:d}")
