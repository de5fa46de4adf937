"""From schema values to model classes. Pure: no query, no lock, no cache.

The same function makes the classes people work with and the ones DDL runs on, so that the two cannot differ:
the latter also have the columns of retired fields, which a remake of the table must not lose.
"""

from collections.abc import Collection, Iterable
from functools import partial
from typing import Any, ClassVar

from django.apps import apps as global_apps
from django.apps.registry import Apps
from django.db import models
from django.db.models.fields import NOT_PROVIDED

from dynadmin.computed import Computation, RowManager, compute, with_computed
from dynadmin.constraints import build_constraint
from dynadmin.displays import text_of
from dynadmin.exceptions import UnknownFieldType
from dynadmin.fieldtypes import field_types
from dynadmin.fieldtypes.relations import NO_REVERSE
from dynadmin.kinds import kinds
from dynadmin.rowhistory.notary import LinkNotary, RowNotary
from dynadmin.rowhistory.rows import NotedManager, NotedRow, watch_deletion
from dynadmin.schema import FieldSchema, TableSchema
from dynadmin.takenover import APP_LABEL, TABLE_PREFIX, ordinary_models

__all__ = [
    "APP_LABEL",
    "TABLE_PREFIX",
    "Row",
    "ScratchApps",
    "build_field",
    "build_fields",
    "build_link_model",
    "build_models",
    "is_installed",
    "model_factory",
    "ordinary_models",
]

MODULE = "dynadmin.tables.models"  # constant, so that no two classes of one name can be in conflict


class Row(NotedRow):
    """One row of an analyst's table: the base of every class made at run time.

    ``table_schema`` is the definition the class was made from. ``derived`` is a place for what the interfaces
    make of the class once (its admin, its serializer): a changed table is a new class, so it cannot go stale.
    ``link_models`` are the classes of the tables that hold its links, by the id of the field;
    ``computations`` say by the name of a field how it is computed from related rows.
    """

    table_schema: ClassVar[TableSchema]
    derived: ClassVar[dict[str, Any]]
    link_models: ClassVar[dict[int, type[models.Model]]]
    computations: ClassVar[dict[str, Computation]]

    id = models.BigAutoField(primary_key=True, verbose_name="ID")

    objects = RowManager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return text_of(self)


class ScratchApps(Apps):
    """A registry in which classes are made out of everybody's sight.

    The host project's models are found in the global registry; tables of analysts are not, as a class in use
    would be given the other side of a relation whose class may never be used.
    """

    def __init__(self) -> None:
        super().__init__(installed_apps=())

    def get_registered_model(self, app_label: str, model_name: str) -> type[models.Model]:
        if app_label != APP_LABEL:
            return global_apps.get_registered_model(app_label, model_name)
        try:
            return self.all_models[APP_LABEL][model_name.lower()]
        except KeyError:
            raise LookupError(f"{app_label}.{model_name} is not made yet.") from None

    def clear_cache(self) -> None:
        """Do nothing: nothing is cached here, and Django calls this once a class."""


def is_installed(label: str) -> bool:
    """Whether there is a static model of this label."""
    try:
        return bool(global_apps.get_registered_model(*label.split(".")))
    except LookupError:
        return False


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
        _leave_scratch(model)
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
    link = _link_model(field, scratch.get_registered_model(APP_LABEL, table.model_name), apps=scratch)
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
        **(_physical_fields(table, plain=plain) if physical else _live_attributes(table)),
    }
    bases = () if physical else kinds[table.kind].bases
    attrs |= {manager.name: with_computed(manager) for base in bases for manager in base._meta.managers}
    model: type[Row] = type(table.class_name, (*bases, Row), attrs)
    links = () if physical else table.links
    model.link_models = {f.id: _link_model(f, model, apps=apps) for f in links if not f.retired}
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


def _link_model(field: FieldSchema, owner: type[Row], *, apps: Apps) -> type[models.Model]:
    """Return the class of the table that holds a field's links, as Django makes one for ManyToManyField."""
    meta = {
        "app_label": APP_LABEL,
        "apps": apps,
        "auto_created": owner,
        "base_manager_name": "_noted",
        "default_manager_name": "objects",
        "db_table": field.link_table,
        "unique_together": ("source", "target"),
        "verbose_name": f"{field.label or field.name} link",
        "verbose_name_plural": field.label or field.name,
    }
    attrs = {
        "__module__": MODULE,
        "__qualname__": field.link_class,
        "Meta": type("Meta", (), meta),
        "objects": NotedManager(),
        "id": models.BigAutoField(primary_key=True),
        "source": _link_to(f"{APP_LABEL}.{owner.__name__}", field, "source"),
        "target": _link_to(field.target, field, "target"),
    }
    return type(field.link_class, (NotedRow,), attrs)


def _link_to(label: str, field: FieldSchema, end: str) -> models.ForeignKey:
    return models.ForeignKey(label, on_delete=models.CASCADE, related_name=f"m{field.id:d}_{end}+")


def _live_attributes(table: TableSchema) -> dict[str, Any]:
    """Return the fields; what the kind's model has and the table lacks, as it is older, is taken away."""
    return {**dict.fromkeys(kinds[table.kind].columns), **build_fields(table)}


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


def _physical_fields(table: TableSchema, *, plain: Collection[str]) -> dict[str, models.Field]:
    fields = {}
    for field in table.columns:
        model_field = build_field(field)
        # A schema editor would make a value in Python once, and give it to every row that exists.
        model_field.default = NOT_PROVIDED
        for stamp in ("auto_now", "auto_now_add"):
            if hasattr(model_field, stamp):
                setattr(model_field, stamp, False)
        if _is_left_empty(field, model_field) or field.column in plain:
            model_field.null = True
            model_field.db_default = NOT_PROVIDED
        if field.column in plain:
            model_field._unique = model_field.db_index = False
        if field.target:
            _make_physical(model_field, field)
            model_field.db_constraint = not (
                table.retired or field.retired or field.conversion or field.column in plain
            )
        # Attributes are columns here: a retired field's name may be another's by now.
        fields[field.column] = model_field
    return fields


def _make_physical(model_field: models.Field, field: FieldSchema) -> None:
    """Leave of a relation what the database knows."""
    rel = model_field.remote_field
    rel.related_name = model_field._related_name = f"{field.column}+"
    rel.on_delete = models.DO_NOTHING
    rel.limit_choices_to, model_field.limit = {}, ()


def _rules(table: TableSchema, *, physical: bool) -> dict[str, list[models.BaseConstraint | models.Index]]:
    """Return what the class's Meta says of constraints and indexes, under names made of ids."""
    built = [build_constraint(rule, table, physical=physical) for rule in table.constraints]
    return {
        "constraints": [rule for rule in built if isinstance(rule, models.BaseConstraint)],
        "indexes": [rule for rule in built if isinstance(rule, models.Index)],
    }


def _is_left_empty(field: FieldSchema, model_field: models.Field) -> bool:
    """Whether rows written from now on have no value in the column."""
    if field.conversion:
        return True
    return field.retired and (model_field.unique or not model_field.has_db_default())


def _leave_scratch(model: type[models.Model]) -> None:
    """Make the class one of the global registry's, and let go of the scratch it was made in."""
    # Meta.apps would keep the scratch registry, and with it every class it ever saw, alive.
    model._meta.apps = global_apps
    model._meta.original_attrs.pop("apps", None)
