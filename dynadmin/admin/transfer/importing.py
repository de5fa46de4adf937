"""The import screens: choose a file, see what it would do, then do exactly that."""

from dataclasses import replace
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dynadmin import background
from dynadmin.admin.transfer.columntable import ColumnTable
from dynadmin.admin.transfer.forms import SettingsForm, UploadForm, drawn_for
from dynadmin.admin.transfer.importfacts import failure_context
from dynadmin.admin.transfer.previews import examples_of, findings_context, label_of
from dynadmin.conf import conf
from dynadmin.exceptions import TransferError
from dynadmin.fieldtypes.bulk import read_singly
from dynadmin.imports.files import is_confirmable, open_file, take_in
from dynadmin.imports.findings import Findings
from dynadmin.imports.mapping import options_now, plan_known
from dynadmin.imports.ordering import order_check, order_import, remembered
from dynadmin.imports.records import FileImport
from dynadmin.imports.running import run_import
from dynadmin.imports.summaries import summary
from dynadmin.imports.ways import Importer
from dynadmin.permissions import may
from dynadmin.related import cascading
from dynadmin.transfer.columns import ColumnPlan, importable_fields
from dynadmin.transfer.options import ImportOptions
from dynadmin.transfer.readers import Source, open_source
from dynadmin.transfer.uploads import store_upload


class ImportScreens:
    """The pages on which an import is prepared and begun, by its author alone; see ``ImportPages``."""

    import_template_name = "dynadmin/transfer/import.html"
    preview_template_name = "dynadmin/transfer/preview.html"

    # --- Choose a file ---

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Take a file, and go where one sees what it would do."""
        self._check_permission(request)
        if request.method != "POST":
            return self._choose_file(request, UploadForm())
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._choose_file(request, form)
        try:
            job = self._taken_in(request, form)
        except TransferError as error:
            form.add_error("import_file", str(error))
            return self._choose_file(request, form)
        return self.carry_on(request, job)

    def _check_permission(self, request: HttpRequest) -> None:
        if not self.has_import_permission(request):
            raise PermissionDenied

    def _choose_file(self, request: HttpRequest, form: UploadForm) -> HttpResponse:
        resource = self._resource(request)
        filled = importable_fields(self.model)
        names = [name for name in resource.field_names() if name in filled and name != self.opts.pk.name]
        labels = [label_of(self.opts, name) for name in names]
        context = self.screen_context(request, _("Import"), form=form, labels=labels)
        return TemplateResponse(request, self.import_template_name, context)

    def _taken_in(self, request: HttpRequest, form: UploadForm) -> FileImport:
        file = form.cleaned_data["import_file"]
        format_ = form.cleaned_data["format"] or None
        upload = store_upload(file.chunks(), name=file.name, user_id=request.user.pk, model=self.model)
        job = take_in(upload, model=self.model, user=request.user, format=format_)
        source = open_file(job)
        plan, options = self._proposal(request, source)
        order_check(job, self.model, source, plan, options)
        return job

    def _proposal(self, request: HttpRequest, source: Source) -> tuple[ColumnPlan, ImportOptions]:
        """Return the columns and options to begin with: those of the last such file, else by their names."""
        last = remembered(self.model, source.headers)
        if last is not None:
            plan, options = last[0], self._allowed(request, last[1])
            seen = ColumnTable(self.model, request.user).fields
            by_hand = {column.position: column.field for column in plan.columns}
            if all(name is None or name in seen for name in by_hand.values()):
                readings = {column.position: column.reading for column in plan.columns}
                chosen = {"key": plan.key, "references": dict(plan.references), "readings": readings}
                try:
                    return self._plan(request, source, options, by_hand=by_hand, **chosen), options
                except TransferError:
                    pass  # it was done by somebody who may do more
        options = ImportOptions()
        return self._plan(request, source, options), options

    def _allowed(self, request: HttpRequest, options: ImportOptions) -> ImportOptions:
        """Return the options without what the person may not do: delete rows that the file lacks."""
        if self._may_retire(request) and self.has_change_permission(request):
            return options
        return replace(options, missing="keep")

    def _may_retire(self, request: HttpRequest) -> bool:
        """Return whether the person may delete rows, and those of other tables that would go along."""
        gone = (may(request.user, "delete", model._meta.label) for model in cascading(self.model))
        return self.has_delete_permission(request) and all(gone)

    def _check_choices(self, request: HttpRequest, job: FileImport) -> None:
        """Raise PermissionDenied where the person may no longer do what was chosen."""
        options = options_now(self.model, job.options)
        has_key = bool(job.plan.get("key"))
        if self._allowed(request, options) != options:
            raise PermissionDenied
        if has_key and not self.has_change_permission(request):
            raise PermissionDenied

    # --- The page of one that is being prepared ---

    def prepare_view(self, request: HttpRequest, job: FileImport) -> HttpResponse:
        """Show what an import would do and how that can be changed; by POST have it done otherwise."""
        try:
            source = open_file(job)
            if request.method == "POST":
                return self._check_again(request, job, source)
            if job.plan:
                plan, options = plan_known(self.model, job.plan), options_now(self.model, job.options)
            else:  # its columns could not be looked at yet
                plan, options = self._proposal(request, source)
        except TransferError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(self._address("import"))
        form = self._settings(request, source, initial=SettingsForm.initial_for(source, options))
        return self._show_preview(request, job, source, plan, options, form)

    def _settings(self, request: HttpRequest, source: Source, **kwargs: Any) -> SettingsForm:
        return SettingsForm(
            source=source,
            may_change=self.has_change_permission(request),
            may_delete=self._may_retire(request),
            **kwargs,
        )

    def _check_again(self, request: HttpRequest, job: FileImport, source: Source) -> HttpResponse:
        form = self._settings(request, source, data=request.POST)
        table = ColumnTable(self.model, request.user)
        by_hand = table.posted_columns(request.POST, len(source.headers))
        constants = table.posted_constants(request.POST, by_hand)
        if not form.is_valid():
            plan = self._plan(request, source, ImportOptions(constants=constants), by_hand=by_hand)
            return self._show_preview(request, job, source, plan, ImportOptions(constants=constants), form)
        options = form.chosen_options(constants=constants, also_empty=request.POST.getlist("also_empty"))
        reading, source = self._read_anew(request, job, form)
        chosen: dict[str, Any] = {}
        if form.cleaned_data["drawn_for"] == drawn_for(source):
            kept = {column.position: column.reading for column in ColumnPlan.from_json(job.plan).columns}
            chosen = {
                "by_hand": by_hand,
                "key": table.posted_key(request.POST, by_hand),
                "references": table.posted_references(request.POST, by_hand),
                "readings": kept,
            }
        job.reading = reading
        plan = self._plan(request, source, options, **chosen)
        if not order_check(job, self.model, source, plan, options):
            messages.warning(request, _("This import was begun already; it cannot be changed any more."))
        return self.carry_on(request, job)

    def _read_anew(
        self, request: HttpRequest, job: FileImport, form: SettingsForm
    ) -> tuple[dict[str, Any], Source]:
        """Return how the file is read, and its rows; as before where it makes no sense as now chosen."""
        reading = {**job.reading, **form.chosen_reading()}
        try:
            return reading, open_source(job.path, name=job.file_name, **reading)
        except TransferError as error:
            messages.error(request, str(error))
            return job.reading, form.source

    def _show_preview(
        self,
        request: HttpRequest,
        job: FileImport,
        source: Source,
        plan: ColumnPlan,
        options: ImportOptions,
        form: SettingsForm,
    ) -> HttpResponse:
        table = ColumnTable(self.model, request.user)
        findings = Findings.from_json(job.checked) if is_confirmable(job) else None
        context = self.screen_context(
            request,
            _("Import %(file)s") % {"file": job.file_name},
            form=form,
            job=job,
            columns=table.rows(plan, examples_of(source)),
            headers=[column.header for column in plan.columns],
            constants=table.constants(plan, options.constants),
            has_constants=bool(options.constants),
            field_choices=table.choices(),
            has_relations=bool(plan.references),
            may_change=self.has_change_permission(request),
            problem=job.error,
            empty_table=self._empty_table(request) if job.error else "",
            read_singly=read_singly(self.model._meta.get_field(column.field) for column in plan.matched),
            left_out=[column.header for column in plan.unmatched if column.header and not column.problem],
            imported_before=FileImport.objects.of_the_same_file(job).first(),
            may_view=self.has_view_permission(request),
            **(findings_context(findings, options.missing) if findings else failure_context(job)),
        )
        return TemplateResponse(request, self.preview_template_name, context)

    def _empty_table(self, request: HttpRequest) -> str:
        """Return where a table without rows is deleted, for who may: as one that was made for this file."""
        table = getattr(self.model, "table_schema", None)
        may_delete = request.user.has_perm("dynadmin.delete_dynamicmodel")
        if table is None or not may_delete or self.model._base_manager.exists():
            return ""
        return reverse(
            "admin:dynadmin_dynamicmodel_delete", args=[table.id], current_app=self.admin_site.name
        )

    # --- Do it ---

    @method_decorator(require_POST)
    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Import the file as the person has seen it checked."""
        self._check_permission(request)
        try:
            job = self.own_import(request, request.POST.get("import", ""))
        except Http404:
            messages.error(request, _("This import is no longer there. Please choose the file again."))
            return HttpResponseRedirect(self._address("import"))
        self._check_choices(request, job)
        skip_refused = request.POST.get("skip_refused") == "on"
        refused = Findings.from_json(job.checked).totals.refused
        if job.is_open and refused and not skip_refused:
            messages.error(
                request, _("Nothing was imported: rows are refused. Leave them out, or mend them.")
            )
            return HttpResponseRedirect(self.import_address(job))
        seen = request.POST.get("seen", "")
        is_number = seen.isdecimal() and len(seen) < 10
        if not order_import(job, seen=int(seen) if is_number else -1, skip_refused=skip_refused):
            messages.warning(request, self._why_not(job))
            return HttpResponseRedirect(self.import_address(job))
        return self.carry_on(request, job)

    def _why_not(self, job: FileImport) -> str:
        if job.is_open:
            return _("Nothing was imported: something was changed meanwhile. Look again.")
        return _("This import was begun already. It is done only once.")

    def carry_on(self, request: HttpRequest, job: FileImport) -> HttpResponse:
        """Have a job done here if it is small, else by a worker; go where one sees what has become of it."""
        self.leave_or_run(request, job, is_large=job.size > conf.IMPORT_BACKGROUND_BYTES)
        if not job.is_imported:
            return HttpResponseRedirect(self.import_address(job))
        address = self.import_address(job)
        link = format_html('<a href="{}">{}</a>', address, _("See what was done, or undo it"))
        messages.success(request, format_html("{} {}", summary(job), link))
        return HttpResponseRedirect(
            self._address("changelist") if self.has_view_permission(request) else address
        )

    def leave_or_run(self, request: HttpRequest, job: FileImport, *, is_large: bool) -> None:
        """Have what was ordered done here, or by a worker if it is large."""
        importer = self._importer(request)
        if importer is None and is_large:
            background.enqueue(job)
            return
        try:
            run_import(job, importer)
        except DatabaseError:
            messages.warning(request, _("The database is busy: a worker goes on with it."))
            background.enqueue(job)
        job.refresh_from_db()

    # --- Parts ---

    def _resource(self, request: HttpRequest) -> Any:
        return self.get_import_resource_classes(request)[0](**self.get_import_resource_kwargs(request))

    def _importer(self, request: HttpRequest) -> Importer | None:
        """Return what takes the rows where a resource has hooks of its own for each; else None."""
        resource = self._resource(request)
        return partial(_by_resource, resource) if resource.overrides_rows() else None

    def _plan(
        self, request: HttpRequest, source: Source, options: ImportOptions, **chosen: Any
    ) -> ColumnPlan:
        """Return the plan; without the permission to change rows there is no key, and all rows are new."""
        if not self.has_change_permission(request):
            chosen["key"] = ()
        return self._resource(request).plan_for(
            source,
            user=request.user,
            empty_texts=options.empty_texts,
            constants=options.constants,
            **{name: value for name, value in chosen.items() if value is not None},
        )

    def _address(self, page: str, *args: Any) -> str:
        name = "admin:{}_{}_{}".format(*self.get_model_info(), page)
        return reverse(name, args=args, current_app=self.admin_site.name)

    def import_address(self, job: FileImport) -> str:
        """Return the address of the page of an import."""
        return self._address("import_page", job.pk)


def _by_resource(resource: Any, model: Any, source: Source, *, options: ImportOptions, **kwargs: Any) -> Any:
    """Take the rows as a resource of django-import-export does that has its own hooks."""
    chosen = {"skip_refused": options.skip_refused, "empty_texts": options.empty_texts}
    result = resource.import_data(source, **chosen, **kwargs)
    if result.base_errors:
        raise TransferError(" ".join(str(error.error) for error in result.base_errors))
    return result.outcome
