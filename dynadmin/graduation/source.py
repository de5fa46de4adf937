"""The class of a model, as Python source, for a table as it is in force."""

import ast
import textwrap
from collections.abc import Iterator
from typing import Any

from django.db import models

from dynadmin.computed import source_of
from dynadmin.displays import RowText
from dynadmin.factory import build_models
from dynadmin.graduation.expressions import Imports, expression, layout
from dynadmin.graduation.fields import Labels, app_fields, as_referring_to_models
from dynadmin.schema import FieldSchema, Schema, TableSchema

INDENT = " " * 4
NO_LABELS: Labels = {}


def class_source(
    table: TableSchema,
    name: str,
    imports: Imports,
    *,
    labels: Labels = NO_LABELS,
    schema: Schema | None = None,
) -> str:
    """Return the class; what it needs of other modules is noted in ``imports``.

    ``labels`` are those of models that have or get their tables, ``schema`` is the one in force.
    """
    schema = schema or Schema.of([table])
    model = build_models([table])[table.id]
    fields = app_fields(model, as_referring_to_models(table, labels, schema), labels)
    base = f"{imports.name_of('django.db.models')}.Model"
    parts = [
        [_docstring(table)],
        [_assignment_of(name, field, imports) for name, field in fields],
        list(_left_columns(table)),
        list(_left_computed(table, schema)),
        ["class Meta:", textwrap.indent("\n".join(_meta(model, imports)), INDENT)],
        _str(table, model),
    ]
    body = "\n\n".join("\n".join(lines) for lines in parts if lines)
    return f"class {name}({base}):\n{textwrap.indent(body, INDENT)}\n"


def _docstring(table: TableSchema) -> str:
    text = (table.description or f"A row of {table.label or table.name}.").strip()
    text = text.replace("\\", "\\\\").replace('"', '\\"') if '"' in text or "\\" in text else text
    return f'"""{text}"""'


def _assignment_of(name: str, field: models.Field, imports: Imports) -> str:
    # Django sets this on every primary key by itself.
    value = expression(field, imports, without=["serialize"] if field.primary_key else [])
    return _assignment(name, value, INDENT)


def _assignment(name: str, value: ast.expr, outer: str) -> str:
    """Return a statement as it stands behind ``outer``, without that."""
    text = layout(value, len(outer), used=len(name) + 3)
    return f"{name} = {text}".replace(f"\n{outer}", "\n")


def _left_columns(table: TableSchema) -> Iterator[str]:
    """Yield comments on what the table has beside the fields that people see."""
    gone = [*table.retired_fields, *table.originals]
    if left := [field for field in gone if field.stored == "column"]:
        yield f"# {table.db_table} also has these columns, which this class does not use:"
    for field in left:
        yield f"# {field.column}: {_told(field)}"
    for field in table.links:
        if field.retired:
            yield f"# The table {field.link_table} has the links of {_told(field)}."


def _left_computed(table: TableSchema, schema: Schema) -> Iterator[str]:
    """Yield comments on the fields that a class cannot have, as nothing is stored of them."""
    if table.computed:
        yield "# Computed from related rows, which a query can annotate:"
    for field in table.computed:
        other, source = source_of(schema, table, field)
        relation = schema.table_with_field(field.sources[0]).field(field.sources[0])
        of = f"{other.name}.{source.name}" if source else other.name
        what = field.options.get("function") or "value"
        yield f"# {field.name}: the {what} of {of} by {relation.name}"


def _told(field: FieldSchema) -> str:
    what = "the values before a conversion of" if field.conversion else "the deleted field"
    return " ".join(f"{what} “{field.label or field.name}”".split())


def _meta(model: type[models.Model], imports: Imports) -> Iterator[str]:
    for name, value in meta_options(model).items():
        yield _assignment(name, expression(value, imports), INDENT * 2)


def meta_options(model: type[models.Model]) -> dict[str, Any]:
    """Return what Meta says of the class."""
    options = model._meta
    told = {
        "db_table": options.db_table,
        "verbose_name": str(options.verbose_name),
        "verbose_name_plural": str(options.verbose_name_plural),
        "constraints": list(options.constraints),
        "indexes": list(options.indexes),
    }
    return {name: value for name, value in told.items() if value}


def _str(table: TableSchema, model: type[models.Model]) -> list[str]:
    """Return a ``__str__`` that names a row as the table did, by what was written for it or by its texts."""
    text = RowText(table, model._meta.local_concrete_fields)
    if text.is_given:
        parts = [
            ast.Constant(part) if isinstance(part, str) else _told_in(part) for part in text.parts if part
        ]
        named = ast.unparse(ast.JoinedStr(parts))
    else:
        named = " or ".join([*(f"self.{field.name}" for field in text.fields[:3]), 'f"#{self.pk}"'])
    return ["def __str__(self):", f"{INDENT}return {named}"]


def _told_in(field: models.Field) -> ast.FormattedValue:
    """Return the value of a field as part of a text: that of a choice by its label, none as nothing."""
    value = f"self.get_{field.name}_display()" if field.choices else f"self.{field.name}"
    told = f"'' if self.{field.name} is None else {value}" if field.null else value
    return ast.FormattedValue(ast.parse(told, mode="eval").body, -1)
