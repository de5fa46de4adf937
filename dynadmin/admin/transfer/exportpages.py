"""The exports that a worker makes: a person's list of them, the page of each, and its file."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dynadmin.admin.progress import BAR, Progress
from dynadmin.exports.columns import may_see_columns
from dynadmin.exports.records import FileExport, Phase
from dynadmin.transfer.formats import FORMATS

_PER_PAGE = 50


class ExportProgress(Progress):
    """What is told of an export that goes on."""

    counted = (Phase.WRITE,)


class ExportPages:
    """The pages of exports that were ordered. Each person sees their own."""

    exports_template_name = "dynadmin/transfer/exports.html"
    export_gone_template_name = "dynadmin/transfer/export_gone.html"
    export_page_template_name = "dynadmin/transfer/export_page.html"

    def get_urls(self) -> list:
        url = self.page_path
        own = [
            url("export/", self.export_action, "export"),
            url("exports/", self.exports_view, "exports"),
            url("exports/<int:pk>/", self.export_view, "export_page"),
            url("exports/<int:pk>/progress/", self.export_progress, "export_progress"),
            url("exports/<int:pk>/cancel/", require_POST(self.export_cancel), "export_cancel"),
            url("exports/<int:pk>/delete/", require_POST(self.export_delete), "export_delete"),
            url("exports/<int:pk>/file/<str:token>/", self.export_file, "export_file"),
        ]
        return [*own, *super().get_urls()]

    def export_address(self, job: FileExport) -> str:
        """Return the address of the page of an export."""
        return f"{self._address('exports')}{job.pk}/"

    def exports_view(self, request: HttpRequest) -> HttpResponse:
        """List this person's exports of the table, the newest first."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        pages = Paginator(FileExport.objects.of(self.model, request.user), _PER_PAGE)
        context = self.screen_context(request, _("Exports"), page=pages.get_page(request.GET.get("p")))
        return TemplateResponse(request, self.exports_template_name, context)

    def find_export(self, request: HttpRequest, pk: int) -> FileExport:
        """Return an export of this person's. Raises PermissionDenied and Http404."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        job = FileExport.objects.of(self.model, request.user).filter(pk=pk).first()
        if job is None:
            raise Http404(_("There is no such export, or its time is over."))
        return job

    def export_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Tell how far it is; then lead to the file."""
        job = self.find_export(request, pk)
        context = self.screen_context(request, job.file_name, job=job, progress=ExportProgress(job=job))
        if job.is_unfinished:
            context["media"] += BAR
        return TemplateResponse(request, self.export_page_template_name, context)

    def export_progress(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Tell it to the script of the page."""
        return ExportProgress(job=self.find_export(request, pk)).answer(request)

    def export_cancel(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask the worker to stop."""
        job = self.find_export(request, pk)
        if job.request_cancel():
            messages.success(request, _("The export is being cancelled."))
        else:
            messages.warning(request, _("It was too late to cancel the export."))
        return HttpResponseRedirect(self.export_address(job))

    def export_delete(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Delete a file that is of no use any more."""
        job = self.find_export(request, pk)
        if not job.is_unfinished:
            job.remove_file()
            job.delete()
        return HttpResponseRedirect(self._address("exports"))

    def export_file(self, request: HttpRequest, pk: int, token: str) -> HttpResponse:
        """Give the file to whoever has the link and may, now, see all that is in it."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        job = FileExport.objects.filter(target=self.model._meta.label, pk=pk).first()
        if job is None or not job.is_ready or not job.is_told_by(token) or not job.has_file:
            context = self.screen_context(request, _("This file is no longer kept"))
            return TemplateResponse(request, self.export_gone_template_name, context, status=404)
        if not may_see_columns(job, self.model, request.user):
            raise PermissionDenied
        content_type = FORMATS[job.options["format"]].content_type
        file = job.path.open("rb")
        return FileResponse(file, as_attachment=True, filename=job.file_name, content_type=content_type)
