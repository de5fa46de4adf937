"""System checks of an installation: each has an id, says what is wrong and what to do."""

from collections.abc import Collection

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Warning
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.urls import URLPattern, URLResolver, get_resolver

from dynadmin.admin.urls import LiveResolver
from dynadmin.conf import SETTINGS, conf
from dynadmin.executor.drift import find_current_drift
from dynadmin.kinds import kinds
from dynadmin.revisions import latest_revision_id

ENGINES = {"sqlite", "postgresql"}
MIDDLEWARE = "dynadmin.middleware.SchemaRevisionMiddleware"


def check_installation(**kwargs) -> list[CheckMessage]:
    """Return what keeps dynadmin from working in this project."""
    return [
        *_check_engine(),
        *_check_apps(),
        *_check_middleware(),
        *_check_requests(),
        *_check_settings(),
        *_check_mount(),
    ]


def check_drift(databases: Collection[str] | None = None, **kwargs) -> list[CheckMessage]:
    """Return where the database differs from what is in force, if this database is asked about."""
    if DEFAULT_DB_ALIAS not in (databases or ()):
        return []
    try:
        found = find_current_drift(notes=True) if latest_revision_id() else []
    except DatabaseError:
        # A database older than this program: "migrate" asks this before it mends that.
        return []
    return [
        (Info if drift.is_note else Warning)(drift.what, hint=drift.hint, obj=drift.table, id=drift.id)
        for drift in found
    ]


def _check_engine() -> list[CheckMessage]:
    vendor = connections["default"].vendor
    if vendor in ENGINES:
        return []
    return [
        Error(
            f"dynadmin works on SQLite and PostgreSQL, not on {vendor}.",
            hint="Point DATABASES['default'] at a PostgreSQL 15 or newer, or at an SQLite file.",
            id="dynadmin.E001",
        )
    ]


def _check_apps() -> list[CheckMessage]:
    if apps.is_installed("dynadmin.tables"):
        return []
    return [
        Error(
            "The app that holds the dynamic tables is not installed.",
            hint="Add *dynadmin.APPS to INSTALLED_APPS.",
            id="dynadmin.E002",
        )
    ]


def _check_middleware() -> list[CheckMessage]:
    if MIDDLEWARE in settings.MIDDLEWARE:
        return []
    return [
        Error(
            "Requests would not notice tables that other processes change.",
            hint=f"Add {MIDDLEWARE!r} to MIDDLEWARE.",
            id="dynadmin.E003",
        )
    ]


def _check_requests() -> list[CheckMessage]:
    if not connections["default"].settings_dict["ATOMIC_REQUESTS"]:
        return []
    return [
        Error(
            "With ATOMIC_REQUESTS no table can be made or changed from the admin: "
            "a schema change needs a transaction of its own.",
            hint="Set ATOMIC_REQUESTS to False, and decorate the views that need it with transaction.atomic.",
            id="dynadmin.E004",
        )
    ]


def _check_settings() -> list[CheckMessage]:
    known = ", ".join(sorted(SETTINGS))
    unknown_kind = Error(
        f"DYNADMIN['DEFAULT_KIND'] is {conf.DEFAULT_KIND!r}, which is no kind of tables.",
        hint=f"There are: {', '.join(kind.slug for kind in kinds)}.",
        id="dynadmin.E007",
    )
    return [
        *([] if conf.DEFAULT_KIND in kinds else [unknown_kind]),
        *_check_names(known),
    ]


def _check_names(known: str) -> list[CheckMessage]:
    return [
        Error(f"DYNADMIN has no setting {name!r}.", hint=f"There are: {known}.", id="dynadmin.E005")
        for name in sorted(set(getattr(settings, "DYNADMIN", {})) - set(SETTINGS))
    ]


def _check_mount() -> list[CheckMessage]:
    if not getattr(settings, "ROOT_URLCONF", None):
        return []
    nested = [item for item in get_resolver().url_patterns if not isinstance(item, LiveResolver)]
    if not any(map(_holds_admin, nested)):
        return []
    return [
        Error(
            "The admin of the tables stands below include() or i18n_patterns(), where its addresses "
            "cannot be reversed.",
            hint="Put site.mount('the/whole/prefix/') into the root urlpatterns itself.",
            id="dynadmin.E006",
        )
    ]


def _holds_admin(item: URLPattern | URLResolver) -> bool:
    if isinstance(item, LiveResolver):
        return True
    return isinstance(item, URLResolver) and any(map(_holds_admin, item.url_patterns))
