"""Searching a table also by what the rows are called that its rows refer to."""

from django.contrib.admin import AdminSite
from django.db import models
from django.db.models import Q
from django.http import HttpRequest

from dynadmin.admin.relations.targets import (
    admin_of,
    condition_on_word,
    may_see,
    search_targets,
)
from dynadmin.factory import Row
from dynadmin.related import fields_of, is_relation, link_columns

# Each is a table that is looked through for each word.
MOST_RELATIONS = 8


class RelatedSearch:
    """Looks into the names of rows that a table refers to, of those tables only that the person may see."""

    def __init__(self, request: HttpRequest, site: AdminSite, model: type[models.Model]) -> None:
        self.request, self.site = request, site
        relations = (field for field in fields_of(model) if is_relation(field))
        seen = [field for field in relations if may_see(request, site, field.remote_field.model)]
        self.fields = seen[:MOST_RELATIONS]

    def condition(self, word: str) -> Q:
        """Return the condition that a row refers to one whose name has the word."""
        found = Q(pk__in=[])
        for field in self.fields:
            found |= self._condition(field, word)
        return found

    def _condition(self, field: models.Field, word: str) -> Q:
        keys = self._called(field.remote_field.model, word).order_by().values("pk")
        if not field.many_to_many:
            return Q(**{f"{field.name}__in": keys})
        through = field.remote_field.through._base_manager
        source, target = link_columns(field)
        return Q(pk__in=through.filter(**{f"{target}__in": keys}).values(source))

    def _called(self, target: type[models.Model], word: str) -> models.QuerySet:
        rows = target._base_manager.all()
        if issubclass(target, Row):
            return rows.filter(condition_on_word(target, word))
        text = word if '"' in word else f'"{word}"'  # one word, whatever is in it
        return search_targets(self.request, admin_of(self.site, target), rows, text)
