"""The fields of a table as those of a model of an app, whose relations are to other models of apps."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.apps import apps
from django.db import models

from dynadmin.fieldtypes.relations import NO_REVERSE
from dynadmin.plan import Release, refer_to_models
from dynadmin.schema import FieldSchema, Schema, TableSchema
from dynadmin.takenover import TABLE_PREFIX, ordinary_models

Labels = Mapping[int, str]  # of models, by the id of the table that is or becomes theirs


def taken_labels() -> dict[int, str]:
    """Return the labels of the models that have a table already, by its id."""
    taken = ((table.removeprefix(TABLE_PREFIX), model) for table, model in ordinary_models().items())
    return {int(number): model._meta.label for number, model in taken if number.isdecimal()}


def as_referring_to_models(table: TableSchema, labels: Labels, schema: Schema) -> TableSchema:
    """Return a table as it is when these models have their tables."""
    releases = {
        id: Release(table=schema.tables.get(id, table), model=label)
        for id, label in labels.items()
        if id in schema.tables or id == table.id
    }
    return refer_to_models(table, releases)


def app_fields(model: Any, table: TableSchema, labels: Labels) -> Iterator[tuple[str, models.Field]]:
    """Yield the fields of a table's class by name, as those of a model of an app.

    ``table`` is the table as it refers to models, ``labels`` are theirs.
    """
    by_name = {field.name: field for field in table.live_fields}
    for field in (*model._meta.local_fields, *model._meta.local_many_to_many):
        known = by_name.get(field.name)
        is_relation = known is not None and known.target
        yield field.name, _related(field, table, known, labels) if is_relation else field.clone()


def _related(field: models.Field, table: TableSchema, known: FieldSchema, labels: Labels) -> models.Field:
    _name, _path, args, kwargs = field.deconstruct()
    if known.target in {*labels.values(), *taken_labels().values()}:
        kwargs |= {"to": known.target, "related_name": _reverse_name(table, known)}
    if limit := known.options.get("limit"):
        kwargs["limit"] = tuple(limit)
    if known.stored == "links":
        kwargs["db_table"] = known.link_table
    return type(field)(*args, **kwargs)


def _reverse_name(table: TableSchema, field: FieldSchema) -> str:
    """Return what rows of the model call those that refer to them; nothing if that is taken."""
    name = str(field.options.get("related_name") or NO_REVERSE)
    app_label, model_name = field.target.split(".")
    there = apps.all_models[app_label].get(model_name.lower())
    if there is None:
        return name
    # The class may be there already, and what is missing is its migration.
    own = {r.get_accessor_name() for r in there._meta.related_objects if _table_of(r) == table.db_table}
    return name if name in own or not hasattr(there, name) else NO_REVERSE


def _table_of(relation: Any) -> str:
    return relation.related_model._meta.db_table
