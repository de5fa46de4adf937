"""Cells of relations: what the rows are called that a row refers to, each a link, one query a relation."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from django.contrib.admin import AdminSite
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join

from dynadmin.admin.columns import EMPTY, Column, make_column, shorten
from dynadmin.admin.relations.targets import may_see, row_url
from dynadmin.displays import fetch_texts
from dynadmin.related import fetch_links, is_relation

# Links of one row that a cell shows; of more it says that there are.
MOST_LINKS = 5


class TargetRenderer:
    """Draws ids as what the rows with them are called, once ``load`` has asked for those texts."""

    def __init__(
        self,
        request: HttpRequest,
        site: AdminSite,
        field: models.Field,
        model: type[models.Model] | None = None,
    ) -> None:
        self.model = model or field.remote_field.model
        self.is_seen = may_see(request, site, self.model)
        self.texts: dict[Any, str] = {}
        self._site = site

    def load(self, ids: Iterable[Any]) -> None:
        if self.is_seen:
            self.texts |= fetch_texts(self.model, set(ids) - {None, *self.texts})

    def __call__(self, value: Any) -> str:
        if not isinstance(value, list):
            return self._draw(value)
        shown = format_html_join(", ", "{}", ((self._draw(pk),) for pk in value[:MOST_LINKS]))
        return format_html("{}, …", shown) if len(value) > MOST_LINKS else shown or EMPTY

    def words(self, pk: Any) -> str:
        """Return what the row with this id is called; its id, for whoever may not see it."""
        return self.texts.get(pk, f"#{pk}")

    def _draw(self, pk: Any) -> str:
        words = shorten(self.words(pk))
        if pk not in self.texts:
            return words
        before, after = self._address
        return format_html('<a href="{}{}{}">{}</a>', before, pk, after, words)

    @cached_property
    def _address(self) -> tuple[str, str]:
        """What stands before and after the key in the address of a row."""
        before, _zero, after = row_url(self._site, self.model, 0).rpartition("0")
        return before, after


def make_columns(request: HttpRequest, site: AdminSite, fields: Iterable[models.Field]) -> list[Column]:
    """Return the columns of fields as one person sees them. ``load_targets`` has to be told of the rows."""
    return [make_column_for(request, site, field) for field in fields]


def make_column_for(request: HttpRequest, site: AdminSite, field: models.Field) -> Column:
    column = make_column(field)
    if not is_relation(field):
        return column
    attribute = f"_links_of_{field.name}" if field.many_to_many else field.attname
    return replace(column, attribute=attribute, render=TargetRenderer(request, site, field))


def load_targets(columns: Iterable[Column], rows: Sequence[models.Model]) -> None:
    """Fetch what the columns that are relations show of the rows."""
    for column in columns:
        if not isinstance(column.render, TargetRenderer):
            continue
        if column.field.many_to_many:
            links = fetch_links(column.field, [row.pk for row in rows], most=MOST_LINKS + 1)
            for row in rows:
                row.__dict__[column.attribute] = links.get(row.pk, [])
            column.render.load({pk for ids in links.values() for pk in ids})
        else:
            column.render.load({getattr(row, column.attribute) for row in rows})
