"""How much is done to rows at a time, and when there is a rest: fast alone, in small steps among others."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from dynadmin.conf import conf
from dynadmin.executor.online.others import are_at_work

CHUNK = 5000  # rows that are read and judged at a time
BATCH_S = 0.03  # in which as many of them are written as can be
SMALLEST, LARGEST = 50, CHUNK
# Of both, while others are at work: then nobody waits for long, neither for a row nor for a processor.
IN_COMPANY = 0.15
LOOK_UP_S = 0.1


def next_size(size: int, rows: int, *, taken: float, most: float) -> int:
    """Return how many rows to write the next time, as so many took so long, so that it takes the most it may.

    ``size`` is how many there should have been this time.
    """
    # The few rows at the end of a chunk say little: each takes longer than one of many.
    if rows < size and taken <= most:
        return size
    fitting = int(max(rows, 1) * most / max(taken, 0.0005))
    return min(max(fitting, SMALLEST, size // 2), LARGEST, size * 2)


class Pace:
    """The pace of one worker. ``size`` is the number of rows to write at a time, ``chunk`` that to read."""

    FIRST = 200

    def __init__(self) -> None:
        self.size = self.FIRST
        self._is_alone = False
        self._looked_at = 0.0

    @property
    def chunk(self) -> int:
        return int(CHUNK * self._share)

    @property
    def _share(self) -> float:
        return 1.0 if self._is_alone else IN_COMPANY

    @contextmanager
    def timing(self, rows: int) -> Iterator[None]:
        """Write so many rows, then rest; how long it takes says how many may be written the next time."""
        with self.resting():
            began = time.monotonic()
            try:
                yield
            finally:
                taken = time.monotonic() - began
                self.size = next_size(self.size, rows, taken=taken, most=BATCH_S * self._share)

    @contextmanager
    def resting(self) -> Iterator[None]:
        """Do something; then rest for a part of the time it took, if there is anybody to make room for."""
        began = time.monotonic()
        yield
        taken = time.monotonic() - began
        if time.monotonic() > self._looked_at + LOOK_UP_S:
            self._is_alone, self._looked_at = not are_at_work(), time.monotonic()
        if not self._is_alone:
            time.sleep(taken * conf.ONLINE_PAUSE)
