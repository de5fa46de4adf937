"""Model classes of tables, alone and together."""

from collections.abc import Collection, Iterable
from functools import partial
from typing import Any

from django.apps.registry import Apps
from django.db import models

from dynadmin.computed import compute, with_computed
from dynadmin.constraints import build_constraint
from dynadmin.exceptions import UnknownFieldType
from dynadmin.factory.fields import build_fields
from dynadmin.factory.links import link_model
from dynadmin.factory.physical import physical_fields
from dynadmin.factory.rows import MODULE, Row
from dynadmin.factory.scratch import ScratchApps, leave_scratch
from dynadmin.kinds import kinds
from dynadmin.rowhistory.notary import LinkNotary, RowNotary
from dynadmin.rowhistory.rows import watch_deletion
from dynadmin.schema import FieldSchema, TableSchema
from dynadmin.takenover import APP_LABEL


def build_models(
    tables: Iterable[TableSchema],
    *,
    physical: bool = False,
    plain: Collection[str] = (),
    is_complete: bool = False,
) -> dict[int, type[Row]]:
    """Return a model class for each table, by the table's id.

    With ``physical`` the classes have every column of the table, those of retired fields included, and no
    defaults but the database's own: what a schema editor has to know. ``plain`` columns have no rules, as
    they are still being filled. Tables that are referred to and not given are stood in for by classes that
    have an id and nothing else: a class that is in use learns of no relation but those it was made with.
    ``is_complete`` says that none are missing; then fields computed from related rows are there as well.
    Raises UnknownFieldType, also for an unknown kind, and LookupError for a static model that is not there.
    """
    scratch = ScratchApps()
    built = {t.id: model_factory(t, apps=scratch, physical=physical, plain=plain) for t in tables}
    for id in _targets(built.values(), physical=physical) - set(built):
        _stand_in(id, apps=scratch)
    if scratch._pending_operations:
        missing = ", ".join(".".join(key) for key in scratch._pending_operations)
        raise LookupError(f"A relation points at a model that does not exist: {missing}.")
    for model in scratch.all_models[APP_LABEL].values():
        leave_scratch(model)
    if is_complete:
        compute(built)
        _watch(built.values())
    return built


def _watch(models_made: Iterable[type[Row]]) -> None:
    """Have the deletion of rows noted of which Django tells: those that others refer to, or are linked."""
    referring = [(m, f) for m in models_made for f in (*m._meta.local_fields, *m._meta.local_many_to_many)]
    told = {f.related_model for _model, f in referring} | {m for m, f in referring if f.many_to_many}
    for model in models_made:
        if model in told and "_notary" in vars(model):
            watch_deletion(model)


def _targets(models_made: Iterable[type[Row]], *, physical: bool) -> set[int]:
    """Return the ids of all tables that the fields of these classes refer to."""
    tables = [model.table_schema for model in models_made]
    fields = [f for table in tables for f in (table.columns if physical else table.relations)]
    return {f.target_table for f in fields if f.target_table is not None}


def build_link_model(table: TableSchema, field: FieldSchema, *, is_held: bool = True) -> type[models.Model]:
    """Return a class for DDL of the table that holds a field's links.

    ``is_held`` says whether the database keeps the rows at their ends from going without them.
    """
    scratch = ScratchApps()
    for id in {table.id, table.id if field.target_table is None else field.target_table}:
        _stand_in(id, apps=scratch)
    link = link_model(field, scratch.get_registered_model(APP_LABEL, table.model_name), apps=scratch)
    for end in ("source", "target"):
        link._meta.get_field(end).db_constraint = is_held
    return link


def _stand_in(table_id: int, *, apps: Apps) -> None:
    """Make a class for a table of which nothing matters but that rows refer to it."""
    table = TableSchema(id=table_id, name=f"table_{table_id}")
    model_factory(table, apps=apps)


def model_factory(
    table: TableSchema, *, apps: Apps, physical: bool = False, plain: Collection[str] = ()
) -> type[Row]:
    """Return the model class of one table, registered in ``apps`` with those of its links."""
    meta = {
        "app_label": APP_LABEL,
        "apps": apps,
        "db_table": table.db_table,
        "base_manager_name": "_noted",
        "default_manager_name": "objects",  # whatever managers the kind has beside it
        "verbose_name": f"{table.label or table.name} row",
        "verbose_name_plural": table.label or table.name,
        **_rules(table, physical=physical),
    }
    attrs = {
        "__module__": MODULE,
        "__qualname__": table.class_name,
        "__doc__": table.description or f"A row of {table.label or table.name}.",
        "Meta": type("Meta", (), meta),
        "table_schema": table,
        "derived": {},
        "computations": {},
        **(physical_fields(table, plain=plain) if physical else _live_attributes(table)),
    }
    bases = () if physical else kinds[table.kind].bases
    attrs |= {manager.name: with_computed(manager) for base in bases for manager in base._meta.managers}
    model: type[Row] = type(table.class_name, (*bases, Row), attrs)
    links = () if physical else table.links
    model.link_models = {f.id: link_model(f, model, apps=apps) for f in links if not f.retired}
    if table.keeps_history and not physical:
        _have_noted(model, table)
    return model


def _have_noted(model: type[Row], table: TableSchema) -> None:
    """Have what is written through a class noted in the history of its rows."""
    model._notary = RowNotary(model, partial(_whole_model, model, table))
    for id, link in model.link_models.items():
        link._notary = LinkNotary(table.id, str(id))


def _whole_model(model: type[Row], table: TableSchema) -> type[Row]:
    """Return a class that reads all columns of a table, also those that its own class does not know."""
    if len(table.columns) == len(table.live_columns):
        return model
    try:
        return build_models([table], physical=True)[table.id]
    except UnknownFieldType:  # of a field that was deleted, and whose type is not installed any more
        return model


def _live_attributes(table: TableSchema) -> dict[str, Any]:
    """Return the fields; what the kind's model has and the table lacks, as it is older, is taken away."""
    return {**dict.fromkeys(kinds[table.kind].columns), **build_fields(table)}


def _rules(table: TableSchema, *, physical: bool) -> dict[str, list[models.BaseConstraint | models.Index]]:
    """Return what the class's Meta says of constraints and indexes, under names made of ids."""
    built = [build_constraint(rule, table, physical=physical) for rule in table.constraints]
    return {
        "constraints": [rule for rule in built if isinstance(rule, models.BaseConstraint)],
        "indexes": [rule for rule in built if isinstance(rule, models.Index)],
    }
