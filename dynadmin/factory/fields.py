"""The model fields of a table as people work with it."""

from django.db import models

from dynadmin.fieldtypes import field_types
from dynadmin.fieldtypes.relations import NO_REVERSE
from dynadmin.schema import FieldSchema, TableSchema
from dynadmin.takenover import APP_LABEL


def build_fields(table: TableSchema) -> dict[str, models.Field]:
    """Return the model fields of a table by name, in order."""
    return {field.name: build_field(field) for field in table.live_fields if field.stored != "computed"}


def build_field(field: FieldSchema) -> models.Field:
    """Return the model field of one column. Raises UnknownFieldType."""
    model_field = field_types[field.type].model_field(field.options)
    model_field.verbose_name = model_field._verbose_name = field.label or field.name
    if field.stored == "column":
        model_field.db_column = field.column
    model_field.field_id = field.id
    if field.target:
        _name_reverse(model_field, field)
    if field.stored == "links":
        model_field.remote_field.through = f"{APP_LABEL}.{field.link_class}"
        model_field.remote_field.through_fields = ("source", "target")
    return model_field


def _name_reverse(model_field: models.Field, field: FieldSchema) -> None:
    """Have a relation without a name from the other side hidden there, under a name that no other has.

    Nothing is ever added to a static model: it may have an attribute of the name, now or later.
    """
    rel = model_field.remote_field
    if field.target_table is None or rel.related_name in {None, "", NO_REVERSE}:
        rel.related_name = model_field._related_name = f"c{field.id:d}{NO_REVERSE}"
