"""Reports of what a step makes of the values of one field. Reads only."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from operator import itemgetter

from dynadmin.conversion import Choices, Undecided
from dynadmin.executor.judging import Cell, Edited, Source, conversion_of, make_judge, source_of
from dynadmin.executor.reports import Report, Sample
from dynadmin.executor.sampling import take_sample
from dynadmin.executor.tallies import DistinctCells, Tally, sampler
from dynadmin.plan import FieldOperation, Plan

CHUNK = 5000  # rows that are looked at together


def make_report(operation: FieldOperation, plan: Plan, *, at_once: bool = False) -> Report:
    """Look at every value of the field and count what the step makes of it. Reads only.

    ``at_once``: where that would take long, some values are looked at.
    """
    source = source_of(operation, plan)
    sample = take_sample(source) if at_once else None
    if sample is None:
        with closing(DistinctCells(source)) as cells:
            return _counted(operation, source, cells)
    report = _counted(operation, source, sample)
    is_counted = report.reading is not None
    return replace(report, sampled=report.total if is_counted else len(sample), repeated=())


def _counted(operation: FieldOperation, source: Source, cells: Iterable[Cell]) -> Report:
    """Return a report on values, in which they are counted if it is known how they are to be read."""
    report = _read(operation, cells)
    if report.reading is None:
        return report
    tally = Tally(operation, source)
    tally.count(cells, make_judge(operation, report.choices, report.reading))
    return tally.counted(report)


def make_reading(operation: FieldOperation, plan: Plan) -> Report:
    """Return a report on how the values are to be read, which counts none of them."""
    with closing(DistinctCells(source_of(operation, plan))) as cells:
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
    sample = sampler(operation, source)
    last = after
    while batch := source.batch(after=last, size=CHUNK):
        for (pk, values), outcome in judge.each(batch, itemgetter(1)):
            if outcome.kind != "same":
                yield sample(Cell(values=values, count=1, pk=pk), outcome)
        last = batch[-1][0]
