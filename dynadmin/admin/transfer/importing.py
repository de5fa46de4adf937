"""The import screens: choose a file, see what it would do, then do exactly that."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from import_export.signals import post_import

from dynadmin.admin.transfer.columntable import ColumnTable
from dynadmin.admin.transfer.forms import (
    Choices,
    SettingsForm,
    UploadForm,
    drawn_for,
)
from dynadmin.admin.transfer.previews import examples_of, label_of, made_words, outcome_context, summary
from dynadmin.admin.transfer.refusals import refused_file
from dynadmin.exceptions import TransferError, UploadGone
from dynadmin.transfer.columns import ColumnPlan
from dynadmin.transfer.readers import Source, open_source
from dynadmin.transfer.results import ImportResult
from dynadmin.transfer.uploads import Upload, find_upload, store_upload


class ImportScreens:
    """The pages of an import. What they know of each other travels in signed texts, never in file names."""

    import_template_name = "dynadmin/transfer/import.html"
    preview_template_name = "dynadmin/transfer/preview.html"

    def get_urls(self) -> list:
        info = self.get_model_info()
        refused = self.admin_site.admin_view(self.refused_rows)
        return [
            path("import/refused/", refused, name="{}_{}_import_refused".format(*info)),
            *super().get_urls(),
        ]

    # --- Choose a file ---

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Take a file and show its preview; or, with a preview's form, show it again as chosen there."""
        self._check_permission(request)
        if request.method != "POST":
            return self._choose_file(request, UploadForm())
        if "choices" in request.POST:
            return self._preview_again(request)
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._choose_file(request, form)
        try:
            choices = self._taken_in(request, form)
            return self._preview(request, choices)
        except TransferError as error:
            form.add_error("import_file", str(error))
            return self._choose_file(request, form)

    def _check_permission(self, request: HttpRequest) -> None:
        if not self.has_import_permission(request):
            raise PermissionDenied

    def _choose_file(self, request: HttpRequest, form: UploadForm) -> HttpResponse:
        resource = self._resource(request)
        labels = [label_of(self.opts, name) for name in resource.field_names()]
        context = self.screen_context(request, _("Import"), form=form, labels=labels)
        return TemplateResponse(request, self.import_template_name, context)

    def _taken_in(self, request: HttpRequest, form: UploadForm) -> Choices:
        file = form.cleaned_data["import_file"]
        format_ = form.cleaned_data["format"]
        upload = store_upload(file.chunks(), name=file.name, user_id=request.user.pk, model=self.model)
        try:
            # A file that cannot be read at all is not kept.
            self._open(upload, Choices(upload=upload.token, format=format_))
        except TransferError:
            upload.remove()
            raise
        return Choices(upload=upload.token, format=format_)

    # --- Preview ---

    def _preview_again(self, request: HttpRequest) -> HttpResponse:
        try:
            choices = Choices.read(request.POST["choices"])
            upload = self._find(request, choices)
            source = self._open(upload, choices)
        except TransferError as error:
            return self._start_over(request, error)
        form = SettingsForm(request.POST, source=source)
        if not form.is_valid():
            return self._show_preview(request, choices, upload, source, form=form)
        return self._preview(request, self._changed(request, choices, form))

    def _changed(self, request: HttpRequest, choices: Choices, form: SettingsForm) -> Choices:
        """Return the choices with what the form says."""
        encoding, delimiter = form.cleaned_data.get("encoding"), form.cleaned_data.get("delimiter")
        empty_texts = form.chosen_empty_texts(also=request.POST.getlist("also_empty"))
        choices = replace(choices, encoding=encoding, delimiter=delimiter, empty_texts=empty_texts)
        if form.cleaned_data["drawn_for"] != drawn_for(encoding, delimiter):
            return replace(choices, by_hand=None, key=None, references=None)
        table = ColumnTable(self.model, request.user)
        by_hand = table.posted_columns(request.POST, len(form.source.headers))
        return replace(
            choices,
            by_hand=by_hand,
            key=table.posted_key(request.POST, by_hand),
            references=table.posted_references(request.POST, by_hand),
        )

    def _preview(self, request: HttpRequest, choices: Choices) -> HttpResponse:
        upload = self._find(request, choices)
        try:
            source = self._open(upload, choices)
        except TransferError as error:
            # Read as now chosen it makes no sense; as found out it does, and the choice is offered again.
            messages.error(request, str(error))
            choices = Choices(upload=choices.upload, format=choices.format)
            source = self._open(upload, choices)
        return self._show_preview(request, choices, upload, source)

    def _show_preview(
        self,
        request: HttpRequest,
        choices: Choices,
        upload: Upload,
        source: Source,
        *,
        form: SettingsForm | None = None,
    ) -> HttpResponse:
        plan = self._plan(request, source, choices)
        outcome, problems = None, list(plan.problems)
        if not problems:
            outcome, problems = self._run(request, source, plan, choices, dry_run=True)
        form = form or SettingsForm(
            initial=SettingsForm.initial_for(source, choices.empty_texts), source=source
        )
        table = ColumnTable(self.model, request.user)
        settled = replace(
            choices,
            encoding=source.encoding,
            delimiter=source.delimiter,
            key=plan.key,
            references=plan.references,
        )
        context = self.screen_context(
            request,
            _("Import %(file)s") % {"file": upload.name},
            form=form,
            choices=settled.sign(),
            columns=table.rows(plan, examples_of(source)),
            field_choices=table.choices(),
            has_relations=bool(plan.references),
            may_change=self.has_change_permission(request),
            problems=problems,
            left_out=[column.header for column in plan.unmatched if column.header and not column.problem],
            **outcome_context(outcome, self.opts),
        )
        return TemplateResponse(request, self.preview_template_name, context)

    # --- Do it ---

    @method_decorator(require_POST)
    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Import the file as the person has seen it previewed."""
        self._check_permission(request)
        try:
            choices = Choices.read(request.POST.get("choices", ""))
            with self._find(request, choices).claimed() as upload:
                outcome, problems = self._run_claimed(request, choices, upload)
        except TransferError as error:
            return self._start_over(request, error)
        if outcome is None or not outcome.is_saved:
            # The table may have changed since the preview: show what is true now.
            messages.error(request, " ".join([_("Nothing was imported."), *problems]))
            return self._preview(request, choices)
        return self._told(request, outcome, upload)

    def _run_claimed(
        self, request: HttpRequest, choices: Choices, upload: Upload
    ) -> tuple[ImportResult | None, list[str]]:
        source = self._open(upload, choices)
        plan = self._plan(request, source, choices)
        skip_refused = request.POST.get("skip_refused") == "on"
        outcome, problems = self._run(
            request, source, plan, choices, dry_run=False, skip_refused=skip_refused
        )
        if outcome is not None and outcome.is_saved:
            upload.remove()
        return outcome, problems

    def _told(self, request: HttpRequest, outcome: ImportResult, upload: Upload) -> HttpResponse:
        words = summary(outcome, upload.name, made_words(outcome, self.opts))
        LogEntry.objects.create(
            user_id=request.user.pk,
            content_type_id=get_content_type_for_model(self.model).pk,
            object_repr=upload.name[:200],
            action_flag=ADDITION,
            change_message=words,
        )
        post_import.send(sender=None, model=self.model)
        messages.success(request, words)
        return HttpResponseRedirect(self._address("changelist"))

    @method_decorator(require_POST)
    def refused_rows(self, request: HttpRequest) -> HttpResponse:
        """Give the refused rows as a CSV file, with line and reason: to be mended and imported by itself."""
        self._check_permission(request)
        try:
            choices = Choices.read(request.POST.get("choices", ""))
            source = self._open(self._find(request, choices), choices)
            plan = self._plan(request, source, choices)
            pieces = refused_file(self.model, source, plan, choices.empty_texts)
        except TransferError as error:
            return self._start_over(request, error)
        response = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{self.file_stem()}-refused.csv"'
        return response

    # --- Parts ---

    def _resource(self, request: HttpRequest) -> Any:
        return self.get_import_resource_classes(request)[0](**self.get_import_resource_kwargs(request))

    def _find(self, request: HttpRequest, choices: Choices) -> Upload:
        return find_upload(choices.upload, user_id=request.user.pk, model=self.model)

    def _open(self, upload: Upload, choices: Choices) -> Source:
        return open_source(
            upload.path,
            name=upload.name,
            format=choices.format or None,
            encoding=choices.encoding,
            delimiter=choices.delimiter,
        )

    def _plan(self, request: HttpRequest, source: Source, choices: Choices) -> ColumnPlan:
        """Return the plan; without the permission to change rows there is no key, and all rows are new."""
        chosen: dict[str, Any] = {"by_hand": choices.by_hand, "references": choices.references}
        if not self.has_change_permission(request):
            chosen["key"] = ()
        elif choices.key is not None:
            chosen["key"] = choices.key
        return self._resource(request).plan_for(
            source, user=request.user, empty_texts=choices.empty_texts, **chosen
        )

    def _run(
        self,
        request: HttpRequest,
        source: Source,
        plan: ColumnPlan,
        choices: Choices,
        *,
        dry_run: bool,
        skip_refused: bool = False,
    ) -> tuple[ImportResult | None, list[str]]:
        """Return the outcome, or None and why there is none."""
        result = self._resource(request).import_data(
            source,
            dry_run=dry_run,
            plan=plan,
            skip_refused=skip_refused,
            empty_texts=choices.empty_texts,
            user=request.user,
        )
        if result.base_errors:
            return None, [str(error.error) for error in result.base_errors]
        return result.outcome, []

    def _start_over(self, request: HttpRequest, error: TransferError) -> HttpResponse:
        messages.error(request, str(error))
        if not isinstance(error, UploadGone):
            return self._choose_file(request, UploadForm())
        return HttpResponseRedirect(self._address("import"))

    def _address(self, page: str) -> str:
        name = "admin:{}_{}_{}".format(*self.get_model_info(), page)
        return reverse(name, current_app=self.admin_site.name)
