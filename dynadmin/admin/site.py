"""The admin site: Django's own, whose app "Tables" is whatever the revision in force says it is."""

from django.apps import apps
from django.contrib import admin
from django.contrib.admin import AdminSite, ModelAdmin
from django.db import models
from django.urls import re_path, reverse

from dynadmin.admin.urls import LiveResolver
from dynadmin.factory import APP_LABEL, Row


class DynamicAdminSite(AdminSite):
    """An admin site that follows the registry: tables are reachable in the request after they are made.

    Static models are registered as usual. Tables never are: their pages are made when first asked for and
    kept with the class, so that the cost of a request does not depend on how many tables there are.
    """

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

    # --- Tables ---

    def is_registered(self, model: type[models.Model]) -> bool:
        return issubclass(model, Row) or super().is_registered(model)

    def get_model_admin(self, model: type[models.Model]) -> ModelAdmin:
        """Return the admin of a model; that of a table is made at the first call. Raises NotRegistered."""
        if not issubclass(model, Row):
            return super().get_model_admin(model)
        key = f"admin:{self.name}"
        row_admin = model.derived.get(key)
        if row_admin is None:
            row_admin = model.derived.setdefault(key, self.get_row_admin_class(model)(model, self))
        return row_admin

    def get_row_admin_class(self, model: type[Row]) -> type[ModelAdmin]:
        """Return the class of a table's pages. A hook for subclasses."""
        return ModelAdmin

    def get_urls(self):
        urls = super().get_urls()
        page = re_path(rf"^(?P<app_label>{APP_LABEL})/$", self.admin_view(self.app_index), name="app_list")
        # Before the catch-all, which is last.
        urls.insert(-1, page)
        return urls

    def get_app_list(self, request, app_label=None):
        app_list = super().get_app_list(request, app_label)
        if app_label in (None, APP_LABEL):
            from dynadmin.registry import registry

            rows = [self._entry(request, m) for m in registry.current.models.values()]
            rows = [r for r in rows if r]
            if rows:
                app_list.insert(
                    0,
                    {
                        "name": apps.get_app_config(APP_LABEL).verbose_name,
                        "app_label": APP_LABEL,
                        "app_url": reverse("admin:app_list", args=[APP_LABEL], current_app=self.name),
                        "has_module_perms": True,
                        "models": sorted(rows, key=lambda row: row["name"]),
                    },
                )
        return app_list

    def _entry(self, request, model):
        info = f"admin:{APP_LABEL}_{model._meta.model_name}"
        if not request.user.has_perm(f"{APP_LABEL}.view_{model._meta.model_name}"):
            return None
        return {
            "model": model,
            "name": model._meta.verbose_name_plural,
            "object_name": model._meta.object_name,
            "perms": {"view": True},
            "admin_url": reverse(f"{info}_changelist", current_app=self.name),
            "add_url": reverse(f"{info}_add", current_app=self.name),
        }


site = DynamicAdminSite()
