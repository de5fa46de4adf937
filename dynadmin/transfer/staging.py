"""The rows of a batch in a temporary table, where the database compares them with those it has."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any

from django.db import DatabaseError, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from dynadmin.loading import load_columns
from dynadmin.transfer.batches import Batch

_numbers = count(1)


class TemporaryTable:
    """A table that is there while its block runs; ``columns`` are SQL. It is in no one else's way."""

    def __init__(self, connection: BaseDatabaseWrapper, columns: Sequence[str], *, unique: str = "") -> None:
        self.connection = connection
        self.name = f"dynadmin_keys_{next(_numbers)}"
        self._columns = columns
        self._unique = unique

    def __enter__(self) -> "TemporaryTable":
        self.execute(f"CREATE TEMPORARY TABLE {self.name} ({', '.join(self._columns)})")
        if self._unique:
            self.execute(f"CREATE UNIQUE INDEX {self.name}_i ON {self.name} ({self._unique})")
        return self

    def __exit__(self, kind: type[BaseException] | None, *_details: object) -> None:
        if kind is None:
            self.execute(f"DROP TABLE {self.name}")
        elif not self.connection.in_atomic_block:
            # After an error the transaction takes the table with it; where there is none it has to go too.
            try:
                self.execute(f"DROP TABLE {self.name}")
            except DatabaseError:
                return

    def clear(self) -> None:
        """Remove all rows, and give back what they took."""
        word = "TRUNCATE" if self.connection.vendor == "postgresql" else "DELETE FROM"
        self.execute(f"{word} {self.name}")

    def execute(self, sql: str, parameters: Sequence[Any] | None = None) -> int:
        """Run a statement; return how many rows it has written."""
        with self.connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return int(cursor.rowcount)

    def rows(self, sql: str, parameters: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
        """Run a query and return its rows."""
        with self.connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchall()


class Staging(TemporaryTable):
    """The rows of one batch: ``n`` is the place of a row in it, ``line`` that in the file, then its columns.

    `places` are those of the staged columns in the batch.
    """

    def __init__(
        self, connection: BaseDatabaseWrapper, fields: Sequence[models.Field], places: Sequence[int]
    ) -> None:
        self.places = places
        self._types = {place: sql_type(fields[place], connection) for place in places}
        number = "n integer PRIMARY KEY" if connection.vendor == "sqlite" else "n integer"
        columns = [f"{name} {kind}" for name, kind in self.types(places).items()]
        super().__init__(connection, [number, "line bigint", *columns])

    def types(self, places: Sequence[int]) -> dict[str, str]:
        """Return the SQL types of columns by their names."""
        return {self.column(place): self._types[place] for place in places}

    def index(self) -> None:
        """Have rows found by their places from now on: it makes staging longer, and not all files need it."""
        if self.connection.vendor == "postgresql":
            self.execute(f"CREATE UNIQUE INDEX IF NOT EXISTS {self.name}_n ON {self.name} (n)")

    def column(self, place: int) -> str:
        """Return the name of a column."""
        return f"c{place}"

    def take(self, batch: Batch) -> None:
        """Hold the rows of this batch, and no others."""
        self.clear()
        self.add(batch)

    def add(self, batch: Batch, *, first: int = 0) -> None:
        """Take the rows of this batch in, numbered from there on."""
        batch.staged = list(range(first, first + len(batch)))
        names = ["n", "line", *map(self.column, self.places)]
        columns = [batch.columns[place] for place in self.places]
        is_text = self.connection.vendor == "postgresql"
        numbers = [map(str, some) if is_text else some for some in (batch.staged, batch.lines)]
        load_columns(self.connection, self.name, names, [*numbers, *columns])


def sql_type(field: models.Field, connection: BaseDatabaseWrapper) -> str:
    """Return the SQL type of the field's values, in its collation: equality must mean what it means there."""
    kind = field.rel_db_type(connection)
    collation = field.db_parameters(connection).get("collation")
    return f"{kind} COLLATE {connection.ops.quote_name(collation)}" if collation else kind


@contextmanager
def looked_up(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Have the few rows of temporary tables looked up in the large ones by their indexes.

    Nobody counts the rows of temporary tables, so that PostgreSQL might read all of the large table instead.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with _told(connection, enable_hashjoin="off", enable_mergejoin="off"):
        yield


@contextmanager
def gone_through(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Have PostgreSQL read a large table once, with the few rows of temporary tables in its memory."""
    with _told(connection, enable_mergejoin="off", work_mem="64MB"):
        yield


@contextmanager
def _told(connection: BaseDatabaseWrapper, **settings: str) -> Iterator[None]:
    """Have settings of PostgreSQL's in the block. It compiles nothing: that takes longer."""
    settings = {"jit": "off", **settings}
    usual = ", ".join(f"current_setting('{name}')" for name in settings)
    told = ", ".join(f"set_config('{name}', %s, true)" for name in settings)
    with transaction.atomic(using=connection.alias, savepoint=False), connection.cursor() as cursor:
        cursor.execute(f"SELECT {usual}")
        before = cursor.fetchone()
        cursor.execute(f"SELECT {told}", list(settings.values()))
        yield
        cursor.execute(f"SELECT {told}", before)
