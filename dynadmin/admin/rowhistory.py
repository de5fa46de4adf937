"""The history of one row: who changed it, when and through what, and each value before and after."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dynadmin.admin.columns import make_column
from dynadmin.admin.relations.cells import TargetRenderer
from dynadmin.admin.revisions.diffs import ADDED, CHANGED, REMOVED, Line
from dynadmin.admin.rowconversions import Conversion, conversions_of
from dynadmin.displays import text_of
from dynadmin.fieldtypes.fields.relations import is_key
from dynadmin.registry import registry
from dynadmin.related import is_relation
from dynadmin.rowhistory import Action, RowChange
from dynadmin.rowhistory.notary import is_history_kept
from dynadmin.rowhistory.reading import (
    changes_of,
    column_of,
    fields_by_key,
    first_made,
    told_values,
    values_when_made,
)
from dynadmin.rowhistory.values import UnreadableValue, decode
from dynadmin.schema import FieldSchema

PER_PAGE = 50
EMPTY = (None, "", [])

WAYS = {
    "form": gettext_lazy("in a form"),
    "api": gettext_lazy("through the API"),
    "import": gettext_lazy("by an import"),
    "bulk": gettext_lazy("with others, by an action"),
    "conversion": gettext_lazy("by a change of the table"),
    "undo": gettext_lazy("by an undo"),
    "code": gettext_lazy("by a program"),
}
WAYS_WITH_NUMBER = {
    "import": gettext_lazy("by import %(unit)d"),
    "undo": gettext_lazy("by the undo of import %(unit)d"),
}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One change of the row, as people read it."""

    at: datetime
    who: str
    words: str
    way: str
    lines: list[Line] = field(default_factory=list)


class RowHistoryMixin(ModelAdmin):
    """The page behind "History"."""

    row_history_template = "dynadmin/rows/history.html"

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the changes of a row, the newest first; also of one that is not there any more."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        pk = row_number(unquote(object_id))
        row = self.model._default_manager.filter(pk=pk).first() if pk is not None else None
        table = self.model.table_schema
        below = row_number(request.GET.get("below", ""))
        changes = changes_of(table.id, pk, below=below, most=PER_PAGE + 1) if pk is not None else []
        if row is None and not changes and below is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        shown, has_more = changes[:PER_PAGE], len(changes) > PER_PAGE
        context = {
            **self.admin_site.each_context(request),
            "title": _("History of row %(id)s") % {"id": pk},
            "subtitle": text_of(row) if row is not None else _("deleted"),
            "opts": self.opts,
            "object": row,
            "media": self.media,
            "entries": self._entries(request, pk, shown, is_last=not has_more, is_first=below is None),
            "older": f"?below={shown[-1].pk}" if has_more else "",
            "is_kept": table.keeps_history and is_history_kept(),
            "log": [] if has_more else self._logged(pk, shown),
            **(extra_context or {}),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, self.row_history_template, context)

    def _entries(
        self, request: HttpRequest, pk: Any, changes: Sequence[RowChange], *, is_first: bool, is_last: bool
    ) -> list[Entry]:
        """Return the entries of a page, conversions of the table that fell into its time among them."""
        drawing = Drawing(request, self.admin_site, self.model)
        since = None if is_last and not first_made(changes) else changes[-1].at if changes else None
        until = None if is_first else changes[0].at if changes else None
        conversions = conversions_of(self.model, pk, since=since, until=until) if pk is not None else []
        entries = [*drawing.entries(changes, pk), *map(drawing.conversion, conversions)]
        return sorted(entries, key=attrgetter("at"), reverse=True)

    def _logged(self, pk: Any, changes: Sequence[RowChange]) -> list[LogEntry]:
        """Return what the log of the admin knows from before the history begins."""
        entries = LogEntry.objects.filter(
            content_type=get_content_type_for_model(self.model), object_id=str(pk)
        )
        if changes:
            entries = entries.filter(action_time__lt=changes[-1].at)
        return list(entries.select_related("user").order_by("-action_time")[:PER_PAGE])


def row_number(text: str) -> int | None:
    """Return the number that a text of an address is; None for anything else."""
    field = models.BigAutoField()
    is_number = text.isascii() and text.isdecimal() and len(text) < 20
    return int(text) if is_number and is_key(field, int(text)) else None


class Drawing:
    """Draws changes of one table's rows for one person, who may not see every table they refer to."""

    def __init__(self, request: HttpRequest, site: Any, model: Any) -> None:
        self._request = request
        self._site = site
        self._model = model
        self._fields = fields_by_key(model.table_schema)
        self._renderers: dict[str, Any] = {}

    def entries(self, changes: Sequence[RowChange], row: int) -> list[Entry]:
        """Return changes of a row as people read them."""
        created = first_made(changes)
        made = values_when_made(self._model, created, row) if created else {}
        told = [(change, *told_values(change, made if change is created else {})) for change in changes]
        self._load(told)
        return [
            Entry(
                at=change.at,
                who=change.author_name,
                words=str(Action(change.action).label),
                way=way_in_words(change),
                lines=list(self._lines(before, after)),
            )
            for change, before, after in told
        ]

    def conversion(self, conversion: Conversion) -> Entry:
        """Return what a conversion of a field made of the row's value."""
        before, after = {conversion.old: conversion.before}, {conversion.new: conversion.after}
        self._load([(None, before, after)])
        line = Line(
            kind=CHANGED,
            what=self._fields[conversion.new].label or self._fields[conversion.new].name,
            before=self._draw(conversion.old, conversion.before),
            after=self._draw(conversion.new, conversion.after),
        )
        who, way = conversion.who, str(WAYS["conversion"])
        return Entry(at=conversion.at, who=who, words=str(Action.CHANGED.label), way=way, lines=[line])

    def _load(self, told: Iterable[tuple[Any, Mapping[str, Any], Mapping[str, Any]]]) -> None:
        """Ask once for all rows that a relation of any entry refers to."""
        ids: dict[str, set[Any]] = {}
        for _change, *sides in told:
            for key, value in ((key, value) for side in sides for key, value in side.items()):
                if key in self._fields and self._fields[key].target:
                    ids.setdefault(key, set()).update(value if isinstance(value, list) else [value])
        for key, found in ids.items():
            renderer = self._renderer(key)
            if isinstance(renderer, TargetRenderer):
                renderer.load(found)

    def _lines(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Line]:
        for key, of in self._fields.items():
            was, made = before.get(key), after.get(key)
            if was in EMPTY and made in EMPTY:
                continue
            kind = ADDED if was in EMPTY else REMOVED if made in EMPTY else CHANGED
            texts = [self._draw(key, value) for value in (was, made)]
            yield Line(kind=kind, what=of.label or of.name, before=texts[0], after=texts[1])

    def _draw(self, key: str, kept: Any) -> str:
        """Return a value that was kept as pages show it; one that nobody can read any more as it is."""
        renderer = self._renderer(key)
        if kept in EMPTY:
            return ""
        if renderer is None:
            return str(kept)
        if isinstance(renderer, TargetRenderer):
            return renderer(kept)
        try:
            return renderer(decode(self._column(key), kept))
        except (UnreadableValue, ValueError, TypeError, AttributeError):
            return str(kept)

    def _renderer(self, key: str) -> Any:
        if key not in self._renderers:
            self._renderers[key] = self._make_renderer(self._fields[key])
        return self._renderers[key]

    def _make_renderer(self, of: FieldSchema) -> Any:
        column = column_of(self._model, of)
        if column is None:
            return None
        if not is_relation(column):
            return make_column(column).render_whole
        target = registry.current.models.get(of.target_table) if of.target_table else column.related_model
        return TargetRenderer(self._request, self._site, column, target) if target is not None else None

    def _column(self, key: str) -> models.Field:
        return column_of(self._model, self._fields[key])


def way_in_words(change: RowChange) -> str:
    """Return through what a change was made; a way that nobody has words for as it was noted."""
    if change.unit is not None and change.via in WAYS_WITH_NUMBER:
        return str(WAYS_WITH_NUMBER[change.via] % {"unit": change.unit})
    return str(WAYS.get(change.via, change.via))
