"""Doing imports: here while the person waits, or by a worker."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dynadmin import background
from dynadmin.admin.transfer.authors import ImportAuthor
from dynadmin.conf import conf
from dynadmin.exceptions import TransferError
from dynadmin.imports.findings import Findings
from dynadmin.imports.ordering import order_import
from dynadmin.imports.records import FileImport
from dynadmin.imports.running import run_import
from dynadmin.imports.summaries import summary
from dynadmin.imports.ways import Importer
from dynadmin.transfer.options import ImportOptions
from dynadmin.transfer.readers import Source


class ImportRuns:
    """What the screens and pages of imports do, and where they go on then."""

    def check_import_permission(self, request: HttpRequest) -> None:
        """Raise PermissionDenied if the person may not import."""
        if not self.has_import_permission(request):
            raise PermissionDenied

    @method_decorator(require_POST)
    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Import the file as the person has seen it checked."""
        self.check_import_permission(request)
        try:
            job = self.own_import(request, request.POST.get("import", ""))
        except Http404:
            messages.error(request, _("This import is no longer there. Please choose the file again."))
            return HttpResponseRedirect(self._address("import"))
        ImportAuthor(self, request).check(job)
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

    def import_resource(self, request: HttpRequest) -> Any:
        """Return the resource that says what the columns are."""
        return self.get_import_resource_classes(request)[0](**self.get_import_resource_kwargs(request))

    def _importer(self, request: HttpRequest) -> Importer | None:
        """Return what takes the rows where a resource has hooks of its own for each; else None."""
        resource = self.import_resource(request)
        return partial(_by_resource, resource) if resource.overrides_rows() else None

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
