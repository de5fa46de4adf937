"""Addresses of the admin: the tables' own are looked up in the snapshot of the request, never in a cache.

Django keeps what a URLconf resolves and reverses to for the life of the process. Tables come and go, so the
admin is mounted by a resolver that Django asks each time; it answers with one look-up by name or id.
"""

import re
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

from django.urls import Resolver404, ResolverMatch, URLResolver
from django.urls.resolvers import RoutePattern

from dynadmin.factory import APP_LABEL, Row
from dynadmin.registry import registry

if TYPE_CHECKING:
    from dynadmin.admin.site import DynamicAdminSite

APP_NAME = "admin"
TABLE_VIEW = re.compile(rf"{APP_LABEL}_t(\d+)_")  # tables_t5_changelist
TABLE_PATH = re.compile(rf"{APP_LABEL}/([^/]+)/")  # tables/flights/...


class LiveResolver(URLResolver):
    """Mounts a site at ``prefix``; an item of the root ``urlpatterns``, made by ``DynamicAdminSite.mount``.

    Its own route is empty, as only then does Django hand it the names to reverse: it must not stand under
    ``include()`` with a prefix nor in ``i18n_patterns()``.
    """

    def __init__(self, site: "DynamicAdminSite", prefix: str) -> None:
        self.site = site
        self.prefix = prefix
        self._fixed: tuple[Any, URLResolver] | None = None
        super().__init__(_empty_route(), [], app_name=APP_NAME, namespace=site.name)

    def resolve(self, path: str) -> ResolverMatch:
        """Return the view of a path. Raises Resolver404."""
        path = str(path)
        if not path.startswith(self.prefix):
            raise Resolver404({"tried": [], "path": path})
        model = self._model_at(path)
        if model is not None:
            try:
                return self._resolver_of(model).resolve(path)
            except Resolver404:
                pass  # the site may still know what to do, say append a slash
        return self._fixed_resolver.resolve(path)

    def _reverse_with_prefix(self, lookup_view, _prefix, *args, **kwargs):
        # The one method that reverse() calls on the resolver of a namespace.
        model = self._model_of_view(lookup_view)
        resolver = self._fixed_resolver if model is None else self._resolver_of(model)
        return resolver._reverse_with_prefix(lookup_view, _prefix, *args, **kwargs)

    def _model_at(self, path: str) -> type[Row] | None:
        if match := TABLE_PATH.match(path, len(self.prefix)):
            snapshot = registry.current
            try:
                return snapshot.models.get(snapshot.schema.table_named(match[1]).id)
            except KeyError:
                return None
        return None

    def _model_of_view(self, view: Any) -> type[Row] | None:
        match = TABLE_VIEW.match(view) if isinstance(view, str) else None
        return registry.current.models.get(int(match[1])) if match else None

    def _resolver_of(self, model: type[Row]) -> URLResolver:
        """Return the resolver of one table's pages, kept with its class."""
        key = f"urls:{self.site.name}:{self.prefix}"
        resolver = model.derived.get(key)
        if resolver is None:
            route = f"{self.prefix}{APP_LABEL}/{model.table_schema.name}/"
            resolver = self._mounted(route, self.site.get_model_admin(model).urls)
            model.derived[key] = resolver
        return resolver

    @property
    def _fixed_resolver(self) -> URLResolver:
        """The resolver of all that is no table's, made anew when a model was registered since."""
        registered = self.site.registrations
        if self._fixed is None or self._fixed[0] != registered:
            self._fixed = (registered, self._mounted(self.prefix, self.site.get_urls()))
        return self._fixed[1]

    def _mounted(self, route: str, patterns: list) -> URLResolver:
        inner = PassingResolver(RoutePattern(route, is_endpoint=False), patterns)
        return PassingResolver(_empty_route(), [inner], app_name=APP_NAME, namespace=self.namespace)

    # --- What Django's own resolvers and checks ask of a resolver they find in a URLconf ---

    @property
    def url_patterns(self) -> list:
        return self._fixed_resolver.url_patterns

    def _populate(self) -> None:
        self._populated = True

    @property
    def reverse_dict(self):
        return self._fixed_resolver.reverse_dict

    @property
    def namespace_dict(self):
        return self._fixed_resolver.namespace_dict

    @property
    def app_dict(self):
        return self._fixed_resolver.app_dict


class PassingResolver(URLResolver):
    """A resolver that can be thrown away.

    Django's own writes a context variable while it collects names, and a thread's context never lets go of a
    variable: each changed table would leave something behind in each thread that serves it.
    """

    def _populate(self) -> None:
        copy_context().run(super()._populate)


def _empty_route() -> RoutePattern:
    return RoutePattern("", is_endpoint=False)
