"""The pages with all rows that break a rule of a plan: a list to leaf through, and a CSV file."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from dynadmin import executor
from dynadmin.admin.navigation import may_view
from dynadmin.admin.plans import PlanForms
from dynadmin.admin.plans.breaches import breaches, csv_of, labels_of
from dynadmin.admin.plans.choosing import NOTHING
from dynadmin.admin.plans.pages import PlannedPages, csv_response
from dynadmin.admin.plans.rows import has_all_types
from dynadmin.executor.violations import Found, violating_rows
from dynadmin.plan import AddConstraint

PAGE = 100


class BreachPages(PlannedPages):
    """What pages of plans have beside ``PlannedPages``: the rows in the way of a rule."""

    breaches_template = "dynadmin/definitions/plan_breaches.html"

    def plan_breaches_view(self, request: HttpRequest, object_id: str, rule_id: int) -> HttpResponse:
        """List the rows that break a rule, a page at a time."""
        planned = self.get_planned(request, object_id)
        forms, operation, found = self.broken(request, planned, rule_id)
        if operation is None or found is None:
            return self.back_to_plan(planned, forms)
        sight, start = self.sight(request, planned), start_of(request)
        shown = breaches(found, lambda pk: sight.row_url(operation.table, pk), most=PAGE + 1, start=start)
        rows = list(shown)
        context = {
            **self.rows_context(request, planned, forms, operation),
            "title": _("Rows of “%(table)s” that break a rule") % operation.words,
            "labels": labels_of(found),
            "rows": rows[:PAGE],
            "start": start,
            "next": start + PAGE if len(rows) > PAGE else None,
            "csv_url": self.plan_page(planned, "plan_breaches_csv", rule_id),
        }
        return TemplateResponse(request, self.breaches_template, context)

    def plan_breaches_csv_view(self, request: HttpRequest, object_id: str, rule_id: int) -> HttpResponse:
        """Give all rows that break a rule as a CSV file."""
        planned = self.get_planned(request, object_id)
        forms, operation, found = self.broken(request, planned, rule_id)
        if operation is None or found is None:
            return self.back_to_plan(planned, forms)
        return csv_response(csv_of(found), f"{operation.table.name}-rule-{rule_id}.csv")

    def broken(
        self, request: HttpRequest, planned: Any, rule_id: int
    ) -> tuple[PlanForms, AddConstraint | None, Found | None]:
        """Return the step that adds a rule, and the rows that break it."""
        try:
            forms, plan = self.look(planned, request.GET)
        except ValidationError:
            return PlanForms(NOTHING, {}), None, None
        steps: Any = (op for op in plan.operations if isinstance(op, AddConstraint))
        operation = next((op for op in steps if op.constraint.id == rule_id and op.can_fail), None)
        if operation is None or not has_all_types(operation, plan):
            return forms, None, None
        if not may_view(request.user, operation.table):
            raise PermissionDenied
        decided = executor.preview(plan).decided_plan if plan.conversions else plan
        return forms, operation, violating_rows(decided, operation)


def start_of(request: HttpRequest) -> int:
    """Return the place in the list at which the page begins."""
    text = request.GET.get("start", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0
