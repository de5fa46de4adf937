"""The pages that say what a change does before a person says yes to it. Nothing happens on GET."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Field, Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dynadmin import executor
from dynadmin.admin.applying import apply_draft
from dynadmin.exceptions import NotApplied, PlanError, RefusedChange, StalePlan
from dynadmin.models import DynamicModel
from dynadmin.plan import Operation, Plan, RetireField, RetireTable
from dynadmin.registry import registry
from dynadmin.schema import Schema

NOTHING = Plan(base_revision=0, base=Schema(), target=Schema())


@dataclass(frozen=True, kw_only=True)
class Step:
    """One operation as the page shows it; ``effect`` says what becomes of rows and values."""

    words: str
    effect: str
    is_destructive: bool


def steps_of(plan: Plan) -> list[Step]:
    return [
        Step(words=op.describe(), effect=effect_of(op), is_destructive=op.is_destructive)
        for op in plan.operations
    ]


@singledispatch
def effect_of(operation: Operation) -> str:
    """Return what an operation does to the rows that are there, or nothing."""
    return ""


@effect_of.register
def _effect_of_retiring_a_table(operation: RetireTable) -> str:
    model = registry.current.models.get(operation.table.id)
    if model is None:
        return ""
    count = model._base_manager.count()
    message = ngettext(
        "%(count)s row goes out of sight. It stays in the database, with its values and its history.",
        "%(count)s rows go out of sight. They stay in the database, with their values and their history.",
        count,
    )
    return message % {"count": number_format(count, force_grouping=True)}


@effect_of.register
def _effect_of_retiring_a_field(operation: RetireField) -> str:
    model = registry.current.models.get(operation.table.id)
    field = model and _field_in_column(model, operation.field.column)
    if field is None:
        return ""
    count = _count_values(model, field)
    message = ngettext(
        "%(count)s value goes out of sight. It stays in the database.",
        "%(count)s values go out of sight. They stay in the database.",
        count,
    )
    return message % {"count": number_format(count, force_grouping=True)}


def _field_in_column(model: type[Model], column: str) -> Field | None:
    return next((field for field in model._meta.concrete_fields if field.column == column), None)


def _count_values(model: type[Model], field: Field) -> int:
    filled = model._base_manager.exclude(**{f"{field.name}__isnull": True})
    if field.empty_strings_allowed and not field.null:
        filled = filled.exclude(**{field.name: ""})
    return filled.count()


class PlanPages:
    """The pages of the plan and of retiring a table, for the admin of definitions."""

    plan_template = "dynadmin/definitions/plan.html"
    retire_template = "dynadmin/definitions/retire.html"

    def get_plan_urls(self) -> list[URLPattern]:
        view: Callable[..., HttpResponse] = self.admin_site.admin_view(self.plan_view)
        return [path("<path:object_id>/plan/", view, name="dynadmin_dynamicmodel_plan")]

    def has_pending_plan(self, definition: DynamicModel) -> bool:
        try:
            return not definition.plan().is_empty
        except ValidationError:
            return True

    # --- The plan of a draft ---

    def plan_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show what applying the draft does; apply it, or give it up."""
        definition = self.get_definition(request, object_id)
        if not self.has_change_permission(request, definition):
            raise PermissionDenied
        if request.method == "POST" and "_discard" in request.POST:
            return self.discard(request, definition)
        if request.method == "POST" and self.apply(request, definition):
            return HttpResponseRedirect(self.table_url(request, definition))
        return self.render_plan(request, definition)

    def apply(self, request: HttpRequest, definition: DynamicModel) -> bool:
        """Apply the draft if its plan is still the one that was on the page."""
        shown = request.POST.get("shown", "-")
        return apply_draft(request, definition, site_name=self.admin_site.name, shown=shown)

    def get_definition(self, request: HttpRequest, object_id: str) -> DynamicModel:
        definition = self.get_object(request, unquote(object_id))
        if definition is None:
            raise Http404(_("There is no such table definition."))
        return definition

    def discard(self, request: HttpRequest, definition: DynamicModel) -> HttpResponse:
        """Put the draft back to what is in force."""
        try:
            definition.revert()
        except (NotApplied, RefusedChange) as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(self.page("plan", definition.pk))
        self.log_change(request, definition, _("Discarded the changes that were not applied."))
        messages.success(request, _("Your changes are discarded. The table is as it was."))
        return HttpResponseRedirect(self.page("change", definition.pk))

    def render_plan(self, request: HttpRequest, definition: DynamicModel) -> HttpResponse:
        try:
            plan = definition.plan()
        except ValidationError as error:
            preview = executor.Preview(plan=NOTHING, obstacles=tuple(error.messages))
        else:
            preview = executor.preview(plan)
        context = {
            **self.page_context(request, definition, preview),
            "title": _("Changes of “%(table)s”") % {"table": definition},
            "obstacles": preview.obstacles,
            "can_discard": registry.current.schema.tables.get(definition.pk) is not None,
        }
        return TemplateResponse(request, self.plan_template, context)

    def page_context(
        self, request: HttpRequest, definition: DynamicModel, preview: executor.Preview
    ) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": definition,
            "media": self.media,
            "plan": preview.plan,
            "shown": preview.digest,
            "steps": steps_of(preview.plan),
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
        context = {
            **self.page_context(request, definition, executor.preview(definition.retirement())),
            "title": _("Delete “%(table)s”?") % {"table": definition},
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.retire_template, context)

    def retire(self, request: HttpRequest, definition: DynamicModel) -> HttpResponse | None:
        """Retire the table and return where to go; None if it could not be done, which a message tells."""
        try:
            definition.retire(user=request.user, shown=request.POST.get("shown", "-"))
        except PlanError as error:
            level = messages.WARNING if isinstance(error, StalePlan) else messages.ERROR
            messages.add_message(request, level, str(error))
            return None
        self.log_deletions(request, [definition])
        messages.success(request, _("“%(table)s” is deleted. Its rows are kept.") % {"table": definition})
        return HttpResponseRedirect(self.page("changelist"))
