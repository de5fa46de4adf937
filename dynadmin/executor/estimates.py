"""How long the steps of a plan take on the rows there are, and whom that keeps from what meanwhile.

The time is that of a short sample: some rows are read and judged as the step does it, and as many are written
into a temporary table. It says "seconds" or "minutes", not how many exactly.
"""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import cache, partial, singledispatch
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from dynadmin.conf import conf
from dynadmin.executor.counts import count_rows
from dynadmin.executor.judging import source_of
from dynadmin.executor.online import is_needed
from dynadmin.executor.online.copying.turns import IN_COMPANY
from dynadmin.executor.online.works import gains_index, rewrites, tables_in_work
from dynadmin.executor.physical import physical_model
from dynadmin.plan import (
    AddConstraint,
    AddField,
    AlterField,
    ConvertField,
    FieldOperation,
    Operation,
    Plan,
    RestoreField,
)
from dynadmin.schema import TableSchema

SAMPLE = 2000
SAMPLE_SQL = """
    CREATE TEMPORARY TABLE dyn_sample AS
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 2000)
    SELECT n, 'text' AS t FROM numbers
"""
AN_INSTANT = 0.1
# Seconds in which one value is converted.
JUDGING = 4e-6
# A row that is written in a table in use costs more than one in the sample: journal, indexes, other people.
IN_USE = 3


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """``seconds`` is a guess; ``locks`` says in a sentence who has to wait meanwhile."""

    seconds: float
    locks: str
    is_online: bool = False


def estimate(plan: Plan) -> Estimate:
    """Return how long a plan takes, and what is locked meanwhile. Reads only."""
    is_online = is_needed(plan)
    is_copied = is_online and connection.vendor == "sqlite"
    costs = [(op.table.db_table, cost) for op in plan.operations if (cost := _cost_in(op, plan))]
    if is_copied:
        costs += [(t.db_table, partial(_copying_cost, t)) for t in tables_in_work(plan).values()]
    rows = count_rows({table for table, _cost in costs})
    seconds = sum(cost() * rows[table].rows for table, cost in costs)
    if is_online:
        seconds *= 1 + (max(conf.ONLINE_PAUSE, IN_COMPANY) if is_copied else conf.ONLINE_PAUSE)
    return Estimate(seconds=seconds, locks=_locks(seconds, is_online), is_online=is_online)


def _copying_cost(table: TableSchema) -> float:
    """Return what it costs SQLite to make a row of a table anew, with its indexes."""
    return writing_cost() * IN_USE * (2 + _indexes(table))


def _indexes(table: TableSchema) -> int:
    fields = physical_model(table)._meta.concrete_fields
    return sum(field.unique or field.db_index for field in fields) + len(table.constraints)


def _locks(seconds: float, is_online: bool) -> str:
    if is_online:
        return _(
            "People read and write the table as ever; it is locked for a moment at the end, when the change "
            "is taken into use. It can be cancelled until then."
        )
    if seconds < AN_INSTANT:
        return _("Nobody will notice: the table is locked for a moment only.")
    if connection.vendor == "sqlite":
        return _("Meanwhile everybody can read, but nobody can write to any table.")
    return _("Meanwhile nobody can read or write the table.")


# --- What a step costs for one row ---

Cost = Callable[[], float] | None


def _cost_in(operation: Operation, plan: Plan) -> Cost:
    """Return the same as ``cost_of``, also of steps that have to do with no row of a table that is there."""
    before = plan.base.tables.get(operation.table.id)
    is_there = before is not None and not before.purged
    return cost_of(operation, plan) if is_there and operation.is_on_column else None


@singledispatch
def cost_of(operation: Operation, plan: Plan) -> Cost:
    """Return the function that measures what a step costs for one row; None if it does nothing to rows."""
    return None


@cost_of.register
def _of_converting(operation: ConvertField, plan: Plan) -> Cost:
    return lambda: judging_cost(operation, plan) + writing_cost() * IN_USE


@cost_of.register
def _of_altering(operation: AlterField, plan: Plan) -> Cost:
    before = physical_model(plan.base.tables[operation.table.id])
    old = before._meta.get_field(operation.field.column)
    new = physical_model(operation.table)._meta.get_field(operation.field.column)
    is_written = rewrites(old, new) or (connection.vendor == "sqlite" and _is_remade(old, new))

    def cost() -> float:
        judging = judging_cost(operation, plan) if operation.can_fail else 0.0
        writing = writing_cost() * IN_USE if is_written else 0.0
        return judging + writing + (writing_cost() if gains_index(old, new) else 0.0)

    return cost


def _is_remade(old, new) -> bool:
    """Whether SQLite makes the table anew for the change."""
    parts = [(f.null, f.unique, f.has_db_default(), f.db_type(connection)) for f in (old, new)]
    return parts[0] != parts[1]


@cost_of.register
def _of_adding(operation: AddField, plan: Plan) -> Cost:
    field = physical_model(operation.table)._meta.get_field(operation.field.column)
    if operation.choices.on_failure == "value" or field.unique or field.db_index:
        return writing_cost
    return None


@cost_of.register
def _of_restoring(operation: RestoreField, plan: Plan) -> Cost:
    return (lambda: judging_cost(operation, plan)) if operation.can_fail else None


@cost_of.register
def _of_a_rule(operation: AddConstraint, plan: Plan) -> Cost:
    return writing_cost


# --- Samples ---


def judging_cost(operation: FieldOperation, plan: Plan) -> float:
    """Return the seconds in which one value is read and judged."""
    source = source_of(operation, plan)
    began = time.perf_counter()
    rows = source.batch(after=0, size=SAMPLE)
    return (time.perf_counter() - began) / max(len(rows), 1) + JUDGING


@cache
def writing_cost() -> float:
    """Return the seconds in which this database writes one row, of one in a table that nobody uses."""
    if connection.vendor == "sqlite":
        # One of its own, as any other would wait for whoever writes.
        with closing(sqlite3.connect(":memory:")) as own:
            return _time_of_writing(own.cursor())
    with connection.cursor() as cursor:
        return _time_of_writing(cursor)


def _time_of_writing(cursor: Any) -> float:
    cursor.execute(SAMPLE_SQL)
    began = time.perf_counter()
    cursor.execute("UPDATE dyn_sample SET n = n + 1")
    taken = time.perf_counter() - began
    cursor.execute("DROP TABLE dyn_sample")
    return taken / SAMPLE
