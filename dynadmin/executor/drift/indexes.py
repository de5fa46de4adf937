"""Indexes: those that fields and rules want, and those that nobody does."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from django.db import connection
from django.db.models import Index as DjangoIndex
from django.db.models import UniqueConstraint
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dynadmin.executor.drift.columns import words_of
from dynadmin.executor.drift.kinds import Drift, Kind, register
from dynadmin.executor.drift.mending import make_rule, rebuild, unique_columns
from dynadmin.executor.drift.state import State
from dynadmin.executor.inspection import ARTIFACT, Index
from dynadmin.executor.quoting import quoted
from dynadmin.schema import TableSchema

# How Django, the engines and constraints of definitions name them: others are somebody's own.
OURS = re.compile(r"(dyn_t\d+_(c\d|id|pkey)|dyn_k\d|sqlite_autoindex_dyn_t)")


@dataclass(frozen=True, kw_only=True)
class Need:
    """What a field, or a rule on whole rows, needs of an index. ``name`` is that of a rule."""

    columns: tuple[str, ...]
    is_unique: bool = False
    is_for_patterns: bool = False
    name: str = ""

    def is_met_by(self, index: Index) -> bool:
        if not index.is_plain or not index.is_valid or index.columns != self.columns:
            return False
        if self.name not in ("", index.name) and not index.has_given_name:
            return False
        return (index.is_unique, index.is_for_patterns) == (self.is_unique, self.is_for_patterns)


def needs_of(state: State, table: TableSchema) -> list[Need]:
    """Return the indexes that the columns and rules of a table need."""
    needs = []
    for field, _column in state.fields(table):
        if field.primary_key or not (field.unique or field.db_index):
            continue
        needs.append(Need(columns=(field.column,), is_unique=field.unique))
        # PostgreSQL needs a second one for LIKE.
        if connection.vendor == "postgresql" and field.db_type(connection).startswith(("varchar", "text")):
            needs.append(Need(columns=(field.column,), is_for_patterns=True))
    return [*needs, *_needs_of_rules(state, table)]


def _needs_of_rules(state: State, table: TableSchema) -> Iterator[Need]:
    meta = state.models[table.id]._meta
    for rule in (*meta.constraints, *meta.indexes):
        if isinstance(rule, UniqueConstraint | DjangoIndex):
            columns = tuple(meta.get_field(name).column for name in rule.fields)
            if set(columns) <= set(state.columns[table.db_table]):
                yield Need(columns=columns, is_unique=isinstance(rule, UniqueConstraint), name=rule.name)


def indexes_of(state: State, table: TableSchema) -> list[Index]:
    """Return the indexes a table has, but for its primary key's and what changes have left."""
    indexes = state.indexes.get(table.db_table, ())
    return [index for index in indexes if not index.is_primary and not ARTIFACT.match(index.name)]


def _unmet(state: State, table: TableSchema) -> Iterator[Need]:
    indexes = indexes_of(state, table)
    return (need for need in needs_of(state, table) if not any(map(need.is_met_by, indexes)))


def _unneeded(state: State, table: TableSchema) -> Iterator[Index]:
    needs = needs_of(state, table)
    for index in indexes_of(state, table):
        if index.is_valid and not any(need.is_met_by(index) for need in needs):
            yield index


def _of_need(table: TableSchema, need: Need) -> dict[str, str]:
    words = [words_of(table, column) for column in need.columns]
    return {
        "table": table.label or table.name,
        "columns": ", ".join(f"{w['column']} (“{w['field']}”)" for w in words),
    }


def _words(table: TableSchema, index: Index) -> dict[str, str]:
    return {"table": table.label or table.name, "index": index.name}


@register
class InvalidIndex(Kind):
    id = "dynadmin.W121"
    title = gettext_lazy("An index was not finished, so that nothing uses it (PostgreSQL).")
    hint = gettext_lazy("--repair drops it and, if the definition still asks for it, makes it anew.")

    def find(self, state: State) -> Iterator[Drift]:
        for table in state.present:
            for index in indexes_of(state, table):
                if not index.is_valid:
                    what = _("Index %(index)s of “%(table)s” was not finished.") % _words(table, index)
                    yield self.drift(table, what, partial(_drop, table, index))


@register
class MissingUnique(Kind):
    id = "dynadmin.W122"
    title = gettext_lazy("Values may be there twice, though the definition forbids it.")
    hint = gettext_lazy("--repair makes it unique if no value is there twice. Otherwise change those first.")

    def find(self, state: State) -> Iterator[Drift]:
        for table in state.present:
            for need in _unmet(state, table):
                if need.is_unique:
                    what = _("Nothing keeps values of %(columns)s from being there twice.")
                    yield self.drift(table, what % _of_need(table, need), partial(_make, table, need))


@register
class MissingIndex(Kind):
    id = "dynadmin.W123"
    title = gettext_lazy("An index is not there that the definition asks for.")
    hint = gettext_lazy("Searching and sorting are slow without. --repair makes it.")

    def find(self, state: State) -> Iterator[Drift]:
        for table in state.present:
            for need in _unmet(state, table):
                if not need.is_unique:
                    what = _("There is no index on %(columns)s.")
                    yield self.drift(table, what % _of_need(table, need), partial(_make, table, need))


@register
class UnknownUnique(Kind):
    id = "dynadmin.W124"
    title = gettext_lazy("The database refuses repeated values where no definition does.")
    hint = gettext_lazy(
        "--repair drops the index if a schema change made it. One of somebody's own stays: drop it by hand, "
        "or say the same in the definition."
    )

    def find(self, state: State) -> Iterator[Drift]:
        for table in state.present:
            for index in _unneeded(state, table):
                if index.is_unique:
                    what = _("Index %(index)s of “%(table)s” refuses values that are there already.")
                    repair = partial(_drop, table, index) if OURS.match(index.name) else None
                    yield self.drift(table, what % _words(table, index), repair)


@register
class LeftIndex(Kind):
    id = "dynadmin.W125"
    title = gettext_lazy("An index is left that the definition does not ask for any more.")
    hint = gettext_lazy("It only costs time and space. --repair drops it; indexes of other names are yours.")

    def find(self, state: State) -> Iterator[Drift]:
        for table in state.present:
            for index in _unneeded(state, table):
                if not index.is_unique and OURS.match(index.name):
                    what = _(
                        "Nothing in the definition of “%(table)s” asks for the index %(index)s."
                    ) % _words(table, index)
                    yield self.drift(table, what, partial(_drop, table, index))


def _make(table: TableSchema, need: Need, editor, state: State) -> None:
    model = state.models[table.id]
    if need.name:
        make_rule(editor, state, table, need.name)
    elif need.is_for_patterns:
        editor.execute(editor._create_like_index_sql(model, model._meta.get_field(need.columns[0])))
    elif not need.is_unique:
        editor.execute(editor._create_index_sql(model, fields=[model._meta.get_field(need.columns[0])]))
    else:
        _make_unique(table, need.columns[0], editor)


def _make_unique(table: TableSchema, column: str, editor) -> None:
    quote = connection.ops.quote_name
    name, target = quote(f"{table.db_table}_{column}_uniq"), quote(table.db_table)
    if connection.vendor == "sqlite":
        editor.execute(f"CREATE UNIQUE INDEX {name} ON {target} ({quote(column)})")
    else:
        editor.execute(f"ALTER TABLE {target} ADD CONSTRAINT {name} UNIQUE ({quote(column)})")


def _drop(table: TableSchema, index: Index, editor, state: State) -> None:
    if not index.is_constraint:
        editor.execute(f"DROP INDEX IF EXISTS {quoted(index.name)}", None)
    elif connection.vendor == "sqlite":
        unique = unique_columns(state, table) - (set(index.columns) if len(index.columns) == 1 else set())
        rebuild(editor, state, table, unique=unique)
    else:
        name = quoted(index.name)
        editor.execute(f"ALTER TABLE {table.db_table} DROP CONSTRAINT IF EXISTS {name}", None)
