"""How a column is made as it should be: by ALTER TABLE on PostgreSQL, by a new table on SQLite."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from copy import copy
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Field, Index, Model
from django.utils.translation import gettext as _

from dynadmin.exceptions import RefusedChange
from dynadmin.executor.belongings import belongings_kept
from dynadmin.executor.ddl import flush
from dynadmin.executor.drift.defaults import default_of
from dynadmin.executor.drift.state import State
from dynadmin.executor.guards import create_guard
from dynadmin.executor.inspection import Column
from dynadmin.executor.strangers import Literal, add_strangers
from dynadmin.executor.viewgrants import fetch_grants
from dynadmin.executor.views import create_view, drop_view, view_name
from dynadmin.factory import build_models
from dynadmin.schema import TableSchema

NOTHING: Mapping[str, Column] = MappingProxyType({})


def mend_column(
    editor: BaseDatabaseSchemaEditor,
    state: State,
    table: TableSchema,
    column: str,
    clause: str,
    **changes: Any,
) -> None:
    """Change one column: PostgreSQL is told the clause, SQLite gets a table whose column has the changes."""
    quote = connection.ops.quote_name
    if connection.vendor == "sqlite":
        rebuild(editor, state, table, {column: replace(state.columns[table.db_table][column], **changes)})
        return
    with view_put_aside(editor, table) if clause.startswith("TYPE") else nullcontext():
        # Without parameters, as a default may have a "%" in it.
        editor.execute(f"ALTER TABLE {quote(table.db_table)} ALTER COLUMN {quote(column)} {clause}", None)


@contextmanager
def view_put_aside(editor: BaseDatabaseSchemaEditor, table: TableSchema) -> Iterator[None]:
    """Take the view of a table out of the way of DDL, and put it there again, granted as it was."""
    if table.retired:
        yield
        return
    grants = fetch_grants(view_name(table), table)
    drop_view(editor, table)
    yield
    create_view(editor, table, grants)


def rebuild(
    editor: BaseDatabaseSchemaEditor,
    state: State,
    table: TableSchema,
    changed: Mapping[str, Column] = NOTHING,
    *,
    unique: Collection[str] | None = None,
    held: Collection[str] | None = None,
    rule: str = "",
) -> None:
    """Make an SQLite table anew, its rows copied; columns that are not changed stay as they are found.

    So one repair does not depend on another that the rows may not allow. ``unique`` are the columns in which
    no value may be there twice; without it they are those in which none may at present. ``held`` are
    those held to rows of other tables. ``rule`` is the name of one that comes to those that are found.
    """
    columns = dict(state.columns[table.db_table]) | dict(changed)
    if unique is None:
        unique = unique_columns(state, table)
    if held is None:
        held = held_columns(state, table)
    there = (*state.checks.get(table.db_table, ()), *state.indexes.get(table.db_table, ()))
    rules = {rule, *(found.name for found in there)}
    model = _model_as_found(state, table, columns, unique, rules)
    for field in model._meta.local_concrete_fields:
        field.db_constraint = field.column in held
    with view_put_aside(editor, table), belongings_kept(model):
        editor._remake_table(model)  # what Django itself does for any change, without one
        flush(editor)
    for field in table.originals:
        if field.column in columns:
            create_guard(editor, table, field)


def make_rule(editor: BaseDatabaseSchemaEditor, state: State, table: TableSchema, name: str) -> None:
    """Make a rule on whole rows, or an index, as the definition says it."""
    meta = state.models[table.id]._meta
    built = {rule.name: rule for rule in (*meta.constraints, *meta.indexes)}[name]
    if isinstance(built, Index):
        editor.add_index(meta.model, built)
    elif connection.vendor == "sqlite":
        rebuild(editor, state, table, rule=name)
    else:
        editor.add_constraint(meta.model, built)
    flush(editor)


def unique_columns(state: State, table: TableSchema) -> set[str]:
    """Return the columns in which no value can be there twice."""
    indexes = state.indexes.get(table.db_table, ())
    return {
        str(index.columns[0])
        for index in indexes
        if index.is_unique and index.is_plain and len(index.columns) == 1
    }


def held_columns(state: State, table: TableSchema) -> set[str]:
    """Return the columns with a foreign key."""
    return {reference.column for reference in state.references.get(table.db_table, ())}


def _model_as_found(
    state: State,
    table: TableSchema,
    columns: Mapping[str, Column],
    unique: Collection[str],
    rules: Collection[str],
) -> type[Model]:
    model = state.models[table.id]
    as_wanted = {f.column for f in model._meta.concrete_fields if _has_its_type(state, f, columns)}
    trimmed = replace(
        table,
        fields=tuple(f for f in table.fields if f.column in as_wanted),
        originals=tuple(f for f in table.originals if f.column in as_wanted),
        constraints=tuple(rule for rule in table.constraints if rule.db_name in rules),
    )
    others = {f.id for f in table.fields if f.column not in as_wanted}
    if any(others & set(rule.field_ids) for rule in trimmed.constraints):
        raise RefusedChange(_("Columns that a rule compares are of another type."))
    model = build_models([trimmed], physical=True)[table.id]
    for field in model._meta.concrete_fields:
        if not field.primary_key:
            _make_as_found(field, columns[field.column], unique)
    add_strangers(model, columns, unique=unique)
    return model


def _make_as_found(field: Field, found: Column, unique: Collection[str]) -> None:
    # Of a copy, as Django remembers the answer.
    if (default := default_of(copy(field))) is not None:
        # Some fields would write another default where they may be empty.
        field.db_default = Literal(default)
    field.null = not found.is_required
    field._unique = field.column in unique


def _has_its_type(state: State, field: Field, columns: Mapping[str, Column]) -> bool:
    return field.column in columns and columns[field.column].type == state.type_of(field)
