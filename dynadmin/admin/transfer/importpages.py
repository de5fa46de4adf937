"""The imports of a table: the list of them, and the page of each, from its progress to its undoing."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dynadmin.admin.progress import BAR, STYLES, Progress
from dynadmin.admin.transfer.importfacts import conflict_lines, facts_context, may_see_rows
from dynadmin.exceptions import TransferError
from dynadmin.imports.mapping import made_in
from dynadmin.imports.records import FileImport, Imports, Phase
from dynadmin.imports.refused import refused_rows_of
from dynadmin.imports.summaries import number
from dynadmin.imports.undoing import foresee_undo, order_undo, rows_to_undo, why_not_undone
from dynadmin.permissions import may

_PER_PAGE = 50
# Rows that are taken back while the person waits.
SMALL = 20_000


class ImportProgress(Progress):
    """What is told of an import that goes on."""

    counted = (Phase.CHECK, Phase.IMPORT, Phase.BACK, Phase.UNDO)


class ImportPages:
    """The pages of imports that were begun; whoever may see the table may see them."""

    imports_template_name = "dynadmin/transfer/imports.html"
    progress_template_name = "dynadmin/transfer/progress.html"
    undo_template_name = "dynadmin/transfer/undo.html"
    facts_template_name = "dynadmin/transfer/facts.html"

    def get_urls(self) -> list:
        url = self.page_path
        own = [
            url("import/", self.import_action, "import"),
            url("process_import/", self.process_import, "process_import"),
            url("imports/", self.imports_view, "imports"),
            url("imports/<int:pk>/", self.import_view, "import_page"),
            url("imports/<int:pk>/progress/", self.import_progress, "import_progress"),
            url("imports/<int:pk>/cancel/", require_POST(self.import_cancel), "import_cancel"),
            url("imports/<int:pk>/refused/", self.import_refused, "import_refused"),
            url("imports/<int:pk>/undo/", self.import_undo, "import_undo"),
        ]
        return [*own, *super().get_urls()]

    # --- The list ---

    def imports_view(self, request: HttpRequest) -> HttpResponse:
        """List the imports of the table, the newest first."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        imports = self._visible_imports(request).select_related("author")
        pages = Paginator(imports.defer("checked", "plan", "options"), _PER_PAGE)
        context = self.screen_context(
            request,
            _("Imports"),
            page=pages.get_page(request.GET.get("p")),
            may_import=self.has_import_permission(request),
        )
        return TemplateResponse(request, self.imports_template_name, context)

    def _visible_imports(self, request: HttpRequest) -> Imports:
        """Return what was begun, and what the person is preparing."""
        imports = FileImport.objects.into(self.model)
        begun = Q(pk__in=imports.carried_out().values("pk"))
        own = Q(author=request.user) if self.has_import_permission(request) else Q(pk__in=())
        return imports.filter((begun if self.has_view_permission(request) else Q(pk__in=())) | own)

    def find_import(self, request: HttpRequest, pk: int) -> FileImport:
        """Return an import of the table. Raises PermissionDenied and Http404."""
        if not self.has_view_permission(request) and not self.has_import_permission(request):
            raise PermissionDenied
        job = self._visible_imports(request).select_related("author").filter(pk=pk).first()
        if job is None:
            raise Http404(_("There is no such import."))
        return job

    def own_import(self, request: HttpRequest, pk: Any) -> FileImport:
        """Return an import of this person's. Raises Http404."""
        job = self.find_import(request, int(pk) if str(pk).isdecimal() and len(str(pk)) < 18 else 0)
        if job.author_id != request.user.pk:
            raise Http404(_("There is no such import."))
        return job

    # --- The page of one ---

    def import_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Tell how far it is, or let its author prepare it, or say what it has done."""
        job = self.find_import(request, pk)
        is_own = job.author_id == request.user.pk and self.has_import_permission(request)
        if job.is_open and is_own and job.has_file:
            return self.prepare_view(request, job)
        if request.method == "POST":
            messages.warning(request, _("This import was begun already; it cannot be changed any more."))
            return HttpResponseRedirect(self.import_address(job))
        if job.is_unfinished:
            return self._show_progress(request, job)
        context = self.screen_context(
            request,
            job.file_name,
            job=job,
            may_undo=self.may_undo_import(request, job) and not why_not_undone(job),
            **facts_context(job, self.model, request.user),
        )
        context["media"] += STYLES
        return TemplateResponse(request, self.facts_template_name, context)

    def _show_progress(self, request: HttpRequest, job: FileImport) -> HttpResponse:
        context = self.screen_context(
            request,
            job.file_name,
            job=job,
            progress=ImportProgress(job=job),
            may_cancel=self.may_cancel_import(request, job),
        )
        context["media"] += BAR
        return TemplateResponse(request, self.progress_template_name, context)

    def import_progress(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Tell it to the script of the page."""
        return ImportProgress(job=self.find_import(request, pk)).answer(request)

    def may_cancel_import(self, request: HttpRequest, job: FileImport) -> bool:
        """Whether a person may stop an import: its author, and who may delete what it makes."""
        is_own = job.author_id == request.user.pk and self.has_import_permission(request)
        return is_own or self.has_delete_permission(request)

    def import_cancel(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask the worker to stop, and take back what it has done."""
        job = self.find_import(request, pk)
        if not self.may_cancel_import(request, job):
            raise PermissionDenied
        if job.request_cancel():
            messages.success(request, _("The import is being cancelled; what it has done is taken back."))
        else:
            messages.warning(request, _("It was too late to cancel the import."))
        return HttpResponseRedirect(self.import_address(job))

    def import_refused(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give the refused rows as a file like that of the import, to be mended and imported by itself."""
        job = self.find_import(request, pk)
        if not may_see_rows(job, self.model, request.user):
            raise PermissionDenied
        try:
            file = refused_rows_of(job, self.model)
        except TransferError as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(self.import_address(job))
        response = StreamingHttpResponse(file.pieces, content_type=file.format.content_type)
        name = f"{self.file_stem()}-refused.{file.format.slug}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    # --- Undoing it ---

    def may_undo_import(self, request: HttpRequest, job: FileImport) -> bool:
        """Whether a person may do to the rows what undoing does: delete, change, and bring back."""
        asked = {
            "created": self.has_delete_permission,
            "changed": self.has_change_permission,
            "retired": self.has_add_permission,
        }
        are_own = all(is_permitted(request) for name, is_permitted in asked.items() if job.totals.get(name))
        made = made_in(self.model, job.plan) if job.totals.get("made") else ()
        return are_own and all(may(request.user, "delete", target._meta.label) for target in made)

    def import_undo(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what undoing an import would do and what stands in the way; by POST undo it."""
        job = self.find_import(request, pk)
        if not self.may_undo_import(request, job):
            raise PermissionDenied
        if reason := why_not_undone(job):
            messages.warning(request, reason)
            return HttpResponseRedirect(self.import_address(job))
        if request.method == "POST":
            if order_undo(job, user=request.user):
                self.leave_or_run(request, job, is_large=rows_to_undo(job) > SMALL)
            return HttpResponseRedirect(self.import_address(job))
        foreseen = foresee_undo(job)
        context = self.screen_context(
            request,
            _("Undo the import of %(file)s") % {"file": job.file_name},
            job=job,
            foreseen=foreseen,
            rows=number(rows_to_undo(job)),
            conflicts=conflict_lines(self.model, foreseen.conflicts if foreseen else ()),
        )
        return TemplateResponse(request, self.undo_template_name, context)
