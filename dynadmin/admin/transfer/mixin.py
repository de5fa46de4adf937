"""What a ModelAdmin takes on to bring rows in and out of files."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from import_export.admin import ImportExportMixin

from dynadmin.admin.transfer.exporting import ExportScreens
from dynadmin.admin.transfer.exportpages import ExportPages
from dynadmin.admin.transfer.importing import ImportScreens
from dynadmin.admin.transfer.importpages import ImportPages
from dynadmin.admin.transfer.importruns import ImportRuns
from dynadmin.transfer.resources import resource_factory


class TransferAdminMixin(
    ImportPages, ImportScreens, ImportRuns, ExportPages, ExportScreens, ImportExportMixin
):
    """Adds "Import" and "Export" to the pages of a model.

    Importing asks for the permission to add rows, and to change them when the file has a key; exporting for
    the permission to view. `resource_classes` may name a subclass of RowResource; without it the model's
    fields are the columns.
    """

    import_export_change_list_template = "dynadmin/transfer/change_list.html"

    def get_resource_classes(self, request: HttpRequest) -> list[type]:
        """Return the resources that say what the columns are; the screens use the first."""
        return list(self.resource_classes) or [resource_factory(self.model)]

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Return whether this person may import: whoever may add rows."""
        return self.has_add_permission(request)

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Return whether this person may export: whoever may see the rows."""
        return self.has_view_permission(request)

    def page_path(self, route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
        """Return where one of these pages is. What it gives may go on beyond the view, and read with it."""
        view = transaction.non_atomic_requests(self.admin_site.admin_view(view))
        return path(route, view, name="{}_{}_{}".format(*self.get_model_info(), name))

    def _address(self, page: str, *args: Any) -> str:
        name = "admin:{}_{}_{}".format(*self.get_model_info(), page)
        return reverse(name, args=args, current_app=self.admin_site.name)

    def screen_context(self, request: HttpRequest, title: str, **extra: Any) -> dict[str, Any]:
        """Return what the templates of these screens have in common."""
        request.current_app = self.admin_site.name
        return {
            **self.admin_site.each_context(request),
            "title": title,
            "subtitle": None,
            "opts": self.opts,
            "media": self.media,
            **extra,
        }
