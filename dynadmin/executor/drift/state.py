"""Both sides of the comparison: what the schema wants, and what the database has."""

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import F, Field, Model, Window
from django.db.models.functions import Lag

from dynadmin.changes import SchemaChange
from dynadmin.exceptions import UnknownFieldType
from dynadmin.executor.drift.defaults import Default, default_of, equal_defaults
from dynadmin.executor.inspection import (
    Check,
    Column,
    Counter,
    Index,
    Reference,
    View,
    fetch_artifacts,
    fetch_checks,
    fetch_counters,
    fetch_indexes,
    fetch_link_tables,
    fetch_references,
    fetch_tables,
    fetch_triggers,
    fetch_views,
    types_of,
)
from dynadmin.factory import APP_LABEL, build_models
from dynadmin.revisions import SchemaRevision
from dynadmin.schema import Schema, TableSchema


class State:
    """The database as it was when first asked about; each part is fetched once, when somebody wants it."""

    def __init__(self, schema: Schema, *, only: Collection[int] | None = None) -> None:
        self.schema = schema
        self.only = only
        self._fields: dict[int, list[tuple[Field, Column]]] = {}
        self._asked: dict[int, Mapping[str, Any]] = {}

    @property
    def is_whole(self) -> bool:
        """Whether all tables are looked at, and what belongs to none as well."""
        return self.only is None

    # --- What is wanted ---

    @cached_property
    def known(self) -> list[TableSchema]:
        """The tables that have to be in the database, in whatever state they are."""
        return [table for table in self.schema.tables.values() if not table.purged]

    @cached_property
    def tables(self) -> list[TableSchema]:
        """Those of them that are looked at."""
        return [table for table in self.known if self.only is None or table.id in self.only]

    @cached_property
    def present(self) -> list[TableSchema]:
        """Those whose parts can be compared: that are there, at rest, and of types that are all installed."""
        at_rest = [table for table in self.tables if table.id not in self.in_change]
        return [table for table in at_rest if table.db_table in self.columns and table.id in self.models]

    @cached_property
    def unfinished(self) -> list[SchemaChange]:
        """The changes that build beside tables what no revision knows yet."""
        return list(SchemaChange.objects.unfinished())

    @cached_property
    def in_change(self) -> set[int]:
        """The ids of the tables they concern."""
        return {id for change in self.unfinished for id in change.tables}

    @cached_property
    def models(self) -> Mapping[int, type[Model]]:
        """Classes with all columns of the tables, by id, as far as their types are installed."""
        try:
            return build_models(self.tables, physical=True)
        except UnknownFieldType:
            return {id: m for table in self.tables for id, m in self._model_alone(table).items()}

    def _model_alone(self, table: TableSchema) -> Mapping[int, type[Model]]:
        try:
            return build_models([table], physical=True)
        except UnknownFieldType:
            return {}

    def fields(self, table: TableSchema) -> list[tuple[Field, Column]]:
        """Return the fields of a table that have their columns, ``id`` among them, and the columns."""
        if table.id not in self._fields:
            columns = self.columns[table.db_table]
            fields = self.models[table.id]._meta.concrete_fields
            self._fields[table.id] = [(f, columns[f.column]) for f in fields if f.column in columns]
        return self._fields[table.id]

    @cached_property
    def types(self) -> Mapping[str, str]:
        """What the engine calls the types of all fields, by what Django calls them."""
        fields = (field for model in self.models.values() for field in model._meta.concrete_fields)
        return types_of({self._parameters(field)["type"] for field in fields})

    def type_of(self, field: Field) -> str:
        """Return the type that a field's column should have, as the engine calls it."""
        return self.types[self._parameters(field)["type"]]

    def check_of(self, field: Field) -> str | None:
        """Return the check that the type of a field's column brings along."""
        return self._parameters(field)["check"]

    def has_its_check(self, table: TableSchema, field: Field) -> bool:
        """Whether the column has that check, if there is one."""
        wanted = self.check_of(field)
        checks = self.checks.get(table.db_table, ())
        return not wanted or any(wanted in check.sql or check.columns == (field.column,) for check in checks)

    def _parameters(self, field: Field) -> Mapping[str, Any]:
        # Asked for by many kinds, of thousands of fields; and not by way of the proxy of all threads.
        if id(field) not in self._asked:
            self._asked[id(field)] = field.db_parameters(connections[DEFAULT_DB_ALIAS])
        return self._asked[id(field)]

    def has_its_default(self, field: Field, column: Column) -> bool:
        """Whether a column has the default of its field."""
        wanted = default_of(field)
        if field.primary_key or wanted is None or column.default is None:
            return field.primary_key or wanted == column.default
        return (column.default, wanted, column.type) in self._equal_defaults

    @cached_property
    def _equal_defaults(self) -> set[Default]:
        return equal_defaults(
            (column.default, wanted, column.type)
            for table in self.present
            for field, column in self.fields(table)
            if column.default is not None and (wanted := default_of(field)) is not None
        )

    # --- What is there ---

    @cached_property
    def columns(self) -> Mapping[str, Mapping[str, Column]]:
        return fetch_tables()

    @cached_property
    def indexes(self) -> Mapping[str, list[Index]]:
        return fetch_indexes()

    @cached_property
    def checks(self) -> Mapping[str, list[Check]]:
        return fetch_checks()

    @cached_property
    def references(self) -> Mapping[str, list[Reference]]:
        """The foreign keys, also those of the tables of links."""
        return fetch_references()

    @cached_property
    def link_tables(self) -> set[str]:
        return fetch_link_tables()

    @cached_property
    def triggers(self) -> Mapping[str, set[str]]:
        return fetch_triggers()

    @cached_property
    def views(self) -> Mapping[str, View]:
        return fetch_views()

    @cached_property
    def counters(self) -> Mapping[str, Counter]:
        return fetch_counters(t.db_table for t in self.present if "id" in self.columns[t.db_table])

    @cached_property
    def artifacts(self) -> Mapping[str, str]:
        """What changes in the background have built beside tables, and what kind of thing it is."""
        return fetch_artifacts()

    @cached_property
    def grants(self) -> Mapping[str, Mapping[str, str]]:
        """The permissions by codename, with their names, of each content type of our label."""
        names = ContentType.objects.filter(app_label=APP_LABEL).values_list("model", flat=True)
        grants: dict[str, dict[str, str]] = {name: {} for name in names}
        permissions = Permission.objects.filter(content_type__app_label=APP_LABEL).order_by()
        for model, codename, name in permissions.values_list("content_type__model", "codename", "name"):
            grants.setdefault(model, {})[codename] = name
        return grants

    @cached_property
    def broken_revisions(self) -> list[tuple[int, int, int]]:
        """The revisions not made from the one before: their number, what they are made from, and that one."""
        before = Window(Lag("pk"), order_by="pk")
        revisions = SchemaRevision.objects.annotate(before=before).order_by("pk")
        rows = revisions.exclude(before=None).exclude(before=F("base"))
        return list(rows.values_list("pk", "base", "before"))
