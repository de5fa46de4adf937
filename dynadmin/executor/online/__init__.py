"""Changes of large tables, made while people use them.

Expand: columns are added beside those in use, and triggers note what people write. Fill: the rows are gone
through in batches. Index: indexes are built concurrently. Contract: one short transaction takes it all into
use and writes the revision. Finish: rules that the rows keep already are made the table's own. A change that
is cancelled or refused takes everything back; one whose process dies is taken up where it was left. SQLite
does it with a whole table, see ``copying``.
"""

from django.utils.formats import date_format
from django.utils.timezone import template_localtime
from django.utils.translation import gettext as _

from dynadmin.changes import SchemaChange
from dynadmin.exceptions import RefusedChange, StalePlan
from dynadmin.executor.online.dependents import refuse_dependents
from dynadmin.executor.online.jobs import load_plan
from dynadmin.executor.online.others import on_one_core
from dynadmin.executor.online.running import run
from dynadmin.executor.online.sizes import is_large
from dynadmin.executor.online.works import links_in_work, tables_in_work, works_of
from dynadmin.executor.previews import Preview, make_preview
from dynadmin.executor.transactions import schema_change
from dynadmin.plan import Plan, plan_to_json
from dynadmin.revisions import latest_revision_id

__all__ = ["is_needed", "load_plan", "order", "refuse_meanwhile", "run"]


def is_needed(plan: Plan) -> bool:
    """Whether the plan does something to every row of a table that is too large for one transaction."""
    names = {table.db_table for table in tables_in_work(plan).values()} | links_in_work(plan)
    return any(map(is_large, names))


def order(plan: Plan, *, user=None, shown: str = "") -> SchemaChange:
    """Record the plan as a change that waits for a worker. Raises StalePlan or RefusedChange."""
    with on_one_core():
        found = make_preview(plan, is_online=True)
    plan = found.agreed(shown)
    refuse_dependents(works_of(plan))
    with schema_change():
        if latest_revision_id() != plan.base_revision:
            raise StalePlan(_("The tables were changed meanwhile; look at the plan again."))
        refuse_meanwhile(plan)
        return SchemaChange.objects.create(
            plan=plan_to_json(plan),
            tables=[table.id for table in plan.changed_tables],
            operations=plan.descriptions,
            expected=_agreed_figures(found),
            author=user,
        )


def _agreed_figures(found: Preview) -> dict[str, dict]:
    """Return what was decided and counted, by the number of the operation it is about."""
    reports = ((number, found.report_of(op)) for number, op in enumerate(found.plan.operations))
    return {
        str(number): {"failures": dict(report.codes), "reading": report.reading}
        for number, report in reports
        if report
    }


def refuse_meanwhile(plan: Plan) -> None:
    """Raise RefusedChange while a change of one of the plan's tables is under way.

    To be called under the lock of all schema change.
    """
    tables = {op.table.id: op.table for op in plan.operations}
    for change in SchemaChange.objects.of_tables(tables):
        table = next(tables[id] for id in tables if id in change.tables)
        since = date_format(template_localtime(change.created_at), "DATETIME_FORMAT")
        message = _(
            "A change of “%(table)s” is being carried out since %(since)s (number %(number)d): "
            "wait for it, or cancel it."
        )
        words = {"table": table.label or table.name, "since": since, "number": change.pk}
        raise RefusedChange(message % words)
