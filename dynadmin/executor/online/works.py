"""What the operations of a plan have to do to all rows of a table, told before anything is done.

Each such work builds its column beside what people use: a new one, a shadow that takes the place of the old
at the end, or the field's own column where nothing but rules and indexes change. On SQLite the whole table is
built beside, with every column under its own name.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, singledispatch
from typing import Any

from django.db import connection
from django.db.models import Field

from dynadmin.conversion import Choices
from dynadmin.executor.dangling import Returning
from dynadmin.executor.judging import Judge, Source, make_judge, source_columns
from dynadmin.executor.online.names import shadow_of
from dynadmin.executor.physical import physical_model
from dynadmin.executor.references import is_reference
from dynadmin.plan import (
    AddConstraint,
    AddField,
    AlterField,
    ConvertField,
    FieldOperation,
    Operation,
    Plan,
    ReferAgain,
    RestoreField,
)
from dynadmin.schema import FieldSchema, TableSchema


@dataclass(frozen=True, kw_only=True)
class Work:
    """One operation's part. ``number`` is its place in the plan.

    ``building`` is the column that is worked on. ``is_judged``: every value is looked at; ``is_written``:
    what becomes of it is stored in that column.
    """

    number: int
    operation: FieldOperation
    before: TableSchema
    building: FieldSchema
    is_judged: bool = False
    is_written: bool = False

    @property
    def is_new(self) -> bool:
        """Whether the column is not in the table yet."""
        return self.building.column not in {field.column for field in self.before.columns}

    @property
    def replaced(self) -> str:
        """The column that has to make way for the one that was built, if any."""
        return self.operation.field.column if self.building.column != self.operation.field.column else ""

    @property
    def watched(self) -> tuple[str, ...]:
        """The columns whose values decide; rows in which they are written have to be looked at again."""
        return self.source.columns if self.is_judged else ()

    @cached_property
    def source(self) -> Source:
        return Source(model=physical_model(self.before), columns=source_columns(self.operation))

    @property
    def may_lose(self) -> bool:
        """Whether a value that does not fit is lost. Rows made while a field was away have none to lose."""
        return not isinstance(self.operation, RestoreField)

    @property
    def choices(self) -> Choices:
        return getattr(self.operation, "choices", Choices())

    def judge(self, reading: Mapping[str, Any]) -> Judge:
        return make_judge(self.operation, self.choices, reading, makes_rows=True)

    @property
    def kept(self) -> FieldSchema | None:
        """The field for the texts of values that do not convert."""
        return getattr(self.operation, "keep_in", None)

    @cached_property
    def target(self) -> Field:
        """The column as it has to be in the end, as a class for DDL has it."""
        return physical_model(self.operation.table)._meta.get_field(self.operation.field.column)


def works_of(plan: Plan, *, change: int = 0) -> tuple[Work, ...]:
    """Return the works of a plan. ``change`` is the number of the change; names of shadows are made of it."""
    return tuple(_works(plan, change))


def _works(plan: Plan, change: int) -> Iterator[Work]:
    for number, operation in enumerate(plan.operations):
        before = plan.base.tables.get(operation.table.id)
        if before is not None and operation.is_on_column and (work := work_of(operation, before, number)):
            if work.is_written and not work.is_new and connection.vendor == "postgresql":
                # What people use, or may get back, stays as it is until the end. SQLite makes a new table.
                work = replace(work, building=shadow_of(work.building, change=change, work=number))
            yield work


def rules_of(plan: Plan) -> list[tuple[int, AddConstraint]]:
    """Return the rules and indexes that a plan adds to tables that are there, with their places in it."""
    return [
        (number, operation)
        for number, operation in enumerate(plan.operations)
        if isinstance(operation, AddConstraint) and operation.table.id in plan.base.tables
    ]


def tables_in_work(plan: Plan) -> dict[int, TableSchema]:
    """Return the tables of which every row is looked at or written, as they are before the plan."""
    ids = {*(work.before.id for work in works_of(plan)), *(rule.table.id for _number, rule in rules_of(plan))}
    return {id: plan.base.tables[id] for id in sorted(ids)}


def links_in_work(plan: Plan) -> set[str]:
    """Return the tables of links that come back: each link is tried, by PostgreSQL while people use them."""
    if connection.vendor != "postgresql":
        return set()
    returning = (op for op in plan.operations if isinstance(op, Returning))
    return {op.field.link_table for op in returning if op.field.stored == "links"}


@singledispatch
def work_of(operation: Operation, before: TableSchema, number: int) -> Work | None:
    """Return what an operation has to do to all rows; None if it is done in a moment."""
    return None


@work_of.register
def _convert(operation: ConvertField, before: TableSchema, number: int) -> Work:
    return Work(
        number=number,
        operation=operation,
        before=before,
        building=operation.field,
        is_judged=True,
        is_written=True,
    )


@work_of.register
def _alter(operation: AlterField, before: TableSchema, number: int) -> Work | None:
    work = Work(number=number, operation=operation, before=before, building=operation.field)
    old, new = physical_model(before)._meta.get_field(operation.field.column), work.target
    if rewrites(old, new):
        return replace(work, is_judged=True, is_written=True)
    if operation.can_fail or (old.null and not new.null):
        return replace(work, is_judged=True)
    return work if gains_index(old, new) else None


@work_of.register
def _add(operation: AddField, before: TableSchema, number: int) -> Work | None:
    work = Work(number=number, operation=operation, before=before, building=operation.field)
    return work if work.target.unique or work.target.db_index else None


@work_of.register
def _restore(operation: RestoreField, before: TableSchema, number: int) -> Work | None:
    work = Work(number=number, operation=operation, before=before, building=operation.field)
    old = physical_model(before)._meta.get_field(operation.field.column)
    if old.null and not work.target.null:
        return replace(work, is_judged=True, is_written=work.choices.on_failure == "value")
    return work if is_reference(work.target) else None


@work_of.register
def _refer_again(operation: ReferAgain, before: TableSchema, number: int) -> Work:
    return Work(number=number, operation=operation, before=before, building=operation.field)


def gains_index(old: Field, new: Field) -> bool:
    """Whether the new column has an index that the old one lacks."""
    return (new.unique and not old.unique) or (new.db_index and not (old.db_index or old.unique))


def rewrites(old: Field, new: Field) -> bool:
    """Whether every value would be written anew, with the table locked: another type, or another empty."""
    if old.null != new.null and new.empty_strings_allowed:
        return True
    # SQLite keeps values as they are given, whatever the length or the digits of a column.
    return connection.vendor == "postgresql" and not _is_free(
        old.db_type(connection) or "", new.db_type(connection) or ""
    )


def _is_free(old: str, new: str) -> bool:
    """Whether PostgreSQL takes the values of one type for the other as they are."""
    if old == new:
        return True
    (kind, *sizes), (new_kind, *new_sizes) = _parsed(old), _parsed(new)
    if kind == "varchar":
        return new_kind == "text" or (new_kind == "varchar" and _fits(sizes, new_sizes))
    same_scale = kind == new_kind == "numeric" and sizes[1:] == new_sizes[1:]
    return same_scale and _fits(sizes, new_sizes)


def _parsed(type: str) -> tuple[Any, ...]:
    return (type.partition("(")[0], *map(int, re.findall(r"\d+", type)))


def _fits(old: list[int], new: list[int]) -> bool:
    return bool(old and new) and new[0] >= old[0]
