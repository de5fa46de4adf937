"""Short transactions in turn with all others who write: SQLite has one lock, and nobody queues for it.

Whoever finds it taken looks again a few milliseconds later, and ever later the longer it waits. So it has to
be free for as long as it was taken, or somebody would wait for very long.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from dynadmin.conf import conf
from dynadmin.executor.online import pacing
from dynadmin.executor.transactions import references_unchecked

TURN_S = 0.01


@contextmanager
def turn() -> Iterator[None]:
    """A transaction. What refers to nothing is not for a change of the table to find fault with."""
    with references_unchecked(), transaction.atomic():
        yield


class Turns:
    """How many rows are written in one transaction, so that it takes about as long as it may."""

    def __init__(self) -> None:
        self.size = pacing.Pace.FIRST

    @contextmanager
    def one(self, rows: int) -> Iterator[None]:
        """A transaction that writes so many rows; then let others write."""
        with turn():
            began = time.monotonic()
            yield
        taken = time.monotonic() - began
        # The few rows at the end of a chunk say little: each takes longer than one of many.
        if rows >= self.size or taken > TURN_S:
            fitting = int(max(rows, 1) * TURN_S / max(taken, 0.0005))
            self.size = min(max(fitting, pacing.SMALLEST, self.size // 2), pacing.LARGEST, self.size * 2)
        time.sleep(taken * max(conf.ONLINE_PAUSE, 1))
