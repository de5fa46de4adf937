"""Writes what becomes of each value into another column, batch by batch.

PostgreSQL: the values of a batch are copied into a temporary table and joined in one UPDATE, several times
faster than an UPDATE a row. SQLite runs in this process, where one prepared UPDATE a row is the fastest.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Field

from dynadmin.conversion import Outcome
from dynadmin.executor.judging import ORIGINAL, Judge, Source
from dynadmin.fieldtypes.cells import to_text
from dynadmin.loading import load

BATCH = 20_000
TEMPORARY = "dyn_filling"


@dataclass(kw_only=True)
class Filler:
    """Fills ``target``, and ``kept`` with the texts of values that do not fit, from a source."""

    source: Source
    judge: Judge
    target: Field
    kept: Field | None = None

    def fill_all(self) -> None:
        """Fill the columns of all rows."""
        last: int | None = 0
        while last is not None:
            last = self.fill_after(last)

    def fill_after(self, last: int, *, size: int = BATCH) -> int | None:
        """Fill the rows that come after an id; return the last one's id, None if there were none."""
        batch = self.source.batch(after=last, size=size)
        self._write(batch)
        return batch[-1][0] if batch else None

    def fill_rows(self, pks: list[int]) -> None:
        """Fill these rows anew, which somebody has written since they were filled."""
        self._write(self.source.rows(pks), anew=True)

    def _write(self, rows: list[tuple[int, tuple[Any, ...]]], *, anew: bool = False) -> None:
        settled = ((pk, values, self.judge(values)) for pk, values in rows)
        written = [
            (pk, self._stored(self.target, outcome.value), *self._kept(values[0], outcome))
            for pk, values, outcome in settled
            if anew or self._has_to_be_written(outcome)
        ]
        write_columns([self.target, *([self.kept] if self.kept else [])], written)

    def _has_to_be_written(self, outcome: Outcome) -> bool:
        """A new column is empty, and one that is taken into use again has its originals."""
        if len(self.source.columns) > 1:
            return outcome.kind != ORIGINAL
        return outcome.value is not None or outcome.kind == "failed"

    def _kept(self, value: Any, outcome: Outcome) -> list[Any]:
        if self.kept is None:
            return []
        text = to_text(self._old_field, value) if outcome.kind == "failed" else ""
        return [self._stored(self.kept, text)]

    @cached_property
    def _old_field(self) -> Field:
        return self.source.model._meta.get_field(self.source.columns[0])

    def _stored(self, field: Field, value: Any) -> Any:
        return field.get_db_prep_save(value, connection)


def write_columns(fields: list[Field], rows: Iterable[tuple[Any, ...]]) -> None:
    """Write values into columns of one table.

    A row is an id and a value for each field, as the driver takes it.
    """
    quote = connection.ops.quote_name
    table = quote(fields[0].model._meta.db_table)
    columns = [quote(field.column) for field in fields]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            assigned = ", ".join(f"{column} = %s" for column in columns)
            rows = ((*values, pk) for pk, *values in rows)
            cursor.executemany(f"UPDATE {table} SET {assigned} WHERE id = %s", rows)  # noqa: S608
            return
        types = ", ".join(f"{quote(f.column)} {f.db_type(connection)}" for f in fields)
        cursor.execute(f"CREATE TEMPORARY TABLE {TEMPORARY} (id bigint, {types})")
        load(connection, TEMPORARY, ["id", *(field.column for field in fields)], rows)
        assigned = ", ".join(f"{column} = {TEMPORARY}.{column}" for column in columns)
        cursor.execute(f"UPDATE {table} SET {assigned} FROM {TEMPORARY} WHERE {table}.id = {TEMPORARY}.id")  # noqa: S608
        cursor.execute(f"DROP TABLE {TEMPORARY}")
