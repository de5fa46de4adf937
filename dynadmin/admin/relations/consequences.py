"""What else goes when rows are deleted, what is emptied, and what forbids it: for a page that asks first.

Rows are followed by their ids, as many as a page can say something of; whoever deletes more asks again with
each batch.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Any

from django.contrib.admin import AdminSite
from django.db import models
from django.db.models.deletion import get_candidate_relations_to_delete
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dynadmin.admin.columns import shorten
from dynadmin.admin.relations.targets import admin_of, may_see, row_url
from dynadmin.displays import fetch_texts

MOST_FOLLOWED = 10_000
MOST_SHOWN = 10
BATCH = 500

Model = type[models.Model]


class Consequences:
    """What deleting rows of one model does, each part by the relation it comes of.

    ``deleted`` are ids of other rows that go too, ``emptied`` those that lose what they refer to,
    ``protecting`` those that forbid it. Without ``is_complete`` there are more than were looked at.
    """

    def __init__(self, model: Model, ids: Iterable[Any]) -> None:
        self.deleted: dict[models.Field, list[Any]] = defaultdict(list)
        self.emptied: dict[models.Field, list[Any]] = defaultdict(list)
        self.protecting: dict[models.Field, list[Any]] = defaultdict(list)
        self.is_complete = True
        self._known: dict[Model, set[Any]] = defaultdict(set)
        self._room = MOST_FOLLOWED
        if any(_relations_to(model)):
            given = list(islice(ids, MOST_FOLLOWED + 1))
            self.is_complete = len(given) <= MOST_FOLLOWED
            self._follow(model, given[:MOST_FOLLOWED])

    def _follow(self, model: Model, ids: list[Any]) -> None:
        self._known[model].update(ids)
        waiting = [(model, ids)]
        while waiting:
            target, ids = waiting.pop()
            for relation in _relations_to(target):
                found = self._referring(relation, ids)
                waiting += [(relation.related_model, found)] if found else []

    def _referring(self, relation: Any, ids: list[Any]) -> list[Any]:
        """Note what a relation does to the rows that refer to these; return those that are deleted."""
        field, action = relation.field, relation.on_delete
        if action is models.CASCADE:
            known = self._known[field.model]
            found = [pk for pk in self._rows(field, ids) if pk not in known]
            known.update(found)
            self.deleted[field] += found
            return found
        place = self.protecting if action in (models.PROTECT, models.RESTRICT) else self.emptied
        place[field] += self._rows(field, ids)
        return []

    def _rows(self, field: models.Field, ids: list[Any]) -> list[Any]:
        rows = field.model._base_manager.order_by("pk")
        found: list[Any] = []
        for start in range(0, len(ids), BATCH):
            there = rows.filter(**{f"{field.name}__in": ids[start : start + BATCH]})
            found += there.values_list("pk", flat=True)[: self._room + 1 - len(found)]
            if len(found) > self._room:
                self.is_complete = False
                break
        self._room = max(0, self._room - len(found))
        return found


def _relations_to(model: Model) -> Iterator[Any]:
    """Yield what decides on the deletion of the model's rows; links go with either of their rows."""
    for relation in get_candidate_relations_to_delete(model._meta):
        if not relation.related_model._meta.auto_created and relation.on_delete is not models.DO_NOTHING:
            yield relation


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
        tables = {field.model for field, ids in self._found.deleted.items() if ids}
        return {self._table(model) for model in tables if not self._may_delete(model)}

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
