"""The rows that refer to a row, on its page: how many by each relation, the first ones, and all in a list."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import AdminSite
from django.db import models
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dynadmin.admin.columns import shorten
from dynadmin.admin.navigation import may, may_view, table_url
from dynadmin.conf import conf
from dynadmin.displays import fetch_texts
from dynadmin.factory import Row
from dynadmin.registry import registry

MOST_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Referring:
    """The rows that refer to a row by one relation. ``rows`` are texts and addresses of the first ones."""

    table: str
    field: str
    count: str
    rows: list[tuple[str, str]]
    list_url: str
    add_url: str


def find_referring(request: HttpRequest, site: AdminSite, row: models.Model) -> list[Referring]:
    """Return what refers to a row, of those tables that the person may see. Three queries a relation."""
    return list(_find(request, site, row)) if isinstance(row, Row) and row.pk else []


def _find(request: HttpRequest, site: AdminSite, row: Row) -> Iterator[Referring]:
    snapshot = registry.current
    for table, field in snapshot.schema.referring_to(row.table_schema.id):
        model = snapshot.models.get(table.id)
        if model is None or not may_view(request.user, table):
            continue
        url = table_url(table, site_name=site.name)
        asked = f"{field.name}__exact={row.pk}"
        rows = model._base_manager.filter(**{field.name: row.pk}).order_by("pk")
        keys = list(rows.values_list("pk", flat=True)[: MOST_SHOWN + 1])
        is_free = not (keys and model._meta.get_field(field.name).unique)
        yield Referring(
            table=table.label or table.name,
            field=field.label or field.name,
            count=_count(rows) if len(keys) > MOST_SHOWN else _words(len(keys)),
            rows=_named(model, keys[:MOST_SHOWN], url),
            list_url=f"{url}?{asked}",
            add_url=f"{url}add/?{field.name}={row.pk}" if is_free and may(request.user, "add", table) else "",
        )


def _named(model: type[Row], keys: list[Any], url: str) -> list[tuple[str, str]]:
    texts = fetch_texts(model, keys)
    return [(shorten(texts.get(pk, f"#{pk}")), f"{url}{pk}/change/") for pk in keys]


def _count(rows: models.QuerySet) -> str:
    counted = rows.order_by()[: conf.LIST_COUNT_LIMIT + 1].count()
    if counted <= conf.LIST_COUNT_LIMIT:
        return _words(counted)
    return _("more than %(count)s rows") % {"count": number_format(conf.LIST_COUNT_LIMIT)}


def _words(count: int) -> str:
    shown = number_format(count, use_l10n=True, force_grouping=True)
    return ngettext("%(count)s row", "%(count)s rows", count) % {"count": shown}
