"""The page that makes a table from columns of another: what it would have first, then exactly that."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dynadmin import naming
from dynadmin.admin.applying import leave_to_worker
from dynadmin.admin.navigation import may, may_view
from dynadmin.changes import SchemaChange
from dynadmin.exceptions import DynadminError, RefusedChange, StalePlan
from dynadmin.models import DynamicModel, Extraction, apply_extraction, foresee_extraction
from dynadmin.registry import registry


class ExtractForm(forms.Form):
    """Which columns become a table, and what it is called."""

    key = forms.ChoiceField(
        label=gettext_lazy("Told by"), help_text=gettext_lazy("The column that becomes the relation.")
    )
    others = forms.MultipleChoiceField(
        label=gettext_lazy("With"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("The columns that go with it, and are retired here."),
    )
    name = forms.CharField(label=gettext_lazy("Name of the table"), max_length=naming.MAX_LENGTH)
    label = forms.CharField(label=gettext_lazy("Label"), required=False, max_length=100)
    take_first = forms.BooleanField(
        label=gettext_lazy("Where the others differ, take the first"), required=False
    )

    def __init__(self, *args: Any, definition: DynamicModel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        table = registry.current.schema.tables[definition.pk]
        columns = [field for field in table.live_columns if not field.target and not field.required_by]
        choices = [(field.name, capfirst(field.label or field.name)) for field in columns]
        self.fields["key"].choices = choices
        self.fields["others"].choices = choices

    def clean_name(self) -> str:
        naming.validate_table_name(self.cleaned_data["name"])
        return self.cleaned_data["name"]

    @property
    def columns(self) -> list[str]:
        key = self.cleaned_data["key"]
        return [key, *(name for name in self.cleaned_data["others"] if name != key)]


class ExtractPages:
    """The page "Extract a table", for the admin of definitions."""

    extract_template = "dynadmin/definitions/extract.html"

    def get_extract_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.extract_view)
        return [path("<path:object_id>/extract/", view, name="dynadmin_dynamicmodel_extract")]

    def extract_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show what would become of the chosen columns; make the table when that was seen."""
        definition = self.get_planned(request, object_id)
        if not self.may_extract(request, definition):
            raise PermissionDenied
        form = ExtractForm(request.POST or None, definition=definition)
        found = None
        if form.is_valid():
            try:
                found = foresee_extraction(definition, form.columns)
                if "_apply" in request.POST:
                    _refuse_unseen(request, found)
                    return self._extract(request, definition, form)
            except (DynadminError, ValidationError) as error:
                form.add_error(None, error if isinstance(error, ValidationError) else str(error))
        return self._render_extract(request, definition, form, found)

    def may_extract(self, request: HttpRequest, definition: DynamicModel) -> bool:
        """Return whether this person may make tables, change this one, and see its rows."""
        table = registry.current.schema.tables.get(definition.pk)
        may_see = table is not None and not table.retired and may_view(request.user, table)
        return (
            may_see and self.has_add_permission(request) and self.has_change_permission(request, definition)
        )

    def _extract(self, request: HttpRequest, definition: DynamicModel, form: ExtractForm) -> HttpResponse:
        name = form.cleaned_data["name"]
        self._refuse_to_add(request, name)
        target, done = apply_extraction(
            definition,
            form.columns,
            name=name,
            label=form.cleaned_data["label"],
            conflicts="first" if form.cleaned_data["take_first"] else "stop",
            user=request.user,
            in_background=True,
        )
        if isinstance(done, SchemaChange):
            return leave_to_worker(request, done, site_name=self.admin_site.name)
        message = _("Made the table “%(table)s”, which “%(source)s” refers to.")
        messages.success(request, message % {"table": target, "source": definition})
        return HttpResponseRedirect(self.page("change", definition.pk))

    def _refuse_to_add(self, request: HttpRequest, name: str) -> None:
        """Raise RefusedChange where a table is there already, to which this person may not add rows."""
        tables = (table for table in registry.current.schema.live_tables if table.name == name)
        for table in tables:
            if not may(request.user, "add", table):
                message = _("You may not add rows to “%(table)s”.")
                raise RefusedChange(message % {"table": table.label or table.name})

    def _render_extract(
        self, request: HttpRequest, definition: DynamicModel, form: ExtractForm, found: Extraction | None
    ) -> HttpResponse:
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "title": _("Extract a table from “%(table)s”") % {"table": definition},
            "subtitle": None,
            "opts": self.opts,
            "media": self.media,
            "form": form,
            "found": found,
            "can_apply": found is not None and (not found.conflicting or form.cleaned_data["take_first"]),
            "back": self.page("change", definition.pk),
        }
        return TemplateResponse(request, self.extract_template, context)


def _refuse_unseen(request: HttpRequest, found: Extraction) -> None:
    """Raise StalePlan if what would be made is not what the page has shown."""
    if request.POST.get("shown") != found.digest:
        raise StalePlan(_("The rows, or the columns chosen, are others by now. Look at what would be made."))
