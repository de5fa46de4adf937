"""A field as a rule sees it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models

from dynadmin.constraints.comparing import Family, family_of
from dynadmin.fieldtypes import field_types
from dynadmin.schema import ConstraintSchema, FieldSchema, TableSchema


@dataclass(frozen=True, kw_only=True)
class Part:
    """A field that a rule stands on: what the class calls it, what people do, and its model field."""

    name: str
    label: str
    field: models.Field

    @property
    def family(self) -> Family | None:
        return family_of(self.field)


Parts = Mapping[int, Part]


def parts_of(constraint: ConstraintSchema, table: TableSchema, *, physical: bool = False) -> Parts:
    """Return the fields that a rule stands on, by id. Raises KeyError and UnknownFieldType.

    With ``physical`` they are called as on the classes that DDL runs on: by their columns.
    """

    def part(schema: FieldSchema) -> Part:
        name = schema.column if physical else schema.name
        field = field_types[schema.type].model_field(schema.options)
        return Part(name=name, label=schema.label or schema.name, field=field)

    return {id: part(table.field(id)) for id in constraint.field_ids}
