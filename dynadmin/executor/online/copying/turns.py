"""Short transactions in turn with all others who write: SQLite has one lock, and nobody queues for it.

Whoever finds it taken looks again a few milliseconds later, and ever later the longer it waits. So it has to
be free for longer than it was taken, or now and then somebody would wait for very long.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from dynadmin.conf import conf
from dynadmin.executor.online import pacing
from dynadmin.executor.transactions import references_unchecked

TURN_S = 0.015
# The rest after a turn, in times it took. Who comes while nobody else writes is let in soon.
IN_COMPANY, ALONE = 2, 0.5
# While a change is at work: 64 MB of pages in memory, as the rows of an index come in no order; and what was
# written goes to the file when the lock is free again.
WHILE_AT_WORK = {"cache_size": -64_000, "wal_autocheckpoint": 0}


@contextmanager
def turn() -> Iterator[None]:
    """A transaction. What refers to nothing is not for a change of the table to find fault with."""
    with references_unchecked(), transaction.atomic():
        yield


class Turns:
    """How many rows are written in one transaction, so that it takes about as long as it may."""

    def __init__(self) -> None:
        self.size = pacing.Pace.FIRST
        self._version = 0

    @contextmanager
    def one(self, rows: int) -> Iterator[None]:
        """A transaction that writes so many rows; then let others write."""
        with turn():
            began = time.monotonic()
            yield
        ended = time.monotonic()
        self.size = pacing.next_size(self.size, rows, taken=ended - began, most=TURN_S)
        _pragma("wal_checkpoint")
        rest = (ended - began) * (
            max(conf.ONLINE_PAUSE, IN_COMPANY) if self._others_have_written() else ALONE
        )
        time.sleep(max(ended + rest - time.monotonic(), 0))

    def _others_have_written(self) -> bool:
        """Whether another connection has written since this was asked before."""
        before, self._version = self._version, _pragma("data_version")
        return self._version != before


@contextmanager
def at_work() -> Iterator[None]:
    """Set the connection up for writing very much beside others."""
    before = {name: _pragma(name) for name in WHILE_AT_WORK}
    try:
        for name, value in WHILE_AT_WORK.items():
            _pragma(f"{name} = {value:d}")
        yield
    finally:
        for name, value in before.items():
            _pragma(f"{name} = {value:d}")


def _pragma(text: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {text}")
        row = cursor.fetchone()
    return row[0] if row else 0
