"""The pages that say what a change does before a person says yes to it. Nothing happens on GET."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from dynadmin import executor
from dynadmin.admin.applying import apply_draft, tell_refusal
from dynadmin.admin.navigation import change_url, may_view
from dynadmin.admin.plans import PlanForms, plan_context
from dynadmin.admin.plans.breachpages import BreachPages
from dynadmin.admin.plans.choosing import NOTHING
from dynadmin.admin.plans.seen import differences, read_seen, seen_in
from dynadmin.exceptions import NotApplied, PlanError
from dynadmin.executor import Preview
from dynadmin.models import DynamicModel, SchemaChange, plan_tables
from dynadmin.plan import Plan
from dynadmin.registry import registry

WITH_REFERENCES = "with_references"  # of a table that is deleted: the fields that refer to it go, too


class PlanPages(BreachPages):
    """The pages of the plan and of retiring a table, for the admin of definitions."""

    plan_template = "dynadmin/definitions/plan.html"
    retire_template = "dynadmin/definitions/retire.html"

    def get_plan_urls(self) -> list[URLPattern]:
        def url(route: str, view: Any, name: str) -> URLPattern:
            route = f"<path:object_id>/plan/{route}"
            return path(route, self.admin_site.admin_view(view), name=f"dynadmin_dynamicmodel_{name}")

        return [
            url("", self.plan_view, "plan"),
            url("rows/<int:field_id>/", self.plan_rows_view, "plan_rows"),
            url("rows/<int:field_id>.csv", self.plan_csv_view, "plan_csv"),
            url("rules/<int:rule_id>/", self.plan_breaches_view, "plan_breaches"),
            url("rules/<int:rule_id>.csv", self.plan_breaches_csv_view, "plan_breaches_csv"),
        ]

    def has_pending_plan(self, definition: DynamicModel) -> bool:
        try:
            return not definition.plan().is_empty
        except ValidationError:
            return True

    # --- The plan of a draft ---

    def plan_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show what applying the draft does; count again, apply it, or give it up."""
        definition = self.get_definition(request, object_id)
        if not self.has_change_permission(request, definition):
            raise PermissionDenied
        if request.method != "POST":
            return self.render_plan(request, definition, request.GET)
        if "_discard" in request.POST:
            return self.discard(request, definition)
        forms = PlanForms(self.bare_plan(definition), request.POST)
        if "_count" in request.POST:
            return self.count_again(definition, forms) or self.render_plan(request, definition, request.POST)
        if done := self.apply(request, definition, forms):
            return HttpResponseRedirect(self.url_after(request, definition, done))
        return self.render_plan(request, definition, request.POST)

    def url_after(self, request: HttpRequest, definition: DynamicModel, done: SchemaChange | bool) -> str:
        """Return where to go after a draft was applied, or left to a worker."""
        if isinstance(done, SchemaChange):
            return change_url(done, site_name=self.admin_site.name)
        return self.table_url(request, definition)

    def apply(self, request: HttpRequest, definition: DynamicModel, forms: PlanForms) -> SchemaChange | bool:
        """Apply the draft if it still does what was on the page, and as was decided on it."""
        if not self.is_answered(request, forms):
            return False
        shown = request.POST.get("shown", "") or "-"
        site_name = self.admin_site.name
        return apply_draft(request, definition, site_name=site_name, shown=shown, choices=forms.choices)

    def bare_plan(self, definition: DynamicModel) -> Plan:
        """Return the plan of a draft before anything is decided; an empty one if the draft is not valid."""
        try:
            return definition.plan()
        except ValidationError:
            return NOTHING

    def look(self, definition: DynamicModel, data: Mapping[str, str]) -> tuple[PlanForms, Plan]:
        """Return the forms of a draft with what was decided, and the plan with it. Raises ValidationError."""
        plan = definition.plan()
        forms = PlanForms(plan, data)
        choices = forms.choices
        return forms, plan_tables([definition], choices=choices) if choices else plan

    def plan_page(self, definition: DynamicModel, page: str, *args: Any) -> str:
        return self.page(page, definition.pk, *args)

    def get_planned(self, request: HttpRequest, object_id: str) -> DynamicModel:
        definition = self.get_definition(request, object_id)
        table = registry.current.schema.tables.get(definition.pk)
        may_see = table is not None and may_view(request.user, table)
        if not may_see or not self.has_change_permission(request, definition):
            raise PermissionDenied
        return definition

    def get_definition(self, request: HttpRequest, object_id: str) -> DynamicModel:
        definition = self.get_object(request, unquote(object_id))
        if definition is None:
            raise Http404(_("There is no such table definition."))
        return definition

    def discard(self, request: HttpRequest, definition: DynamicModel) -> HttpResponse:
        """Put the draft back to what is in force."""
        try:
            definition.revert()
        except NotApplied as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(self.page("plan", definition.pk))
        self.log_change(request, definition, _("Discarded the changes that were not applied."))
        messages.success(request, _("Your changes are discarded. The table is as it was."))
        return HttpResponseRedirect(self.page("change", definition.pk))

    def render_plan(
        self, request: HttpRequest, definition: DynamicModel, data: Mapping[str, str]
    ) -> HttpResponse:
        forms = None
        try:
            forms, plan = self.look(definition, data)
            found = self.preview(request, plan)
        except ValidationError as error:
            found = Preview(plan=NOTHING, obstacles=tuple(error.messages))
        seen = read_seen(data.get("seen", ""))
        context = {
            **self.page_context(request, definition, found, forms),
            "title": _("Changes of “%(table)s”") % {"table": definition},
            "differences": list(differences(seen, seen_in(found, {}))) if seen else [],
            "exact_url": self.exact_url(definition, forms) if forms else "",
            "under_way": next(SchemaChange.objects.of_tables([definition.pk]), None),
            "can_discard": registry.current.schema.tables.get(definition.pk) is not None,
        }
        return TemplateResponse(request, self.plan_template, context)

    def page_context(
        self,
        request: HttpRequest,
        definition: DynamicModel,
        found: Preview,
        forms: PlanForms | None = None,
        *,
        has_lists: bool = True,
    ) -> dict[str, Any]:
        """Return what a page shows of a plan; lists of all rows there are only of the plan of a draft."""
        sight = self.sight(request, definition, forms.query if forms else "")
        if not has_lists:
            sight = replace(sight, rows_url=lambda field_id: "", csv_url=lambda field_id: "")
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": definition,
            "media": self.media,
            **plan_context(found, forms=forms, sight=sight),
            "has_view_permission": self.has_view_permission(request, definition),
            "has_change_permission": self.has_change_permission(request, definition),
        }

    # --- Retiring a table ---

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask before a table is retired, and retire it."""
        definition = self.get_definition(request, object_id)
        if not self.has_delete_permission(request, definition):
            raise PermissionDenied
        if request.method == "POST" and (response := self.retire(request, definition)):
            return response
        with_references = WITH_REFERENCES in request.GET or WITH_REFERENCES in request.POST
        plan = definition.retirement(with_references=with_references)
        references = registry.newest.schema.referring_to(definition.pk)
        context = {
            **self.page_context(request, definition, executor.preview(plan), has_lists=False),
            "title": _("Delete “%(table)s”?") % {"table": definition},
            "with_references": with_references,
            "references": [(table, field) for table, field in references if table.id != definition.pk],
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.retire_template, context)

    def retire(self, request: HttpRequest, definition: DynamicModel) -> HttpResponse | None:
        """Retire the table and return where to go; None if it could not be done, which a message tells."""
        with_references = WITH_REFERENCES in request.POST
        if with_references and not self.has_change_permission(request):
            raise PermissionDenied  # it changes other tables
        try:
            definition.retire(
                with_references=with_references, user=request.user, shown=request.POST.get("shown") or "-"
            )
        except PlanError as error:
            tell_refusal(request, error, str(error))
            return None
        self.log_deletions(request, [definition])
        words = _("“%(table)s” is deleted. Its rows are kept.") % {"table": definition}
        url = reverse("admin:dynadmin_trash", current_app=self.admin_site.name)
        link = _("Look into the trash")
        messages.success(request, format_html('{} <a href="{}">{}</a>', words, url, link))
        return HttpResponseRedirect(self.page("changelist"))
