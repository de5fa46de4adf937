"""What a plan would do to the rows as they are, and what stands in its way."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from dynadmin.exceptions import Obstructed, RefusedChange, StalePlan
from dynadmin.executor.checks import check_target, obstacles
from dynadmin.executor.limits import find_limits
from dynadmin.executor.obstacles import obstacles_in
from dynadmin.executor.reports import Report, make_report
from dynadmin.plan import AlterField, ConvertField, Operation, Plan


@dataclass(frozen=True, kw_only=True)
class Preview:
    """``obstacles`` are sentences; none means that the plan can be applied.

    ``reports`` say what becomes of values, one for each operation the rows have a say in. ``digest`` ties a
    person's yes to the plan and to these figures.
    """

    plan: Plan
    obstacles: tuple[str, ...] = ()
    reports: tuple[Report, ...] = ()

    @property
    def digest(self) -> str:
        if not self.reports:
            return self.plan.digest
        content = [self.plan.digest, [report.figures for report in self.reports]]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    @property
    def decided_plan(self) -> Plan:
        """The plan with what the values themselves have decided about their reading."""
        readings = {r.operation.old.column: r.reading for r in self.reports if r.reading}  # type: ignore[attr-defined]
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


def make_preview(plan: Plan) -> Preview:
    """Look at the rows that the plan concerns. Reads only."""
    try:
        check_target(plan)
    except RefusedChange as refusal:
        return Preview(plan=plan, obstacles=(str(refusal),))
    reports = tuple(
        make_report(op, plan)
        for op in plan.operations
        if op.can_fail and isinstance(op, AlterField | ConvertField)
    )
    return Preview(plan=plan, obstacles=tuple(_obstacles(plan, reports)), reports=reports)


def _obstacles(plan: Plan, reports: tuple[Report, ...]) -> Iterator[str]:
    yield from find_limits(plan)
    for report in reports:
        yield from obstacles_in(report)
    for operation in plan.operations:
        if operation.can_fail:
            yield from obstacles(operation, plan)
