"""Changes in the background: the list of them, and the page that tells how far one has come. Read only."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import Script
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from dynadmin.admin.navigation import change_url, may_view, table_url
from dynadmin.admin.progress import ChangeProgress
from dynadmin.admin.site import site
from dynadmin.models import SchemaChange
from dynadmin.registry import registry

MAY_CHANGE = "dynadmin.change_dynamicmodel"


@admin.register(SchemaChange, site=site)
class ChangeAdmin(admin.ModelAdmin):
    """Whoever may change definitions of tables may see what is made of them, and stop it."""

    progress_template = "dynadmin/changes/progress.html"
    list_display = ["number", "created_at", "author", "what", "how_far"]
    list_select_related = ["author"]
    list_filter = ["state", "created_at"]
    list_per_page = 50
    actions = None
    show_full_result_count = False

    class Media:
        css = {"all": ["dynadmin/definitions.css", "dynadmin/changes.css"]}
        js = [Script("dynadmin/progress.js", defer=True)]

    # --- Who may ---

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) or self.may_cancel(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_delete_permission = has_change_permission

    def may_cancel(self, request: HttpRequest) -> bool:
        return request.user.has_perm(MAY_CHANGE)

    # --- The list ---

    @admin.display(description=_("Number"), ordering="pk")
    def number(self, change: SchemaChange) -> int:
        return change.pk

    @admin.display(description=_("What is done"))
    def what(self, change: SchemaChange) -> SafeString:
        return format_html_join("", "<p>{}</p>", ((sentence,) for sentence in change.operations))

    @admin.display(description=_("How far"), ordering="state")
    def how_far(self, change: SchemaChange) -> str:
        progress = ChangeProgress(job=change)
        parts = [progress.state, progress.rows if change.is_unfinished else ""]
        return ": ".join(part for part in parts if part)

    # --- The page of one ---

    def get_urls(self) -> list[URLPattern]:
        def url(route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
            view = transaction.non_atomic_requests(self.admin_site.admin_view(view))
            return path(f"<int:pk>/{route}", view, name=f"dynadmin_schemachange_{name}")

        own = [
            url("change/", self.progress_view, "change"),
            url("progress/", self.json_view, "progress"),
            url("cancel/", require_POST(self.cancel_view), "cancel"),
        ]
        return [*own, *super().get_urls()]

    def progress_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Tell how far the change has come."""
        change = self.get_change(request, pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Change %(number)d") % {"number": change.pk},
            "subtitle": None,
            "media": self.media,
            "change": change,
            "progress": ChangeProgress(job=change),
            "may_cancel": self.may_cancel(request),
            "tables": list(self.tables_of(request, change)),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, self.progress_template, context)

    def json_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Tell it to the script of the page."""
        return ChangeProgress(job=self.get_change(request, pk)).answer(request)

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask the worker to stop, and take back what it has done."""
        change = self.get_change(request, pk)
        if not self.may_cancel(request):
            raise PermissionDenied
        if change.request_cancel():
            messages.success(request, _("The change is being cancelled; the table will be as it was."))
        else:
            messages.warning(request, _("It was too late to cancel the change."))
        return HttpResponseRedirect(change_url(change, site_name=self.admin_site.name))

    def get_change(self, request: HttpRequest, pk: int) -> SchemaChange:
        if not self.has_view_permission(request):
            raise PermissionDenied
        change = SchemaChange.objects.select_related("author").filter(pk=pk).first()
        if change is None:
            raise Http404(_("There is no such change."))
        return change

    def tables_of(self, request: HttpRequest, change: SchemaChange) -> Iterator[tuple[str, str]]:
        """Yield the names of the tables concerned, and their addresses for whoever may see their rows."""
        for id in change.tables:
            table = registry.current.schema.tables.get(id)
            if table is not None and not table.retired:
                url = table_url(table, site_name=self.admin_site.name)
                yield table.label or table.name, url if may_view(request.user, table) else ""
