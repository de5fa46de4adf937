"""What a step makes of the values of one field, counted: the figures that a person says yes to."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from operator import attrgetter, itemgetter
from typing import Any

from dynadmin.conversion import Choices, NewRow, Outcome, Question, Undecided
from dynadmin.executor.judging import (
    MOST_REMEMBERED,
    ORIGINAL,
    Cell,
    Edited,
    Judge,
    Source,
    conversion_of,
    field_of,
    make_judge,
    source_of,
)
from dynadmin.executor.sampling import take_sample
from dynadmin.fieldtypes.cells import text_writer
from dynadmin.plan import ConvertField, FieldOperation, Plan

MOST_SAMPLES = 20
CHUNK = 5000  # rows that are looked at together
ORDINARY = 200  # characters of a text that takes no more room than a number


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One value as it is and as it will be, as texts; ``pk`` is the first of the ``count`` rows with it."""

    before: str
    after: str
    reason: str = ""
    count: int = 1
    pk: int = 0


@dataclass(frozen=True, kw_only=True)
class Report:
    """What becomes of all values of one field. ``failures`` counts those that do not fit, by reason.

    ``returned`` are those that get back exactly what they were before a conversion. ``new_rows`` is how many
    rows the target of a relation gets. ``questions`` are all
    that the values raise; while one is open there is no ``reading``, and nothing is counted.
    """

    operation: FieldOperation
    choices: Choices
    same: int = 0
    changed: int = 0
    returned: int = 0
    new_rows: int = 0
    failures: Mapping[str, int] = field(default_factory=dict)
    codes: Mapping[str, int] = field(default_factory=dict)  # the failures again, in no language
    changes: tuple[Sample, ...] = ()
    misfits: tuple[Sample, ...] = ()
    repeated: tuple[Sample, ...] = ()
    questions: tuple[Question, ...] = ()
    reading: Mapping[str, Any] | None = None
    why_not: str = ""
    sampled: int = 0

    @property
    def total(self) -> int:
        return self.same + self.changed + self.returned + self.failed

    @property
    def failed(self) -> int:
        return sum(self.failures.values())

    @property
    def open_questions(self) -> tuple[Question, ...]:
        return tuple(q for q in self.questions if not q.is_answered(self.choices.answers))

    def without_values(self) -> "Report":
        """Return the report with its figures alone, for who may not see the rows."""
        return replace(
            self,
            changes=(),
            misfits=(),
            repeated=tuple(Sample(before="", after="…") for _sample in self.repeated),
            questions=tuple(replace(question, examples=()) for question in self.questions),
        )

    @property
    def figures(self) -> list[Any]:
        """What has to be the same when it is done as when it was shown. Rows that only stay may be more."""
        changed = self.changed if isinstance(self.operation, ConvertField) else 0
        return [changed, self.returned, *self.losses]

    @property
    def losses(self) -> list[Any]:
        """Those of the figures that nobody may be surprised by, however many rows are written meanwhile."""
        return [sorted(self.codes.items()), len(self.repeated)]


def make_report(operation: FieldOperation, plan: Plan, *, at_once: bool = False) -> Report:
    """Look at every value of the field and count what the step makes of it. Reads only.

    ``at_once``: where that would take long, some values are looked at.
    """
    source = source_of(operation, plan)
    sample = take_sample(source) if at_once else None
    if sample is None:
        with closing(_Cells(source)) as cells:
            return _counted(operation, source, cells)
    report = _counted(operation, source, sample)
    is_counted = report.reading is not None
    return replace(report, sampled=report.total if is_counted else len(sample), repeated=())


def _counted(operation: FieldOperation, source: Source, cells: Iterable[Cell]) -> Report:
    """Return a report on values, in which they are counted if it is known how they are to be read."""
    report = _read(operation, cells)
    if report.reading is None:
        return report
    tally = _Tally(operation, source)
    tally.count(cells, make_judge(operation, report.choices, report.reading))
    return tally.counted(report)


def make_reading(operation: FieldOperation, plan: Plan) -> Report:
    """Return a report on how the values are to be read, which counts none of them."""
    with closing(_Cells(source_of(operation, plan))) as cells:
        return _read(operation, cells)


def _read(operation: FieldOperation, cells: Iterable[Cell]) -> Report:
    choices = getattr(operation, "choices", Choices())
    conversion = conversion_of(operation.old, operation.field)  # type: ignore[attr-defined]
    if not conversion.is_possible:
        return Report(operation=operation, choices=choices, why_not=conversion.why_not)
    survey = conversion.survey(cell.values[0] for cell in Edited(operation).among(cells))
    report = Report(operation=operation, choices=choices, questions=survey.asked(choices.answers))
    try:
        return replace(report, reading=survey.reading(choices.answers))
    except Undecided:
        return report


def affected_rows(
    operation: FieldOperation, plan: Plan, report: Report, *, after: int = 0
) -> Iterator[Sample]:
    """Yield each row behind an id whose value changes or does not fit, in the order of ids.

    Only after all questions are answered.
    """
    source = source_of(operation, plan)
    judge = make_judge(operation, report.choices, report.reading or {})
    sample = _sampler(operation, source)
    last = after
    while batch := source.batch(after=last, size=CHUNK):
        for (pk, values), outcome in judge.each(batch, itemgetter(1)):
            if outcome.kind != "same":
                yield sample(Cell(values=values, count=1, pk=pk), outcome)
        last = batch[-1][0]


def _sampler(operation: FieldOperation, source: Source) -> Callable[[Cell, Outcome], Sample]:
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


class _Cells:
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


class _Tally:
    """Counts outcomes, and keeps some of each kind to show."""

    def __init__(self, operation: FieldOperation, source: Source) -> None:
        self._sample = _sampler(operation, source)
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
