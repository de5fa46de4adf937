"""One process that reads a table and one that writes it, all the time, each timing what it does."""

import gc
import multiprocessing
import random
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import DatabaseError, connections

from dynadmin.registry import registry, schema_moved_on
from tests.bench.result import Result

PAUSE = 0.002


@dataclass(frozen=True, kw_only=True)
class Timed:
    """When something began, by the clock that all processes share, and the seconds it took."""

    began: float
    taken: float
    error: str = ""


class Crew:
    """A context in which both work. ``watch`` says what goes on meanwhile, ``results`` how they fared."""

    def __init__(self, table: int) -> None:
        self.table = table
        self.periods: dict[str, list[tuple[float, float]]] = {}
        self.timed: dict[str, list[Timed]] = {}

    def __enter__(self) -> "Crew":
        # A connection must not be shared by two processes.
        connections.close_all()
        context = multiprocessing.get_context("fork")
        self._end = context.Event()
        self._workers = {}
        for name, work in (("reader", read), ("writer", write)):
            receiver, sender = context.Pipe(duplex=False)
            worker = context.Process(target=keep_on, args=(work, self.table, self._end, sender))
            worker.start()
            sender.close()
            self._workers[name] = (worker, receiver)
        time.sleep(2)
        return self

    def __exit__(self, *error: object) -> None:
        self._end.set()
        for name, (worker, receiver) in self._workers.items():
            self.timed[name] = receiver.recv()
            worker.join()

    def watch(self, name: str, action: Callable[[], object]) -> None:
        """Do something while they work."""
        began = time.monotonic()
        action()
        self.periods.setdefault(name, []).append((began, time.monotonic()))

    def results(self, *, most_ratio: float | None) -> Iterator[Result]:
        """Yield the longest that each took for one thing in each period, of its undisturbed p99."""
        usual = {name: percentile_99(self.during("undisturbed", name)) for name in self.timed}
        for period in self.periods:
            for name in self.timed:
                timed = self.during(period, name)
                errors = [t.error for t in timed if t.error]
                yield Result(
                    name=f"{period}: longest of the {name}",
                    measured=max((t.taken for t in timed), default=0.0) * 1000,
                    floor=usual[name] * 1000,
                    unit="ms",
                    at_most_ratio=most_ratio if period != "undisturbed" else None,
                    facts={f"{len(timed):,} times without an error{errors[0] if errors else ''}": not errors},
                )

    def during(self, period: str, name: str) -> list[Timed]:
        return [
            t
            for began, ended in self.periods[period]
            for t in self.timed[name]
            if t.began < ended and t.began + t.taken > began
        ]


def percentile_99(timed: list[Timed]) -> float:
    return statistics.quantiles([t.taken for t in timed], n=100)[98]


def keep_on(work: Callable[[type], object], table: int, end, sender) -> None:
    """Work until told to end, each time within one revision, as a request does; send what was timed."""
    # To search all that Python knows for rubbish takes longer than what is measured, whatever else goes on.
    gc.disable()
    timed = []
    while not end.is_set():
        began, error = time.monotonic(), ""
        try:
            once(work, table)
        except Exception as problem:  # noqa: BLE001 -- whatever it is, it is what is measured
            error = f" but {problem!r}"
        timed.append((began, time.monotonic() - began, error))
        time.sleep(PAUSE)
    sender.send([Timed(began=began, taken=taken, error=error) for began, taken, error in timed])


def once(work: Callable[[type], object], table: int) -> None:
    """Do it, and again if the table changed meanwhile, as the pages and the API do."""
    with registry.in_use() as snapshot:
        try:
            work(snapshot.model(table))
        except DatabaseError as error:
            if not schema_moved_on(error):
                raise
            work(registry.latest().model(table))


def read(model: type) -> None:
    """Read a page of rows somewhere in the table, and one row by its id."""
    last = model.objects.order_by("-pk").values_list("pk", flat=True)[0]
    list(model.objects.filter(pk__gt=random.randrange(last)).order_by("pk")[:100])
    model.objects.filter(pk=random.randrange(last)).first()


def write(model: type) -> None:
    """Add a row, change it and another, and delete it in two of three cases."""
    number = random.randrange(10**9)
    row = model.objects.create(name=f"new {number}", code=f"new-{number}", pages=1, weight=2)
    row.pages = 3
    row.save()
    last = row.pk
    if other := model.objects.filter(pk=random.randrange(last)).first():
        other.pages = 4
        other.save()
    if number % 3:
        row.delete()
