"""Work done in a child process, so that its time and peak memory are its own."""

import multiprocessing
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connections


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a run returned (a number), how long it took, and the most memory its process ever had."""

    result: int
    seconds: float
    peak_mb: float

    @property
    def per_second(self) -> float:
        """How many of what the run counted it did in a second."""
        return self.result / self.seconds


def in_child(action: Callable[[], int]) -> Run:
    """Run the action in a fork of this process, which has loaded the program and nothing more."""
    # A connection must not be shared by two processes.
    connections.close_all()
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=_report, args=(action, sender))
    child.start()
    sender.close()
    try:
        return receiver.recv()
    finally:
        child.join()


def _report(action: Callable[[], int], sender) -> None:
    start = time.perf_counter()
    result = action()
    taken = time.perf_counter() - start
    # Linux counts in kilobytes.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    sender.send(Run(result=result, seconds=taken, peak_mb=peak))
