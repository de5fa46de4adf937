"""The model fields of a table as the database has it, for a schema editor."""

from collections.abc import Collection

from django.db import models
from django.db.models.fields import NOT_PROVIDED

from dynadmin.factory.fields import build_field
from dynadmin.schema import FieldSchema, TableSchema


def physical_fields(table: TableSchema, *, plain: Collection[str]) -> dict[str, models.Field]:
    """Return the model fields of all columns, those of retired fields included, by column.

    ``plain`` columns have no rules yet, as they are still being filled.
    """
    # Attributes are columns here: a retired field's name may be another's by now.
    return {
        field.column: _physical_field(table, field, is_plain=field.column in plain) for field in table.columns
    }


def _physical_field(table: TableSchema, field: FieldSchema, *, is_plain: bool) -> models.Field:
    model_field = build_field(field)
    # A schema editor would make a value in Python once, and give it to every row that exists.
    model_field.default = NOT_PROVIDED
    for stamp in ("auto_now", "auto_now_add"):
        if hasattr(model_field, stamp):
            setattr(model_field, stamp, False)
    if is_plain or _is_left_empty(field, model_field):
        model_field.null = True
        model_field.db_default = NOT_PROVIDED
    if is_plain:
        model_field._unique = model_field.db_index = False
    if field.target:
        _make_physical(model_field, field)
        model_field.db_constraint = not (is_plain or table.retired or field.retired or field.conversion)
    return model_field


def _make_physical(model_field: models.Field, field: FieldSchema) -> None:
    """Leave of a relation what the database knows."""
    rel = model_field.remote_field
    rel.related_name = model_field._related_name = f"{field.column}+"
    rel.on_delete = models.DO_NOTHING
    rel.limit_choices_to, model_field.limit = {}, ()


def _is_left_empty(field: FieldSchema, model_field: models.Field) -> bool:
    """Whether rows written from now on have no value in the column."""
    if field.conversion:
        return True
    return field.retired and (model_field.unique or not model_field.has_db_default())
