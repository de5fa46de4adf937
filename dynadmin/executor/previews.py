"""What a plan would do to the rows as they are, and what stands in its way."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from dynadmin.exceptions import Obstructed, RefusedChange, StalePlan, UnknownFieldType
from dynadmin.executor.limits import find_limits
from dynadmin.executor.obstacles import obstacles, obstacles_in
from dynadmin.executor.reporting import make_reading, make_report
from dynadmin.executor.reports import Report
from dynadmin.executor.targets import check_target
from dynadmin.plan import AlterField, ConvertField, Operation, Plan
from dynadmin.schema import TableSchema


@dataclass(frozen=True, kw_only=True)
class Preview:
    """``obstacles`` are sentences; none means that the plan can be applied.

    ``reports`` say what becomes of values, one for each operation the rows have a say in. ``digest`` ties a
    person's yes to the plan and to these figures. ``is_online``: the tables stay in use while they are
    changed, so that of the figures only those of losses have to stay.
    """

    plan: Plan
    obstacles: tuple[str, ...] = ()
    reports: tuple[Report, ...] = ()
    is_online: bool = False

    @property
    def digest(self) -> str:
        if not self.reports:
            return self.plan.digest
        figures = [report.losses if self.is_online else report.figures for report in self.reports]
        content = [self.plan.digest, figures]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    @property
    def decided_plan(self) -> Plan:
        """The plan with what the values themselves have decided about their reading."""
        reports = (report for report in self.reports if report.reading is not None)
        readings = {report.operation.old.column: report.reading for report in reports}  # type: ignore[attr-defined]
        return self.plan.with_readings(readings)

    def agreed(self, shown: str) -> Plan:
        """Return the plan with all that is decided. Raises StalePlan or Obstructed.

        ``shown`` is the digest of the preview a person agreed to; without one, nobody has to.
        """
        if shown and self.digest != shown:
            raise StalePlan(
                _("The plan is no longer the one you saw: the table or its rows changed. Look again.")
            )
        for obstacle in self.obstacles:
            raise Obstructed(obstacle)
        return self.decided_plan

    def report_of(self, operation: Operation) -> Report | None:
        """Return the report of an operation, if the rows have a say in it."""
        return next((report for report in self.reports if report.operation == operation), None)

    def without_values(self, tables: Iterable[TableSchema]) -> "Preview":
        """Return the preview without any value of these tables, for who may not see their rows."""
        ids = {table.id for table in tables}
        pairs = [(r, r.without_values() if r.operation.table.id in ids else r) for r in self.reports]
        told = {
            with_values: without
            for report, bare in pairs
            for with_values, without in zip(obstacles_in(report), obstacles_in(bare), strict=True)
        }
        return replace(
            self,
            obstacles=tuple(told.get(obstacle, obstacle) for obstacle in self.obstacles),
            reports=tuple(bare for _report, bare in pairs),
        )


def make_preview(plan: Plan, *, is_online: bool = False, at_once: bool = False) -> Preview:
    """Look at the rows that the plan concerns. Reads only.

    Where a table has a field of a type that is not installed, nothing can be told but that.
    """
    try:
        return _preview(plan, is_online=is_online, at_once=at_once)
    except UnknownFieldType as error:
        nothing = Plan(base_revision=plan.base_revision, base=plan.base, target=plan.base)
        return Preview(plan=nothing, obstacles=(str(error),))


def _preview(plan: Plan, *, is_online: bool, at_once: bool) -> Preview:
    try:
        check_target(plan)
    except RefusedChange as refusal:
        return Preview(plan=plan, obstacles=(str(refusal),))
    reports = tuple(report for op in plan.operations if (report := report_on(op, plan, at_once=at_once)))
    obstacles = tuple(_obstacles(plan, reports))
    return Preview(plan=plan, obstacles=obstacles, reports=reports, is_online=is_online)


def report_on(operation: Operation, plan: Plan, *, at_once: bool = False) -> Report | None:
    """Return what an operation makes of values; None if they have no say in it. Reads only."""
    if is_reported(operation):
        return make_report(operation, plan, at_once=at_once)  # type: ignore[arg-type]
    return None


def reading_on(operation: Operation, plan: Plan) -> Report | None:
    """Return how an operation reads values, without counting any; None if they have no say in it."""
    if is_reported(operation):
        return make_reading(operation, plan)  # type: ignore[arg-type]
    return None


def is_reported(operation: Operation) -> bool:
    """Whether values have a say in an operation."""
    return operation.can_fail and isinstance(operation, AlterField | ConvertField) and operation.is_on_column


def _obstacles(plan: Plan, reports: tuple[Report, ...]) -> Iterator[str]:
    yield from find_limits(plan)
    for report in reports:
        if not report.sampled:
            yield from obstacles_in(report)
    decided = Preview(plan=plan, reports=reports).decided_plan
    for operation in decided.operations:
        if operation.can_fail or operation.others_decide:
            yield from obstacles(operation, decided)
