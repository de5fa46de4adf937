"""The values of a field, gone over and counted by what a step makes of them."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from operator import attrgetter
from typing import Any

from dynadmin.conversion import NewRow, Outcome
from dynadmin.executor.judging import MOST_REMEMBERED, ORIGINAL, Cell, Judge, Source, field_of
from dynadmin.executor.reports import Report, Sample
from dynadmin.fieldtypes.cells import text_writer
from dynadmin.plan import FieldOperation

MOST_SAMPLES = 20
ORDINARY = 200  # characters of a text that takes no more room than a number


class DistinctCells:
    """The distinct values, for going over them twice: asked for once, if they can all be remembered.

    To be closed, as whoever has seen enough of them leaves the query open.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._begin()

    def _begin(self) -> None:
        self._seen: list[Cell] = []
        self._more, self._forgot = self._source.cells(), False
        self._room = MOST_REMEMBERED

    def __iter__(self) -> Iterator[Cell]:
        if self._forgot:
            self._begin()
        yield from self._seen
        for cell in self._more:
            self._room -= _size(cell)
            if self._room >= 0:
                self._seen.append(cell)
            else:
                self._forgot = True
            yield cell

    def close(self) -> None:
        """End the query."""
        self._more.close()


def _size(cell: Cell) -> int:
    """Return how much room a cell takes, in such as most are: a long text takes that of many."""
    return 1 + sum(len(value) for value in cell.values if isinstance(value, str)) // ORDINARY


class Tally:
    """Counts outcomes, and keeps some of each kind to show."""

    def __init__(self, operation: FieldOperation, source: Source) -> None:
        self._sample = sampler(operation, source)
        new = field_of(operation)
        self._is_unique, self._write = new.unique, text_writer(new)
        self._counts: Counter[str] = Counter()
        self._failures: Counter[str] = Counter()
        self._codes: Counter[str] = Counter()
        self._changes: list[Sample] = []
        self._misfits: dict[str, list[Sample]] = {}
        self._new_rows = 0
        self._made: dict[Any, list[int]] = {}

    def count(self, cells: Iterable[Cell], judge: Judge) -> None:
        """Count what becomes of values, each as often as there are rows with it."""
        for cell, outcome in judge.each(cells, attrgetter("values")):
            self._counts[outcome.kind] += cell.count
            if outcome.kind == "failed":
                self._failures[outcome.reason] += cell.count
                self._codes[outcome.code or outcome.reason] += cell.count
                samples = self._misfits.setdefault(outcome.reason, [])
            else:
                samples = self._changes
            if outcome.kind != "same" and len(samples) < MOST_SAMPLES:
                sample = self._sample(cell, outcome)
                # An empty original of an empty value is nothing to show.
                if outcome.kind == "failed" or sample.before != sample.after:
                    samples.append(sample)
            self._new_rows += isinstance(outcome.value, NewRow)
            if self._is_unique and outcome.value not in (None, ""):
                made = self._made.setdefault(outcome.value, [0, cell.pk])
                made[0] += cell.count

    def counted(self, report: Report) -> Report:
        """Return the report with the figures and samples in it."""
        repeated = [(made, count, pk) for made, (count, pk) in self._made.items() if count > 1]
        return replace(
            report,
            same=self._counts["same"],
            changed=self._counts["changed"],
            returned=self._counts[ORIGINAL],
            new_rows=self._new_rows,
            failures=dict(self._failures),
            codes=dict(self._codes),
            changes=tuple(self._changes),
            misfits=tuple(sample for samples in self._misfits.values() for sample in samples),
            repeated=tuple(
                Sample(before="", after=self._write(made), count=count, pk=pk)
                for made, count, pk in sorted(repeated, key=lambda item: -item[1])[:MOST_SAMPLES]
            ),
        )


def sampler(operation: FieldOperation, source: Source) -> Callable[[Cell, Outcome], Sample]:
    """Return the function that writes a cell and its outcome as texts."""
    write_old = text_writer(source.model._meta.get_field(source.columns[0]))
    write_new = text_writer(field_of(operation))

    def sample(cell: Cell, outcome: Outcome) -> Sample:
        value, after = cell.values[0], outcome.value
        return Sample(
            before="" if value is None else write_old(value),
            after="" if after is None else write_new(after),
            reason=outcome.reason,
            count=cell.count,
            pk=cell.pk,
        )

    return sample
