"""The tables a person may see, and what the navigation on every page shows of them."""

from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from typing import Any

from django.apps import apps
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest
from django.urls import reverse

from dynadmin import permissions
from dynadmin.changes import SchemaChange
from dynadmin.conf import conf
from dynadmin.factory import APP_LABEL
from dynadmin.registry import registry
from dynadmin.schema import Schema, TableSchema, target_of

RECENT_KEY = "dynadmin_recent_tables"
RECENT_TABLES = 12
LONGEST_URL = 2000  # Django redirects to no longer ones
PERMISSIONS = ("add", "change", "delete", "view")


def name_of(user: Any) -> str:
    """Return what to call somebody; a project's own class of users need not know short names."""
    short = getattr(user, "get_short_name", str)()
    return short or user.get_username()


def may(user: User | AnonymousUser, action: str, table: TableSchema) -> bool:
    """Say whether the user may "view" (as all who may change), "add", "change" or "delete" a table's rows."""
    return permissions.may(user, action, target_of(table.id))


def may_view(user: User | AnonymousUser, table: TableSchema) -> bool:
    """Say whether the user may see the table."""
    return may(user, "view", table)


def visible_tables(user: User | AnonymousUser) -> Iterator[TableSchema]:
    """Yield the tables the user may see, by folder (those in none first) and label."""
    snapshot = registry.current
    served = (table for table in snapshot.schema.listed_tables if table.id in snapshot.models)
    return (table for table in served if may_view(user, table))


def by_folder(tables: Iterable[TableSchema]) -> Iterator[tuple[str, list[TableSchema]]]:
    """Group sorted tables: pairs of a folder's name, '' for none, and its tables."""
    return ((folder, list(group)) for folder, group in groupby(tables, key=lambda table: table.folder))


def tables_entry(request: HttpRequest, *, site_name: str, complete: bool = False) -> dict[str, Any] | None:
    """Return the entry "Tables" of the admin's list of apps; None if the person may see no table.

    It is on every page, so unless ``complete`` it looks at a bounded number of tables: all if they are few,
    else those the person visited last. Beyond Django's keys it has ``folders`` and ``is_complete``.
    """
    limit = None if complete else conf.SIDEBAR_TABLES + 1
    shown = list(islice(visible_tables(request.user), limit))
    if not shown:
        return None
    is_complete = complete or len(shown) < limit
    if not is_complete:
        shown = _recent(request)
    folders = [
        (folder, [_model_entry(request.user, table, site_name) for table in group])
        for folder, group in by_folder(shown)
    ]
    return {
        "name": apps.get_app_config(APP_LABEL).verbose_name,
        "app_label": APP_LABEL,
        "app_url": tables_url(site_name),
        "has_module_perms": True,
        "models": [entry for _folder, entries in folders for entry in entries],
        "folders": folders,
        "is_complete": is_complete,
    }


def tables_url(site_name: str) -> str:
    """Return the address of the list of tables, below which each table is."""
    return reverse("admin:app_list", kwargs={"app_label": APP_LABEL}, current_app=site_name)


def change_url(change: SchemaChange, *, site_name: str) -> str:
    """Return the address of the page that tells how far a change has come."""
    return reverse("admin:dynadmin_schemachange_change", args=[change.pk], current_app=site_name)


def table_url(table: TableSchema, *, site_name: str) -> str:
    """Return the address of a table's rows; that of a new row is ``add/`` below it.

    The same as reversing by name, which however makes the table's admin: too much for a link.
    """
    return f"{tables_url(site_name)}{table.name}/"


def _model_entry(user: User | AnonymousUser, table: TableSchema, site_name: str) -> dict[str, Any]:
    allowed = {action: may(user, action, table) for action in PERMISSIONS}
    url = table_url(table, site_name=site_name)
    return {
        "model": registry.current.models[table.id],
        "name": table.label,
        "object_name": table.class_name,
        "perms": allowed,
        "admin_url": url,
        "add_url": f"{url}add/" if allowed["add"] else None,
        "view_only": not allowed["change"],
    }


def _recent(request: HttpRequest) -> tuple[TableSchema, ...]:
    """Return the tables the person visited last, in the order of all lists; the current one is a visit."""
    visited = request.session.get(RECENT_KEY, [])
    here = _current_table_id(request)
    if here is not None and here not in visited[:RECENT_TABLES]:
        # Written only when the set changes: a visit of a table already in it costs no query.
        visited = request.session[RECENT_KEY] = [here, *visited][:RECENT_TABLES]
    snapshot = registry.current
    tables = [snapshot.schema.tables[id] for id in visited if id in snapshot.models]
    return Schema.of(table for table in tables if may_view(request.user, table)).listed_tables


def _current_table_id(request: HttpRequest) -> int | None:
    match = request.resolver_match
    prefix = f"{APP_LABEL}_t"
    if match is None or not (match.url_name or "").startswith(prefix):
        return None
    number = match.url_name.removeprefix(prefix).split("_", 1)[0]
    return int(number) if number.isdigit() else None
