"""The people who use the database while a change goes on: what is left to them, and whether there are any."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import Error, connection

PARALLEL = ("max_parallel_workers_per_gather", "max_parallel_maintenance_workers")
LATELY_MS = 100
# Of other roles' connections one may not know whether they work, unless one is in pg_read_all_stats.
AT_WORK = f"""
    SELECT EXISTS (
        SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
        AND (state = 'active' OR state_change > clock_timestamp() - interval '{LATELY_MS} milliseconds')
    )
"""  # noqa: S608


@contextmanager
def on_one_core() -> Iterator[None]:
    """Have the database use one core for each thing this connection asks of it: the others are for people."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("; ".join(f"SET {name} = 0" for name in PARALLEL))
    try:
        yield
    finally:
        # Where the connection is lost, so is what was set.
        with suppress(Error), connection.cursor() as cursor:
            cursor.execute("; ".join(f"RESET {name}" for name in PARALLEL))


def are_at_work() -> bool:
    """Whether another connection has just done something in the database. Ask outside of transactions."""
    with connection.cursor() as cursor:
        cursor.execute(AT_WORK)
        return cursor.fetchone()[0]
