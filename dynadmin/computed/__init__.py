"""Fields that are computed from related rows: their expressions, and what their values are like."""

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models

from dynadmin.computed.expressions import Computation, annotated
from dynadmin.computed.managers import ComputedAttribute, RowManager, with_computed
from dynadmin.computed.outputs import output_of, shows_elsewhere, source_of
from dynadmin.exceptions import RefusedChange
from dynadmin.permissions import may
from dynadmin.schema import FieldSchema, Schema, TableSchema, target_of

__all__ = [
    "Computation",
    "RowManager",
    "annotated",
    "compute",
    "computed_fields",
    "may_see",
    "output_of",
    "shows_elsewhere",
    "source_of",
    "with_computed",
]


logger = logging.getLogger(__name__)


def compute(models_by_table: Mapping[int, Any]) -> None:
    """Give classes that were made together their computed fields."""
    schema = Schema.of(model.table_schema for model in models_by_table.values())
    for model in models_by_table.values():
        for field in model.table_schema.computed:
            try:
                output = output_of(schema, model.table_schema, field)
            except RefusedChange as error:  # what it is made of has a type that is gone
                logger.error("A field is not served. %s", error)
                continue
            output.set_attributes_from_name(field.name)
            output.column, output.concrete, output.model = None, False, model
            output.verbose_name = field.label or field.name
            output.field_id = field.id
            output.tables = frozenset(_tables(schema, model.table_schema, field))
            model.computations[field.name] = _computation(schema, models_by_table, model, field, output)
            setattr(model, field.name, ComputedAttribute(output))


def _computation(
    schema: Schema, made: Mapping[int, Any], model: Any, field: FieldSchema, output: models.Field
) -> Computation:
    other, source = source_of(schema, model.table_schema, field)
    owner = schema.table_with_field(field.sources[0])
    return Computation(
        relation=made[owner.id]._meta.get_field(owner.field(field.sources[0]).name),
        rows=made[other.id],
        source=source.name if source else "",
        output=output,
        function=field.options.get("function", ""),
        limit=tuple(field.options.get("limit", ())),
    )


def _tables(schema: Schema, table: TableSchema, field: FieldSchema) -> Iterable[int]:
    """Yield the ids of all tables that a computed field reads."""
    other, source = source_of(schema, table, field)
    yield other.id
    if source is not None and source.stored == "computed":
        yield from _tables(schema, other, source)


def computed_fields(model: type[models.Model]) -> dict[str, models.Field]:
    """Return the computed fields of a class by name; none of a static model."""
    return {name: each.output for name, each in getattr(model, "computations", {}).items()}


def may_see(user: Any, field: models.Field) -> bool:
    """Whether a person may see a field, if it is computed: then it shows what is in other tables."""
    return all(may(user, "view", target_of(table)) for table in getattr(field, "tables", ()))
