"""All that a page shows of a plan, made in one place for every page that shows one."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from dynadmin import executor
from dynadmin.admin.plans.breaches import Breaches, breaches_of
from dynadmin.admin.plans.choosing import ChoiceForm, PlanForms
from dynadmin.admin.plans.figures import Figures, figures_of
from dynadmin.admin.plans.referring import ends_of
from dynadmin.admin.plans.seen import seen_in
from dynadmin.admin.plans.steps import effect_of
from dynadmin.admin.plans.timing import timing_of
from dynadmin.admin.plans.uses import uses_of
from dynadmin.conversion import Choices
from dynadmin.executor import Preview, Report
from dynadmin.executor.obstacles import obstacles
from dynadmin.plan import AddConstraint, FieldOperation, Operation, Plan, RetireField
from dynadmin.schema import FieldSchema, TableSchema


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What a person may see of rows, and where.

    ``row_url`` gives the address of a row by table and id; ``rows_url`` that of the list of all rows that a
    step on a field affects, by the id of the field, and ``csv_url`` that of the file of them; the other two
    are those of the rows that break a rule, by the id of the rule. ``may_see_target`` is about the rows that
    a field refers to.
    """

    may_see: Callable[[TableSchema], bool] = lambda table: False
    row_url: Callable[[TableSchema, int], str] = lambda table, pk: ""
    rows_url: Callable[[int], str] = lambda field_id: ""
    csv_url: Callable[[int], str] = lambda field_id: ""
    breaches_url: Callable[[int], str] = lambda rule_id: ""
    breaches_csv_url: Callable[[int], str] = lambda rule_id: ""
    may_see_target: Callable[[FieldSchema], bool] = lambda field: not field.target


@dataclass(frozen=True, kw_only=True)
class Step:
    """One operation as a page shows it; ``effect`` says what becomes of rows and values.

    With ``is_to_decide`` the person has something to say about values that do not fit.
    """

    words: str
    effect: str
    is_destructive: bool
    uses: tuple[str, ...] = ()
    figures: Figures | None = None
    breaches: Breaches | None = None
    form: ChoiceForm | None = None
    rows_url: str = ""
    csv_url: str = ""
    may_see: bool = True
    is_to_decide: bool = False


def plan_context(
    found: Preview, *, forms: PlanForms | None = None, sight: Sight | None = None
) -> dict[str, Any]:
    """Return what the templates of plans show of a preview.

    Without ``sight`` of a table's rows no value of them is shown, only figures.
    """
    sight = sight or Sight()
    hidden = [table for table in found.plan.changed_tables if not sight.may_see(table)]
    hidden += [op.table for op in found.plan.operations if not all(map(sight.may_see_target, ends_of(op)))]
    found = found.without_values(hidden)
    if forms:
        forms.ask(found.reports)
    by_field = dict(forms.by_field) if forms else {}
    steps = [_step(operation, found, by_field, sight) for operation in found.plan.operations]
    return {
        "plan": found.plan,
        "shown": found.digest,
        "seen": seen_in(found, forms.choices if forms else {}).sign(),
        "steps": steps,
        "obstacles": found.obstacles,
        "timing": timing_of(found.plan),
        "statements": executor.statements(found),
        "sampled": max((report.sampled for report in found.reports), default=0),
        "has_choices": any(step.form and (step.is_to_decide or step.form.asks) for step in steps),
    }


def _step(operation: Operation, found: Preview, forms: dict[int, ChoiceForm], sight: Sight) -> Step:
    report = found.report_of(operation)
    may_see = sight.may_see(operation.table)
    parts: dict[str, Any] = {}
    if isinstance(operation, FieldOperation) and operation.can_fail:
        # Two steps on one field have one form: it is shown with the first.
        parts["form"] = forms.pop(operation.field.id, None)
        parts["is_to_decide"] = parts["form"] is not None and _is_to_decide(operation, report, found.plan)
    if report:
        row_url = _row_url(operation.table, sight) if may_see else lambda pk: ""
        parts["figures"] = figures_of(report, row_url)
    if may_see and (report or (isinstance(operation, RetireField) and operation.is_on_column)):
        parts["rows_url"] = sight.rows_url(operation.field.id)
        parts["csv_url"] = sight.csv_url(operation.field.id)
    if isinstance(operation, AddConstraint) and operation.can_fail:
        parts |= _broken(operation, found.decided_plan, sight)
    return Step(
        words=operation.describe(),
        effect=effect_of(operation),
        is_destructive=operation.is_destructive,
        uses=uses_of(operation, found.plan),
        may_see=may_see,
        **parts,
    )


def _broken(operation: AddConstraint, plan: Plan, sight: Sight) -> dict[str, Any]:
    may_see, rule_id = sight.may_see(operation.table), operation.constraint.id
    row_url = _row_url(operation.table, sight)
    parts: dict[str, Any] = {"breaches": breaches_of(operation, plan, row_url, may_see=may_see)}
    if may_see:
        parts["rows_url"] = sight.breaches_url(rule_id)
        parts["csv_url"] = sight.breaches_csv_url(rule_id)
    return parts


def _is_to_decide(operation: Any, report: Report | None, plan: Plan) -> bool:
    """Whether there are values that do not fit, or rows without a value that they must have."""
    if report:
        return bool(report.failed or report.new_rows)
    undecided = replace(operation, choices=Choices())
    return any(True for _obstacle in obstacles(undecided, plan))


def _row_url(table: TableSchema, sight: Sight) -> Callable[[int], str]:
    return lambda pk: sight.row_url(table, pk)
