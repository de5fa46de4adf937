"""The admin site: Django's own, whose app "Tables" is whatever the revision in force says it is."""

from functools import partial

from django.contrib import admin
from django.contrib.admin import AdminSite, ModelAdmin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import re_path
from django.utils.translation import gettext as _

from dynadmin.admin import missing
from dynadmin.admin.home import TableList, fetch_activity, get_definitions_admin
from dynadmin.admin.navigation import name_of, tables_entry
from dynadmin.admin.relations.autocomplete import TargetsView
from dynadmin.admin.rows import rowadmin_factory
from dynadmin.admin.trash import TrashPages, add_trash
from dynadmin.admin.urls import LiveResolver
from dynadmin.factory import APP_LABEL, Row
from dynadmin.models import DynamicModel
from dynadmin.transfer.formats import readable_extensions


class DynamicAdminSite(AdminSite):
    """An admin site that follows the registry: tables are reachable in the request after they are made.

    Static models are registered as usual. Tables never are: their pages are made when first asked for and
    kept with the class, so that the cost of a request does not depend on how many tables there are.
    """

    index_template = "dynadmin/home.html"
    table_list_template = "dynadmin/table_list.html"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.registrations = 0  # counts changes of the static part, so that its addresses follow

    # --- Mounting ---

    def mount(self, prefix: str = "admin/") -> LiveResolver:
        """Return the item of the root ``urlpatterns`` that serves this site at ``prefix``.

        Models that other apps have registered with Django's default site are shown on this one too.
        """
        self.adopt(admin.site)
        return LiveResolver(self, prefix)

    def adopt(self, other: AdminSite) -> None:
        """Register what the other site has and this one has not, with the same classes."""
        for model, model_admin in list(other._registry.items()):
            if model not in self._registry:
                self.register(model, type(model_admin))

    def register(self, model_or_iterable, admin_class=None, **options) -> None:
        super().register(model_or_iterable, admin_class, **options)
        self.registrations += 1

    def unregister(self, model_or_iterable) -> None:
        super().unregister(model_or_iterable)
        self.registrations += 1

    def get_urls(self) -> list:
        missing_table = self.admin_view(partial(missing.table_missing, site=self))
        own = [
            re_path(rf"^(?P<app_label>{APP_LABEL})/$", self.admin_view(self.app_index), name="app_list"),
            # Paths without a slash at the end are left to the catch-all, which appends it.
            re_path(rf"^{APP_LABEL}/(?P<name>[^/]+)/(?P<rest>.*/)?$", missing_table, name="missing_table"),
            *TrashPages(self).urls,
        ]
        urls = super().get_urls()
        at = len(urls) - 1 if self.final_catch_all_view else len(urls)
        return [*urls[:at], *own, *urls[at:]]

    # --- Tables ---

    def is_registered(self, model: type[models.Model]) -> bool:
        return issubclass(model, Row) or super().is_registered(model)

    def get_model_admin(self, model: type[models.Model]) -> ModelAdmin:
        """Return the admin of a model; that of a table is made at the first call. Raises NotRegistered."""
        if not issubclass(model, Row):
            return super().get_model_admin(model)
        key = f"admin:{self.name}"
        if key not in model.derived:
            # Two threads may come here at once; the first one's stays.
            model.derived.setdefault(key, self.get_row_admin_class(model)(model, self))
        return model.derived[key]

    def get_row_admin_class(self, model: type[Row]) -> type[ModelAdmin]:
        """Return the class of a table's pages. A hook for subclasses."""
        return rowadmin_factory(model)

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        return TargetsView.as_view(admin_site=self)(request)

    # --- What all pages show ---

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict]:
        """Return the apps for navigation, "Tables" and their definitions first.

        The tables are all there only when that app is asked for by its label.
        """
        static = [] if app_label == APP_LABEL else super().get_app_list(request, app_label)
        add_trash(static, request, site=self)
        if app_label not in (None, APP_LABEL):
            return static
        static.sort(key=lambda app: app["app_label"] != DynamicModel._meta.app_label)
        entry = tables_entry(request, site_name=self.name, complete=app_label == APP_LABEL)
        return [entry, *static] if entry else static

    # --- Home, and the list of tables ---

    def index(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Greet, list the tables, and tell what happened lately."""
        name = name_of(request.user)
        context = {
            **self._table_list_context(request),
            "title": _("Hello, %(name)s") % {"name": name},
            "activity": fetch_activity(request, models=self._viewable_models(request)),
            "accept": ",".join(readable_extensions()),
            **(extra_context or {}),
        }
        context["app_list"] = [a for a in context["available_apps"] if a["app_label"] != APP_LABEL]
        return TemplateResponse(request, self.index_template, context)

    def app_index(
        self, request: HttpRequest, app_label: str, extra_context: dict | None = None
    ) -> HttpResponse:
        """List the models of an app; the tables with search, folders, counts and last changes."""
        if app_label != APP_LABEL:
            return super().app_index(request, app_label, extra_context)
        context = {
            **self._table_list_context(request),
            "title": _("Tables"),
            "app_label": app_label,
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.table_list_template, context)

    def _table_list_context(self, request: HttpRequest) -> dict:
        request.current_app = self.name
        definitions = get_definitions_admin(self)
        return {
            **self.each_context(request),
            "subtitle": None,
            "tables": TableList(request, site=self),
            "may_define": definitions is not None and definitions.has_add_permission(request),
        }

    def _viewable_models(self, request: HttpRequest) -> list[type[models.Model]]:
        return [
            model for model, model_admin in self._registry.items() if model_admin.has_view_permission(request)
        ]


site = DynamicAdminSite()
