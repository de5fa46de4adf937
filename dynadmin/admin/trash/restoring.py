"""Bringing something back: at once where nothing is in the way, else on a page that says what is."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dynadmin.admin.applying import leave_to_worker, next_steps, sentences_of
from dynadmin.admin.trash.lines import may_restore
from dynadmin.admin.trash.rules import ComingRule, left_out_in, rules_of
from dynadmin.exceptions import Obstructed, PlanError, UnknownFieldType
from dynadmin.fieldtypes import field_types
from dynadmin.models import (
    DynamicModel,
    SchemaChange,
    SchemaRevision,
    TrashItem,
    restore_field,
    restore_table,
    trash,
)
from dynadmin.models.restoring import ChangesWaiting, plan_restored_field
from dynadmin.models.retired import TABLE
from dynadmin.plan.fields import must_be_given
from dynadmin.registry import registry
from dynadmin.schema import FieldSchema

AS_OPTIONAL, WITH_VALUE = "optional", "value"
WITHOUT_GONE = "without_gone"  # what refers to rows that were deleted meanwhile is emptied


class RestoreForm(forms.Form):
    """What becomes of rows that a field which must have a value has none for."""

    how = forms.ChoiceField(
        label=gettext_lazy("The rows without a value"),
        choices=[
            (AS_OPTIONAL, gettext_lazy("stay without one: the field may be empty from now on")),
            (WITH_VALUE, gettext_lazy("are all given this value:")),
        ],
        initial=AS_OPTIONAL,
        widget=forms.RadioSelect,
    )
    value = forms.CharField(label=gettext_lazy("Value for these rows"), required=False, max_length=10_000)

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of ``restore_field``. Only for a form that is valid."""
        if self.cleaned_data["how"] == AS_OPTIONAL:
            return {"as_optional": True}
        return {"value": self.cleaned_data["value"]}


class RestorePage:
    """The way back, for the pages of the trash."""

    restore_template = "dynadmin/trash/restore.html"

    def restore_view(self, request: HttpRequest) -> HttpResponse:
        """Restore what was asked for, or say why that is not possible and what is."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        item = next((item for item in trash() if item.key == request.POST.get("item")), None)
        if item is None:
            messages.warning(request, _("It is not in the trash any more: somebody was faster."))
            return HttpResponseRedirect(self.url("dynadmin_trash"))
        if not may_restore(request, item, self.admin):
            raise PermissionDenied
        form = RestoreForm(request.POST) if "how" in request.POST else RestoreForm()
        if form.is_bound and not form.is_valid():
            return self._show_restore(request, item, form)
        try:
            done = _restore(item, request.user, arguments_of(request, form))
        except PlanError as error:
            return self._show_restore(request, item, form, error)
        if isinstance(done, SchemaChange):
            return leave_to_worker(request, done, site_name=self.site.name)
        self._tell_restored(request, item, done)
        return HttpResponseRedirect(self.url("dynadmin_trash"))

    def _show_restore(
        self, request: HttpRequest, item: TrashItem, form: RestoreForm, error: PlanError | None = None
    ) -> HttpResponse:
        plan_url = ""
        if isinstance(error, ChangesWaiting):
            plan_url = self.url("dynadmin_dynamicmodel_plan", item.table.id)
        is_asking = error is None or (isinstance(error, Obstructed) and _needs_value(item.field))
        context = {
            "item": item,
            "error": error,
            "plan_url": plan_url,
            "form": form if is_asking else None,
            "may_lack_rows": isinstance(error, Obstructed) and _refers_to_rows(item),
            "without_gone": WITHOUT_GONE in request.POST,
            "rules": list(self._rules(request, item, form)),
        }
        title = _("Restore “%(label)s”") % {"label": item.label}
        return self.render(request, self.restore_template, title, context)

    def _rules(self, request: HttpRequest, item: TrashItem, form: RestoreForm) -> Iterator[ComingRule]:
        """Yield the rules that would come back, if anything can."""
        if item.kind == TABLE:
            return
        arguments = form.arguments() if form.is_bound and form.is_valid() else {}
        try:
            plan = plan_restored_field(item.table.id, item.field.id, **arguments)
            left_out = left_out_in(request.POST)
            yield from rules_of(request, plan, left_out=left_out, site_name=self.site.name)
        except (PlanError, UnknownFieldType):
            return  # the page says why not

    def _tell_restored(self, request: HttpRequest, item: TrashItem, revision: SchemaRevision | None) -> None:
        if revision is None:
            messages.info(request, _("“%(label)s” is back already.") % {"label": item.label})
            return
        definition = DynamicModel.objects.get(pk=item.table.id)
        if item.kind == TABLE:
            self.admin.log_addition(request, definition, _("Restored from the trash."))
        else:
            self.admin.log_change(request, definition, " ".join(revision.operations))
        links = next_steps(request, registry.current.schema.tables[definition.pk], site_name=self.site.name)
        messages.success(request, format_html("{} {}", sentences_of(revision), links))


def _refers_to_rows(item: TrashItem) -> bool:
    """Whether rows that it refers to may be gone."""
    return bool(item.field.target if item.field else item.table.relations)


def _needs_value(field: FieldSchema | None) -> bool:
    """Whether rows that were made without the field may keep it from coming back as it was."""
    if field is None or field.type not in field_types:
        return False
    return must_be_given(field) or bool(field.options.get("unique") and not field.options.get("null"))


def arguments_of(request: HttpRequest, form: RestoreForm) -> dict[str, Any]:
    """Return the arguments of ``restore_field`` that were chosen on the page."""
    chosen = form.arguments() if form.is_bound else {}
    return {**chosen, "without": left_out_in(request.POST), WITHOUT_GONE: WITHOUT_GONE in request.POST}


def _restore(item: TrashItem, user: Any, arguments: dict[str, Any]) -> SchemaRevision | SchemaChange | None:
    if item.kind == TABLE:
        return restore_table(item.table.id, user=user, without_gone=arguments[WITHOUT_GONE])
    return restore_field(item.table.id, item.field.id, user=user, in_background=True, **arguments)
