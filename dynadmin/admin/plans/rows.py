"""All rows that a step on a field affects: as a list to leaf through, and as a CSV file."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import singledispatch
from itertools import islice

from django.utils.translation import gettext as _

from dynadmin.admin.plans.figures import Example, RowUrl, example_of
from dynadmin.executor import Report, Sample, affected_rows, lost_rows
from dynadmin.factory import build_field
from dynadmin.fieldtypes import field_types
from dynadmin.plan import FieldOperation, Operation, Plan, RetireField
from dynadmin.schema import FieldSchema
from dynadmin.transfer.formulas import escape_formula, is_free_text

PAGE = 100
CHUNK = 1000
ONLY = ("changed", "failed")


@dataclass(frozen=True, kw_only=True)
class RowPage:
    """Some of the rows, in the order of ids; ``next`` is the id behind which there are more, or None."""

    rows: tuple[Example, ...]
    next: int | None


@singledispatch
def rows_of(operation: Operation, plan: Plan, report: Report | None, *, after: int = 0) -> Iterator[Sample]:
    """Yield the rows behind an id that an operation affects, with their values before and after."""
    if report is None or report.reading is None:
        return iter(())
    return affected_rows(operation, plan, report, after=after)  # type: ignore[arg-type]


@rows_of.register
def _lost(operation: RetireField, plan: Plan, report: Report | None, *, after: int = 0) -> Iterator[Sample]:
    return lost_rows(operation, plan, after=after)


def operation_on(plan: Plan, field_id: int) -> FieldOperation | None:
    """Return the step of a plan that affects the values of a field."""
    steps = (op for op in plan.operations if isinstance(op, FieldOperation) and op.field.id == field_id)
    return next((op for op in steps if op.can_fail or isinstance(op, RetireField)), None)


def has_all_types(operation: Operation, plan: Plan) -> bool:
    """Whether the rows of a step can be read: no app with the type of a field of theirs is missing."""
    before = plan.base.tables.get(operation.table.id, operation.table)
    return all(field.type in field_types for field in (*before.columns, *operation.table.columns))


def only(kind: str, samples: Iterable[Sample]) -> Iterator[Sample]:
    """Yield those that change, or those that do not fit; all for no word."""
    if not kind:
        return iter(samples)
    return (sample for sample in samples if bool(sample.reason) == (kind == "failed"))


def page_of(samples: Iterator[Sample], row_url: RowUrl) -> RowPage:
    found = list(islice(samples, PAGE + 1))
    shown = tuple(example_of(sample, row_url) for sample in found[:PAGE])
    return RowPage(rows=shown, next=shown[-1].pk if len(found) > PAGE else None)


def csv_of(operation: FieldOperation, samples: Iterator[Sample]) -> Iterator[bytes]:
    """Give the rows as the pieces of a CSV file. No text of theirs runs as a formula in a spreadsheet."""
    before, after = _guard(getattr(operation, "old", operation.field)), _guard(operation.field)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(["id", _("before"), _("after"), _("why it does not fit")])
    while chunk := list(islice(samples, CHUNK)):
        writer.writerows((s.pk, before(s.before), after(s.after), s.reason) for s in chunk)
        yield taken(buffer)
    yield taken(buffer)


def _guard(field: FieldSchema) -> Callable[[str], str]:
    return escape_formula if is_free_text(build_field(field)) else str


def taken(buffer: io.StringIO) -> bytes:
    """Return what was written to a buffer, and empty it."""
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()
