"""The pages of the trash. Nothing happens on GET."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from dynadmin.admin.home import get_definitions_admin
from dynadmin.admin.trash.lines import make_lines
from dynadmin.admin.trash.purging import PurgePage
from dynadmin.admin.trash.rebuilding import RebuildPage
from dynadmin.admin.trash.restoring import RestorePage
from dynadmin.conf import conf
from dynadmin.models import DynamicModel, crowded_tables, trash

if TYPE_CHECKING:
    from dynadmin.admin.site import DynamicAdminSite

ITEMS = 25  # on a page


class TrashPages(RestorePage, PurgePage, RebuildPage):
    """The trash of a site. Who may see, change, add or delete definitions may do so here."""

    list_template = "dynadmin/trash/list.html"

    def __init__(self, site: "DynamicAdminSite") -> None:
        self.site = site

    @property
    def urls(self) -> list[URLPattern]:
        """The addresses of the pages, to be put below those of the site."""
        return [
            path("dynadmin/trash/", self._view(self.list_view), name="dynadmin_trash"),
            path("dynadmin/trash/restore/", self._view(self.restore_view), name="dynadmin_trash_restore"),
            path("dynadmin/trash/purge/", self._view(self.purge_view), name="dynadmin_trash_purge"),
            path(
                "dynadmin/trash/rebuild/<int:table_id>/",
                self._view(self.rebuild_view),
                name="dynadmin_trash_rebuild",
            ),
        ]

    def _view(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        def for_viewers(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            if not self.admin.has_view_permission(request):
                raise PermissionDenied
            return view(request, **kwargs)

        # A schema change needs a transaction of its own, also where a project wraps each request in one.
        return transaction.non_atomic_requests(self.site.admin_view(for_viewers))

    @property
    def admin(self) -> ModelAdmin:
        """The admin of the definitions, whose permissions are asked for. Raises Http404 if there is none."""
        admin = get_definitions_admin(self.site)
        if admin is None:
            raise Http404
        return admin

    def list_view(self, request: HttpRequest) -> HttpResponse:
        """List what is in the trash, what was put there last first."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        paginator = Paginator(trash(), ITEMS)
        page = paginator.get_page(request.GET.get("page"))
        context = {
            "page": page,
            "page_range": paginator.get_elided_page_range(page.number),
            "lines": list(make_lines(request, page.object_list, self.admin)),
            "days": conf.TRASH_DAYS,
            "crowded": crowded_tables(),
            "can_rebuild": self.may_rebuild(request),
        }
        return self.render(request, self.list_template, _("Trash"), context)

    def render(
        self, request: HttpRequest, template: str, title: str, context: dict[str, Any]
    ) -> HttpResponse:
        """Return one of the pages."""
        request.current_app = self.site.name
        admin = self.admin
        shared = {
            **self.site.each_context(request),
            "title": title,
            "subtitle": None,
            "opts": admin.opts,
            "trash_url": self.url("dynadmin_trash"),
            "can_purge": admin.has_delete_permission(request),
        }
        return TemplateResponse(request, template, {**shared, **context})

    def url(self, name: str, *args: Any) -> str:
        """Return the address of one of these pages, or another of the admin's."""
        return reverse(f"admin:{name}", args=args, current_app=self.site.name)


def add_trash(apps: list[dict[str, Any]], request: HttpRequest, *, site: "DynamicAdminSite") -> None:
    """Add the trash to the entry of the definitions in the admin's list of apps, for those who may see it."""
    admin = get_definitions_admin(site)
    entries = [app for app in apps if app["app_label"] == DynamicModel._meta.app_label]
    if entries and admin is not None and admin.has_view_permission(request):
        entries[0]["models"].append(
            {
                "name": _("Trash"),
                "object_name": "Trash",
                "admin_url": reverse("admin:dynadmin_trash", current_app=site.name),
                "add_url": None,
                "perms": {},
                "view_only": True,
            }
        )
