"""Writes what becomes of each value into another column, batch by batch.

PostgreSQL: the values of a batch are joined in one UPDATE, several times faster than an UPDATE a row. SQLite
runs in this process, where one prepared UPDATE a row is the fastest.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter, itemgetter
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, DateField, Field, IntegerField, TextField

from dynadmin.conversion import Outcome
from dynadmin.executor.judging import ORIGINAL, Judge, Source
from dynadmin.fieldtypes.cells import to_text
from dynadmin.loading import load
from dynadmin.rowhistory.notary import RowNotary
from dynadmin.rowhistory.values import Cells

BATCH = 20_000
MOST_PREPARED = 100_000
TEMPORARY = "dyn_filling"

# Numbers with a point are not always found again on SQLite, nor is NULL anywhere.
FOUND_AGAIN = (CharField, TextField, IntegerField, DateField)

# The id of a row, the values it has in the columns of the source, and what becomes of them.
Settled = tuple[int, tuple[Any, ...], Outcome]


@dataclass(kw_only=True)
class Filler:
    """Fills ``target``, and ``kept`` with the texts of values that do not fit, from a source."""

    source: Source
    judge: Judge
    target: Field
    kept: Field | None = None
    is_noted: bool = False

    def fill_all(self) -> None:
        """Fill the columns of all rows; they are new or, where a conversion is taken back, have originals."""
        if self._fills_by_value:
            self.fill_by_value()
            return
        last = 0
        while rows := self.source.batch(after=last, size=BATCH):
            self.write(settled for settled in self.settle(rows) if self._has_to_be_written(settled[2]))
            last = rows[-1][0]

    def fill_by_value(self) -> None:
        """Fill the columns of all rows from a list of what becomes of each value, as many rows share few."""
        outcomes = self.judge.each(self.source.cells(), attrgetter("values"))
        written = [
            (cell.values[0], outcome) for cell, outcome in outcomes if self._has_to_be_written(outcome)
        ]
        if not written:
            return
        listed = (
            (self._stored(self._old_field, value), *self._row(value, outcome))
            for value, outcome in written
            if value is not None
        )
        join_columns(self.targets, listed, on=self._old_field)
        for outcome in (outcome for value, outcome in written if value is None):
            self._write_where_empty(outcome)

    def _write_where_empty(self, outcome: Outcome) -> None:
        target, old = _quoted(self.target.column), _quoted(self._old_field.column)
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {_table([self.target])} SET {target} = %s WHERE {old} IS NULL",  # noqa: S608
                [self._stored(self.target, outcome.value)],
            )

    def settle(self, rows: Iterable[tuple[int, tuple[Any, ...]]]) -> Iterator[Settled]:
        """Yield what becomes of the values of each row."""
        judged = self.judge.each(rows, itemgetter(1))
        return ((pk, values, outcome) for (pk, values), outcome in judged)

    def write(self, rows: Iterable[Settled]) -> None:
        """Write what has become of the values into the columns, whatever was in them."""
        self.write_stored(self.stored(rows))

    def stored(self, rows: Iterable[Settled]) -> list[tuple[Any, ...]]:
        """Return the id of each row, and what is to be stored in the columns, as the driver takes it."""
        return [(pk, *self._row(values[0], outcome)) for pk, values, outcome in rows]

    def write_stored(self, rows: list[tuple[Any, ...]]) -> None:
        """Write what was made ready; where people have seen the column before, their history tells it."""
        if not self.is_noted:
            write_columns(self.targets, rows)
            return
        model = self.target.model
        there = model._base_manager.filter(pk__in=[pk for pk, *_values in rows])
        cells = Cells([model._meta.get_field(self.target.name)])
        before = cells.read(there)
        write_columns(self.targets, rows)
        RowNotary(model, lambda: model).changed(cells, before, cells.read(there))

    @property
    def targets(self) -> list[Field]:
        """The columns that are written, in the order of what is stored in them."""
        return [self.target, *([self.kept] if self.kept else [])]

    @property
    def _fills_by_value(self) -> bool:
        """Whether the database finds a value of the old column again when it is given it back."""
        return len(self.source.columns) == 1 and isinstance(self._old_field, FOUND_AGAIN)

    def _has_to_be_written(self, outcome: Outcome) -> bool:
        """A new column is empty, and one that is taken into use again has its originals."""
        if len(self.source.columns) > 1:
            return outcome.kind != ORIGINAL
        return outcome.value is not None or outcome.kind == "failed"

    def _row(self, value: Any, outcome: Outcome) -> list[Any]:
        """Return what is stored in the target, and in the column of kept texts."""
        stored = [self._stored(self.target, outcome.value)]
        if self.kept:
            text = to_text(self._old_field, value) if outcome.kind == "failed" else ""
            stored.append(self._stored(self.kept, text))
        return stored

    @cached_property
    def _old_field(self) -> Field:
        return self.source.model._meta.get_field(self.source.columns[0])

    def _stored(self, field: Field, value: Any) -> Any:
        if not isinstance(value, str | int):
            return field.get_db_prep_save(value, self._connection)
        # Most values are there many times, and preparing one takes longer than finding it.
        known = self._prepared.setdefault(field.column, {})
        key = (value.__class__, value)
        if key not in known:
            if len(known) >= MOST_PREPARED:
                known.clear()
            known[key] = field.get_db_prep_save(value, self._connection)
        return known[key]

    @cached_property
    def _prepared(self) -> dict[str, dict[Any, Any]]:
        return {}

    @cached_property
    def _connection(self) -> BaseDatabaseWrapper:
        return connections[DEFAULT_DB_ALIAS]


def write_columns(fields: list[Field], rows: Sequence[tuple[Any, ...]]) -> None:
    """Write values into columns of one table.

    A row is an id and a value for each field, as the driver takes it.
    """
    if connection.vendor == "sqlite":
        assigned = ", ".join(f"{_quoted(field.column)} = %s" for field in fields)
        sql = f"UPDATE {_table(fields)} SET {assigned} WHERE id = %s"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.executemany(sql, ((*values, pk) for pk, *values in rows))
        return
    if not rows:
        return
    # Arrays in one statement, as it is over before a table of the values would be made.
    arrays = ", ".join(f"%s::{type}[]" for type in ("bigint", *(f.db_type(connection) for f in fields)))
    columns = [_quoted(field.column) for field in fields]
    assigned = ", ".join(f"{column} = dyn_new.{column}" for column in columns)
    source = f"unnest({arrays}) AS dyn_new (dyn_id, {', '.join(columns)})"
    ids, *values = map(list, zip(*rows, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {_table(fields)} SET {assigned} FROM {source} WHERE id = dyn_id",  # noqa: S608
            [f"{{{','.join(map(str, ids))}}}", *values],
        )


def join_columns(
    fields: list[Field],
    rows: Iterable[tuple[Any, ...]],
    *,
    on: Field,
) -> None:
    """Write values into columns of one table, into all rows that have a value in the column ``on``.

    A row is that value, and one for each field, as the driver takes it.
    """
    columns = [_quoted(field.column) for field in fields]
    types = ", ".join(f"{_quoted(f.column)} {f.db_type(connection)}" for f in fields)
    assigned = ", ".join(f"{column} = {TEMPORARY}.{column}" for column in columns)
    condition = f"{_table(fields)}.{_quoted(on.column)} = {TEMPORARY}.dyn_key"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {TEMPORARY} (dyn_key {_key_type(on)}, {types})")
        load(connection, TEMPORARY, ["dyn_key", *(field.column for field in fields)], rows)
        cursor.execute(f"UPDATE {_table(fields)} SET {assigned} FROM {TEMPORARY} WHERE {condition}")  # noqa: S608
        cursor.execute(f"DROP TABLE {TEMPORARY}")


def _key_type(field: Field) -> str:
    return (field.rel_db_type(connection) if field.primary_key else field.db_type(connection)) or "text"


def _table(fields: list[Field]) -> str:
    return _quoted(fields[0].model._meta.db_table)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
