"""The pages with all rows that a step of a plan affects: a list to leaf through, and a CSV file."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from dynadmin import executor
from dynadmin.admin.navigation import may_view
from dynadmin.admin.plans import PlanForms
from dynadmin.admin.plans.choosing import NOTHING
from dynadmin.admin.plans.rows import ONLY, csv_of, only, operation_on, page_of, rows_of
from dynadmin.models import DynamicModel
from dynadmin.plan import FieldOperation
from dynadmin.registry import registry


class AffectedRowPages:
    """For the admin of definitions. Who sees them may see the rows of the table as well as its definition."""

    rows_template = "dynadmin/definitions/plan_rows.html"

    def plan_rows_view(self, request: HttpRequest, object_id: str, field_id: int) -> HttpResponse:
        """List the rows that a step of the plan affects, a page at a time."""
        definition = self.get_definition(request, object_id)
        forms, operation, samples = self.affected(request, definition, field_id)
        if operation is None:
            return HttpResponseRedirect(self.plan_url(definition, forms))
        sight = self.sight(request, definition)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": definition,
            "media": self.media,
            "title": _("Rows of “%(table)s” that are affected") % {"table": definition},
            "operation": operation,
            "page": page_of(samples, lambda pk: sight.row_url(operation.table, pk)),
            "query": forms.query,
            "only": only_of(request),
            "after": after_of(request),
            "csv_url": self.page("plan_csv", definition.pk, field_id),
            "plan_url": self.plan_url(definition, forms),
        }
        return TemplateResponse(request, self.rows_template, context)

    def plan_csv_view(self, request: HttpRequest, object_id: str, field_id: int) -> HttpResponse:
        """Give all rows that a step of the plan affects as a CSV file."""
        definition = self.get_definition(request, object_id)
        forms, operation, samples = self.affected(request, definition, field_id)
        if operation is None:
            return HttpResponseRedirect(self.plan_url(definition, forms))
        response = StreamingHttpResponse(csv_of(operation, samples), content_type="text/csv; charset=utf-8")
        name = f"{definition.name}-{operation.field.name}-affected.csv"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def may_see_affected(self, request: HttpRequest, definition: DynamicModel) -> bool:
        table = registry.current.schema.tables.get(definition.pk)
        may_see = table is not None and may_view(request.user, table)
        return may_see and self.has_change_permission(request, definition)

    def affected(
        self, request: HttpRequest, definition: DynamicModel, field_id: int
    ) -> tuple[PlanForms, FieldOperation | None, Any]:
        """Return the step on a field and the rows it affects; no step while a question is open."""
        if not self.may_see_affected(request, definition):
            raise PermissionDenied
        try:
            forms, plan = self.look(definition, request.GET)
        except ValidationError:
            return PlanForms(NOTHING, {}), None, iter(())
        operation = operation_on(plan, field_id)
        report = executor.report_on(operation, plan) if operation else None
        if operation is None or (report and report.reading is None):
            return forms, None, iter(())
        samples = rows_of(operation, plan, report, after=after_of(request))
        return forms, operation, only(only_of(request), samples)


def after_of(request: HttpRequest) -> int:
    """Return the id of the row behind which a list of rows begins."""
    text = request.GET.get("after", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def only_of(request: HttpRequest) -> str:
    """Return which of the rows are asked for; "" for all."""
    asked = request.GET.get("only", "")
    return asked if asked in ONLY else ""
