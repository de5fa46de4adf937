"""The import screens: choose a file, see what it would do, then do exactly that."""

from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from dynadmin.admin.transfer.authors import ImportAuthor
from dynadmin.admin.transfer.columntable import ColumnTable
from dynadmin.admin.transfer.forms import SettingsForm, UploadForm, drawn_for
from dynadmin.admin.transfer.importfacts import failure_context
from dynadmin.admin.transfer.previews import examples_of, findings_context, label_of
from dynadmin.exceptions import TransferError
from dynadmin.fieldtypes.bulk import read_singly
from dynadmin.imports.files import is_confirmable, open_file, take_in
from dynadmin.imports.findings import Findings
from dynadmin.imports.mapping import options_now, plan_known
from dynadmin.imports.ordering import order_check
from dynadmin.imports.records import FileImport
from dynadmin.transfer.columns import Column, ColumnPlan, importable_fields
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
        self.check_import_permission(request)
        if request.method != "POST":
            return self._choose_file(request, UploadForm())
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._choose_file(request, form)
        try:
            job = self._taken_in(request, form)
        except TransferError as error:
            form.add_error("import_file" if form.cleaned_data["import_file"] else "pasted", str(error))
            return self._choose_file(request, form)
        return self.carry_on(request, job)

    def _choose_file(self, request: HttpRequest, form: UploadForm) -> HttpResponse:
        resource = self.import_resource(request)
        filled = importable_fields(self.model)
        names = [name for name in resource.field_names() if name in filled and name != self.opts.pk.name]
        labels = [label_of(self.opts, name) for name in names]
        context = self.screen_context(request, _("Import"), form=form, labels=labels)
        return TemplateResponse(request, self.import_template_name, context)

    def _taken_in(self, request: HttpRequest, form: UploadForm) -> FileImport:
        name, chunks = form.content
        format_ = form.cleaned_data["format"] or None
        upload = store_upload(chunks, name=name, user_id=request.user.pk, model=self.model)
        job = take_in(upload, model=self.model, user=request.user, format=format_)
        source = open_file(job)
        plan, options = ImportAuthor(self, request).proposal(source)
        order_check(job, self.model, source, plan, options)
        return job

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
                plan, options = ImportAuthor(self, request).proposal(source)
        except TransferError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(self._address("import"))
        form = self._settings(request, source, initial=SettingsForm.initial_for(source, options))
        return self._show_preview(request, job, source, plan, options, form)

    def _settings(self, request: HttpRequest, source: Source, **kwargs: Any) -> SettingsForm:
        author = ImportAuthor(self, request)
        return SettingsForm(
            source=source, may_change=author.may_change, may_delete=author.may_delete, **kwargs
        )

    def _check_again(self, request: HttpRequest, job: FileImport, source: Source) -> HttpResponse:
        author = ImportAuthor(self, request)
        form = self._settings(request, source, data=request.POST)
        table = ColumnTable(self.model, request.user)
        by_hand = table.posted_columns(request.POST, len(source.headers))
        constants = table.posted_constants(request.POST, by_hand)
        if not form.is_valid():
            options = ImportOptions(constants=constants)
            plan = author.plan(source, options, by_hand=by_hand)
            return self._show_preview(request, job, source, plan, options, form)
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
        plan = author.plan(source, options, **chosen)
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
            lacks_columns=bool(plan.missing and not plan.key),
            unseen=table.needed_unseen if job.error else [],
            empty_table=self._empty_table(request) if job.error else "",
            known_by=_known_by(self.model, plan, findings) if self.has_change_permission(request) else None,
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


def _known_by(model: type[Model], plan: ColumnPlan, findings: Findings | None) -> Column | None:
    """Return the column that tells rows, where some are refused as they exist and no key was chosen."""
    if findings is None or plan.key:
        return None
    reasons = {words for _label, words, _count in findings.reasons}
    uniques = (column for column in plan.matched if model._meta.get_field(column.field).unique)
    return next((column for column in uniques if _exists(model, column.field) in reasons), None)


def _exists(model: type[Model], name: str) -> str:
    return " ".join(model().unique_error_message(model, (name,)).messages)
