"""What all pages of plans have in common; and all rows that a step affects, as a list and as a CSV file."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from dynadmin import executor
from dynadmin.admin.navigation import LONGEST_URL, may_view, table_url
from dynadmin.admin.plans import PlanForms, Sight
from dynadmin.admin.plans.choosing import NOTHING
from dynadmin.admin.plans.referring import may_make_rows, may_see_target
from dynadmin.admin.plans.rows import ONLY, csv_of, has_all_types, only, operation_on, page_of, rows_of
from dynadmin.admin.plans.seen import read_seen
from dynadmin.conversion.choices import CREATE
from dynadmin.executor import Preview
from dynadmin.plan import FieldOperation, Operation, Plan
from dynadmin.registry import registry
from dynadmin.schema import TableSchema

# In an address: count all rows, however long it takes.
EXACT = "exact"


class PlannedPages:
    """For an admin whose objects have a plan: a definition that of its draft, a revision that of its undo.

    Who sees the rows may see those of the table as well as the plan.
    """

    rows_template = "dynadmin/definitions/plan_rows.html"

    # --- For subclasses ---

    def get_planned(self, request: HttpRequest, object_id: str) -> Any:
        """Return the object with the plan. Raises Http404, or PermissionDenied for who may not see that."""
        raise NotImplementedError

    def look(self, planned: Any, data: Mapping[str, str]) -> tuple[PlanForms, Plan]:
        """Return the forms of a plan with what was decided, and the plan with it. Raises ValidationError."""
        raise NotImplementedError

    def plan_page(self, planned: Any, page: str, *args: Any) -> str:
        """Return the address of "plan", "plan_rows", "plan_csv", "plan_breaches" or "plan_breaches_csv"."""
        raise NotImplementedError

    # --- The pages ---

    def plan_rows_view(self, request: HttpRequest, object_id: str, field_id: int) -> HttpResponse:
        """List the rows that a step of the plan affects, a page at a time."""
        planned = self.get_planned(request, object_id)
        forms, operation, samples = self.affected(request, planned, field_id)
        if operation is None:
            return self.back_to_plan(planned, forms)
        sight = self.sight(request, planned)
        context = {
            **self.rows_context(request, planned, forms, operation),
            "title": _("Rows of “%(table)s” that are affected") % operation.words,
            "page": page_of(samples, lambda pk: sight.row_url(operation.table, pk)),
            "only": only_of(request),
            "after": after_of(request),
            "csv_url": self.plan_page(planned, "plan_csv", field_id),
        }
        return TemplateResponse(request, self.rows_template, context)

    def plan_csv_view(self, request: HttpRequest, object_id: str, field_id: int) -> HttpResponse:
        """Give all rows that a step of the plan affects as a CSV file."""
        planned = self.get_planned(request, object_id)
        forms, operation, samples = self.affected(request, planned, field_id)
        if operation is None:
            return self.back_to_plan(planned, forms)
        name = f"{operation.table.name}-{operation.field.name}-affected.csv"
        return csv_response(csv_of(operation, samples), name)

    def rows_context(
        self, request: HttpRequest, planned: Any, forms: PlanForms, operation: Operation
    ) -> dict[str, Any]:
        """Return what the pages with rows of a plan have in common."""
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": planned,
            "media": self.media,
            "operation": operation,
            "query": forms.query,
            "plan_url": self.plan_url(planned, forms),
        }

    def affected(
        self, request: HttpRequest, planned: Any, field_id: int
    ) -> tuple[PlanForms, FieldOperation | None, Any]:
        """Return the step on a field and the rows it affects; no step while a question is open."""
        try:
            forms, plan = self.look(planned, request.GET)
        except ValidationError:
            return PlanForms(NOTHING, {}), None, iter(())
        operation = operation_on(plan, field_id)
        if operation and not may_view(request.user, operation.table):
            raise PermissionDenied
        if operation is None or not has_all_types(operation, plan):
            return forms, None, iter(())
        report = executor.reading_on(operation, plan)
        if report and report.reading is None:
            return forms, None, iter(())
        samples = rows_of(operation, plan, report, after=after_of(request))
        return forms, operation, only(only_of(request), samples)

    def plan_url(self, planned: Any, forms: PlanForms) -> str:
        """Return the address of the plan's page with what was decided on it."""
        url = self.plan_page(planned, "plan")
        return f"{url}?{forms.query}" if forms.query else url

    def count_again(self, planned: Any, forms: PlanForms) -> HttpResponse | None:
        """Lead to the plan's page with what was decided; None where that is too much for an address."""
        url = self.plan_url(planned, forms)
        return HttpResponseRedirect(url) if len(url) <= LONGEST_URL else None

    def back_to_plan(self, planned: Any, forms: PlanForms) -> HttpResponse:
        """Lead to the plan's page, with what was decided as far as that fits an address."""
        return self.count_again(planned, forms) or HttpResponseRedirect(self.plan_page(planned, "plan"))

    def preview(self, request: HttpRequest, plan: Plan) -> Preview:
        """Look at a plan: at first of very many values at some, so that there is something to see."""
        return executor.preview(plan, at_once=request.method == "GET" and EXACT not in request.GET)

    def exact_url(self, planned: Any, forms: PlanForms) -> str:
        """Return the address of the plan's page with all rows counted."""
        return f"{self.plan_page(planned, 'plan')}?{forms.query}&{EXACT}=1"

    def sight(self, request: HttpRequest, planned: Any, query: str = "") -> Sight:
        """Return what this person may see of the rows, with the addresses of the pages that show them."""

        def row_url(table: TableSchema, pk: int) -> str:
            here = registry.current.schema.tables[table.id]
            return f"{table_url(here, site_name=self.admin_site.name)}{pk}/change/"

        return Sight(
            may_see_target=lambda field: may_see_target(request.user, field),
            may_see=lambda table: may_view(request.user, table),
            row_url=row_url,
            rows_url=lambda field_id: f"{self.plan_page(planned, 'plan_rows', field_id)}?{query}",
            csv_url=lambda field_id: f"{self.plan_page(planned, 'plan_csv', field_id)}?{query}",
            breaches_url=lambda rule_id: f"{self.plan_page(planned, 'plan_breaches', rule_id)}?{query}",
            breaches_csv_url=lambda id: f"{self.plan_page(planned, 'plan_breaches_csv', id)}?{query}",
        )

    def is_answered(self, request: HttpRequest, forms: PlanForms) -> bool:
        """Whether what was posted can be done: as it was decided on the page. A message says why not."""
        if not forms.is_valid():
            messages.error(request, _("Nothing was applied. Please correct what is marked below."))
            return False
        for form in forms.by_field.values():
            if form.choices.on_failure == CREATE and not may_make_rows(request.user, form.operation.field):
                message = _("Nothing was applied: you may not add rows to what “%(field)s” refers to.")
                messages.error(request, message % form.operation.words)
                return False
        seen = read_seen(request.POST.get("seen", ""))
        if seen and seen.choices != {str(id): chosen.to_json() for id, chosen in forms.choices.items()}:
            message = _("Nothing was applied yet: these are the figures with what you chose. Look again.")
            messages.warning(request, message)
            return False
        return True


def csv_response(lines: Iterable[bytes], name: str) -> HttpResponse:
    """Return a CSV file that is sent as it is made."""
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def after_of(request: HttpRequest) -> int:
    """Return the id of the row behind which a list of rows begins."""
    text = request.GET.get("after", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def only_of(request: HttpRequest) -> str:
    """Return which of the rows are asked for; "" for all."""
    asked = request.GET.get("only", "")
    return asked if asked in ONLY else ""
