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
        number = "n integer PRIMARY KEY" if connection.vendor == "sqlite" else "n integer"
        columns = [f"{self.column(place)} {sql_type(fields[place], connection)}" for place in places]
        super().__init__(connection, [number, "line bigint", *columns])

    def column(self, place: int) -> str:
        """Return the name of a column."""
        return f"c{place}"

    def take(self, batch: Batch) -> None:
        """Hold the rows of this batch, and no others."""
        self.clear()
        batch.staged = list(range(len(batch)))
        names = ["n", "line", *map(self.column, self.places)]
        columns = [batch.columns[place] for place in self.places]
        texts = map(str, batch.lines) if self.connection.vendor == "postgresql" else batch.lines
        places = map(str, range(len(batch))) if self.connection.vendor == "postgresql" else range(len(batch))
        load_columns(self.connection, self.name, names, [places, texts, *columns])


class SeenKeys(TemporaryTable):
    """The keys of all rows of the file so far, each with the line where it stood first."""

    def __init__(self, staging: Staging, fields: Sequence[models.Field], places: Sequence[int]) -> None:
        self._staging = staging
        self._names = [f"k{number}" for number in range(len(places))]
        self._sources = [f"s.{staging.column(place)}" for place in places]
        types = [sql_type(fields[place], staging.connection) for place in places]
        columns = [f"{name} {kind}" for name, kind in zip(self._names, types, strict=True)]
        super().__init__(staging.connection, [*columns, "line bigint"], unique=", ".join(self._names))

    def take(self) -> dict[int, int]:
        """Take the keys of the staged rows in; return the places of those that stood before, and where.

        A key that is not complete is none.
        """
        known = " AND ".join(f"{source} IS NOT NULL" for source in self._sources)
        added = self.execute(
            f"INSERT INTO {self.name} SELECT {', '.join(self._sources)}, s.line FROM {self._staging.name} s"  # noqa: S608
            f" WHERE {known} ON CONFLICT DO NOTHING"
        )
        [(complete,)] = self.rows(f"SELECT count(*) FROM {self._staging.name} s WHERE {known}")  # noqa: S608
        if added == complete:
            return {}
        pairs = zip(self._names, self._sources, strict=True)
        equal = " AND ".join(f"k.{name} = {source}" for name, source in pairs)
        return dict(
            self.rows(
                f"SELECT s.n, k.line FROM {self._staging.name} s JOIN {self.name} k ON {equal}"  # noqa: S608
                " WHERE k.line <> s.line"
            )
        )


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
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for name in ("enable_hashjoin", "enable_mergejoin"):
            cursor.execute("SELECT set_config(%s, 'off', true)", [name])
        yield
        for name in ("enable_hashjoin", "enable_mergejoin"):
            cursor.execute("SELECT set_config(%s, 'on', true)", [name])
