"""The fields of rows, relations among them, and the ids that rows are linked to."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber

from dynadmin.computed import computed_fields


def fields_of(model: type[models.Model]) -> list[models.Field]:
    """Return the fields of a row but for its key, links and computed ones among them, in their order."""
    opts = model._meta
    fields = {f.name: f for f in (*opts.concrete_fields, *opts.many_to_many) if not f.primary_key}
    if not hasattr(model, "table_schema"):
        return list(fields.values())
    fields |= computed_fields(model)
    return [fields[f.name] for f in model.table_schema.live_fields if f.name in fields]


def is_relation(field: models.Field) -> bool:
    """Whether the field refers to rows, one or many."""
    return isinstance(field, models.ForeignKey | models.ManyToManyField)


def link_columns(field: models.ManyToManyField) -> tuple[str, str]:
    """Return the attributes of a link that have the id of the row and of what it is linked to."""
    return f"{field.m2m_field_name()}_id", f"{field.m2m_reverse_field_name()}_id"


def links_of(field: models.ManyToManyField, row: models.Model) -> QuerySet:
    """Return the ids that a row is linked to, in their order; none of a row that is not saved yet."""
    source, target = link_columns(field)
    links = field.remote_field.through._base_manager.order_by(target).values_list(target, flat=True)
    return links.filter(**{source: row.pk}) if row.pk is not None else links.none()


def fetch_links(
    field: models.ManyToManyField, ids: Iterable[Any], *, most: int | None = None
) -> dict[Any, list[Any]]:
    """Return the ids that each of the rows is linked to, by its id; at most so many of each. One query."""
    ids = list(ids)
    source, target = link_columns(field)
    links = field.remote_field.through._base_manager.filter(**{f"{source}__in": ids}).order_by(target)
    if most is not None:
        place = Window(RowNumber(), partition_by=F(source), order_by=F(target).asc())
        links = links.annotate(place=place).filter(place__lte=most)
    found = defaultdict(list)
    for row, pk in links.values_list(source, target) if ids else ():
        found[row].append(pk)
    return dict(found)
