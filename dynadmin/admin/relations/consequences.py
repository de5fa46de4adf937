"""The consequences of deleting rows in words, for a page that asks first."""

from collections.abc import Collection, Iterator
from typing import Any

from django.contrib.admin import AdminSite
from django.db import models
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dynadmin.admin.columns import shorten
from dynadmin.admin.relations.targets import admin_of, may_see, row_url
from dynadmin.displays import fetch_texts
from dynadmin.related import MOST_FOLLOWED, Consequences

MOST_SHOWN = 10

Model = type[models.Model]


class ToldConsequences:
    """Consequences in words, as one person may see them: nested lists for Django's ``unordered_list``."""

    def __init__(self, request: HttpRequest, site: AdminSite, consequences: Consequences) -> None:
        self._request, self._site, self._found = request, site, consequences

    @property
    def effects(self) -> list[Any]:
        """What is deleted and what is emptied."""
        deleted = _("%(rows)s of %(table)s, by field “%(field)s”, deleted too")
        emptied = _("%(rows)s of %(table)s: field “%(field)s” emptied")
        told = [*self._told(self._found.deleted, deleted), *self._told(self._found.emptied, emptied)]
        return told if self._found.is_complete else [*told, _("… and more")]

    @property
    def obstacles(self) -> list[Any]:
        """What forbids it."""
        return list(self._told(self._found.protecting, _("%(rows)s of %(table)s, by field “%(field)s”")))

    @property
    def lacking(self) -> set[str]:
        """The tables of which rows would go that the person may not delete."""
        return {self._table(m) for m in self._found.deleted_models if not self._may_delete(m)}

    def _may_delete(self, model: Model) -> bool:
        shown_by = admin_of(self._site, model)
        return shown_by is not None and shown_by.has_delete_permission(self._request)

    def _table(self, model: Model) -> str:
        if may_see(self._request, self._site, model):
            return _("“%(table)s”") % {"table": model._meta.verbose_name_plural}
        return _("a table that you may not see")

    def _told(self, rows: dict[models.Field, list[Any]], sentence: str) -> Iterator[Any]:
        """Yield a sentence, and the list of the first rows it is about, for each relation."""
        for field, ids in rows.items():
            if not ids:
                continue
            is_seen = may_see(self._request, self._site, field.model)
            label = field.verbose_name if is_seen else "…"
            words = {"rows": self._number(len(ids)), "table": self._table(field.model), "field": label}
            yield sentence % words
            if is_seen:
                yield list(self._links(field.model, ids))

    def _number(self, count: int) -> str:
        shown = number_format(count, use_l10n=True, force_grouping=True)
        if not self._found.is_complete and count >= MOST_FOLLOWED:
            return _("more than %(count)s rows") % {"count": shown}
        return ngettext("%(count)s row", "%(count)s rows", count) % {"count": shown}

    def _links(self, model: Model, ids: Collection[Any]) -> Iterator[str]:
        shown = list(ids)[:MOST_SHOWN]
        texts = fetch_texts(model, shown)
        for pk in shown:
            url = row_url(self._site, model, pk)
            yield format_html('<a href="{}">{}</a>', url, shorten(texts.get(pk, f"#{pk}")))
        if len(ids) > MOST_SHOWN:
            yield _("… and %(count)s more") % {"count": number_format(len(ids) - MOST_SHOWN)}
