"""The pages on which definitions leave as a file and come in from one. Nothing happens on GET."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dynadmin import executor
from dynadmin.admin.applying import leave_to_worker, sentences_of
from dynadmin.admin.navigation import may_view
from dynadmin.admin.plans import PlanForms, Sight, plan_context
from dynadmin.conf import conf
from dynadmin.exceptions import BadSchemaFile, Obstructed, PlanError, TransferError
from dynadmin.fieldtypes.fields.clocks import today
from dynadmin.models import DynamicModel, SchemaChange, SchemaLoad, dump_schema
from dynadmin.plan import Plan
from dynadmin.registry import registry
from dynadmin.schemafile import read_schema
from dynadmin.transfer.uploads import Upload, find_upload, store_upload


class ExportForm(forms.Form):
    """Which tables the file is to have."""

    tables = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Tables"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one table.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tables = registry.current.schema.listed_tables
        self.fields["tables"].choices = [
            (table.id, " / ".join(filter(None, [table.folder, table.label or table.name])))
            for table in tables
        ]
        self.initial["tables"] = [table.id for table in tables]


class LoadForm(forms.Form):
    """A file that ``dumpschema`` or the export has written."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("JSON, as “Export definitions” of this or another installation writes it."),
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"}),
    )

    def clean_file(self) -> Any:
        """Refuse what is too large before anything of it is read, then what is no schema file."""
        file = self.cleaned_data["file"]
        if file.size > conf.SCHEMA_FILE_MAX_BYTES:
            words = {"size": filesizeformat(file.size), "most": filesizeformat(conf.SCHEMA_FILE_MAX_BYTES)}
            raise forms.ValidationError(_("The file has %(size)s; at most %(most)s are taken.") % words)
        try:
            read_schema(file.read())
        except BadSchemaFile as error:
            raise forms.ValidationError(list(error.problems)) from error
        return file


class FilePages:
    """The pages of export and load, for the admin of definitions."""

    change_list_template = "dynadmin/definitions/change_list.html"

    def get_file_urls(self) -> list[URLPattern]:
        pages = {"export": self.export_view, "load": self.load_view}
        return [
            path(f"{name}/", self.admin_site.admin_view(view), name=f"dynadmin_dynamicmodel_{name}")
            for name, view in pages.items()
        ]

    def has_load_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request) and self.has_change_permission(request)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {"has_load_permission": self.has_load_permission(request), **(extra_context or {})}
        return super().changelist_view(request, context)

    # --- Out ---

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """Ask which tables, then give the file."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = ExportForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            tables = registry.current.schema.tables
            text = dump_schema(tables[id] for id in form.cleaned_data["tables"])
            response = HttpResponse(text, content_type="application/json")
            response["Content-Disposition"] = f'attachment; filename="schema-{today():%Y-%m-%d}.json"'
            return response
        return self._file_page(request, "export", _("Export definitions"), form=form)

    # --- In ---

    def load_view(self, request: HttpRequest) -> HttpResponse:
        """Take a file, show what it does, then do it."""
        if not self.has_load_permission(request):
            raise PermissionDenied
        if "upload" in request.POST:
            return self._answer(request)
        form = LoadForm(request.POST, request.FILES) if request.method == "POST" else LoadForm()
        if not form.is_valid():
            return self._file_page(request, "load", _("Load definitions"), form=form)
        file = form.cleaned_data["file"]
        file.seek(0)
        upload = store_upload(file.chunks(), name=file.name, user_id=request.user.pk, model=DynamicModel)
        try:
            return self._show_load(request, upload)
        except BadSchemaFile as error:  # it names what is neither in it nor here
            upload.remove()
            form.add_error("file", list(error.problems))
            return self._file_page(request, "load", _("Load definitions"), form=form)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        """Do what the page of the plan was answered with."""
        try:
            upload = find_upload(request.POST["upload"], user_id=request.user.pk, model=DynamicModel)
            load, forms = _load_of(upload, request.POST)
            if "_count" in request.POST or not forms.is_valid():
                return self._show_load(request, upload)
            answer = self._save if "_draft" in request.POST else self._apply
            done = answer(request, load, upload)
        except (TransferError, BadSchemaFile) as error:
            messages.warning(request, str(error))
            return HttpResponseRedirect(self.page("load"))
        except PlanError as error:
            if not isinstance(error, Obstructed):  # which the page says by itself
                messages.error(request, _("Nothing was done. %(reason)s") % {"reason": error})
            return self._show_load(request, upload)
        upload.remove()
        return done

    def _apply(self, request: HttpRequest, load: SchemaLoad, upload: Upload) -> HttpResponse:
        shown = request.POST.get("shown") or "-"
        done = load.apply(allow_destructive=True, user=request.user, shown=shown, in_background=True)
        if isinstance(done, SchemaChange):
            return leave_to_worker(request, done, site_name=self.admin_site.name)
        message = _("Loaded from %(file)s.") % {"file": upload.name}
        self._log_load(request, [t["id"] for t in done.changes] if done else [], message)
        messages.success(request, sentences_of(done))
        return HttpResponseRedirect(self.page("changelist"))

    def _save(self, request: HttpRequest, load: SchemaLoad, upload: Upload) -> HttpResponse:
        """Keep what the file says as drafts; each table's own page offers what this one does not."""
        saved = load.save_drafts()
        self._log_load(request, saved, _("Loaded from %(file)s as a draft.") % {"file": upload.name})
        definitions = DynamicModel.objects.filter(pk__in=saved)
        links = ((self.page("plan", definition.pk), definition) for definition in definitions)
        message = _("Saved as drafts, nothing is applied yet. See what applying them does:")
        tables = format_html_join(" · ", '<a href="{}">{}</a>', links)
        messages.success(request, format_html("{} {}", message, tables))
        return HttpResponseRedirect(
            self.page("plan", saved[0]) if len(saved) == 1 else self.page("changelist")
        )

    def _log_load(self, request: HttpRequest, ids: Iterable[int], message: str) -> None:
        for definition in DynamicModel.objects.filter(pk__in=list(ids)):
            self.log_change(request, definition, message)

    def _show_load(self, request: HttpRequest, upload: Upload) -> HttpResponse:
        load, forms = _load_of(upload, request.POST)
        plan = load.plan()
        sight = Sight(may_see=lambda table: may_view(request.user, table))
        context = plan_context(executor.preview(plan), forms=forms, sight=sight)
        context |= {
            "upload": upload,
            "obstacles": [*load.obstacles(plan), *context["obstacles"]],
            "given_up": load.given_up(plan),
            "untouched": _untouched(plan),
        }
        return self._file_page(request, "load_plan", _("Load definitions"), **context)

    def _file_page(self, request: HttpRequest, page: str, title: str, **context: Any) -> HttpResponse:
        context |= {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "media": self.media,
            "back": self.page("changelist"),
        }
        return TemplateResponse(request, f"dynadmin/definitions/{page}.html", context)


def _load_of(upload: Upload, data: Mapping[str, str]) -> tuple[SchemaLoad, PlanForms]:
    """Return what a file makes of the tables with what was decided on its page, and the forms of that."""
    load = SchemaLoad(tables=read_schema(upload.path.read_bytes()))
    forms = PlanForms(load.plan(), data)
    return replace(load, choices=forms.choices_by_name), forms


def _untouched(plan: Plan) -> int:
    """Return how many live tables the file leaves as they are."""
    return len({table.id for table in plan.base.live_tables} - {table.id for table in plan.changed_tables})
