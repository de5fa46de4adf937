"""Which rows of the table have the keys of the file: asked set by set, through a temporary table."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from dynadmin.loading import load

_numbers = count(1)


class KeyTable:
    """A temporary table of the keys read so far, typed as the fields are, to be joined with the table.

    It lives in the database, so that memory does not grow with the file; it must be made and dropped inside
    the transaction of the import.
    """

    def __init__(
        self, model: type[models.Model], fields: Sequence[models.Field], connection: BaseDatabaseWrapper
    ) -> None:
        quote = connection.ops.quote_name
        self._connection = connection
        self._pk = model._meta.pk
        self._table = quote(model._meta.db_table)
        self._pk_column = quote(self._pk.column)
        self._fields = fields
        self._names = [f"k{number}" for number in range(len(fields))]
        self._name = f"dynadmin_keys_{next(_numbers)}"

    def __enter__(self) -> "KeyTable":
        pairs = zip(self._names, self._fields, strict=True)
        parts = [f"{name} {_type(field, self._connection)}" for name, field in pairs]
        self._execute(f"CREATE TEMPORARY TABLE {self._name} (line bigint, {', '.join(parts)})")
        self._execute(f"CREATE INDEX {self._name}_i ON {self._name} ({', '.join(self._names)}, line)")
        return self

    def __exit__(self, kind: type[BaseException] | None, *_details: object) -> None:
        # After an error the transaction takes the table with it; PostgreSQL would run no statement any more.
        if kind is None:
            self._execute(f"DROP TABLE {self._name}")

    def clear(self) -> None:
        """Forget all keys."""
        self._execute(f"DELETE FROM {self._name}")  # noqa: S608

    def add(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Take the keys of a batch: (line, stored value, ...) each."""
        load(self._connection, self._name, ["line", *self._names], rows)
        if self._connection.vendor == "postgresql":
            # Nobody else does it for temporary tables, and without it the joins are planned for a few rows.
            self._execute(f"ANALYZE {self._name}")

    def existing(self, first: int, last: int) -> dict[int, list[Any]]:
        """Return by line, for lines from first to last, the primary keys of the rows with the same key."""
        pairs = zip(self._names, self._fields, strict=True)
        quote = self._connection.ops.quote_name
        equal = " AND ".join(f"t.{quote(field.column)} = k.{name}" for name, field in pairs)
        found: dict[int, list[Any]] = defaultdict(list)
        for line, pk in self._execute(
            f"SELECT k.line, t.{self._pk_column} FROM {self._name} k JOIN {self._table} t ON {equal}"  # noqa: S608
            " WHERE k.line BETWEEN %s AND %s",
            [first, last],
        ):
            found[line].append(self._pk.to_python(pk))
        return found

    def repeated(self, first: int, last: int) -> dict[int, int]:
        """Return by line, for lines from first to last, where in the file the same key stood first before."""
        equal = " AND ".join(f"e.{name} = k.{name}" for name in self._names)
        return dict(
            self._execute(
                f"SELECT k.line, min(e.line) FROM {self._name} k JOIN {self._name} e ON {equal}"  # noqa: S608
                " AND e.line < k.line WHERE k.line BETWEEN %s AND %s GROUP BY k.line",
                [first, last],
            )
        )

    def _execute(self, sql: str, parameters: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchall() if cursor.description else []


def _type(field: models.Field, connection: BaseDatabaseWrapper) -> str:
    """Return the SQL type of the field's values, in its collation: equality must mean what it means there."""
    kind = field.rel_db_type(connection)
    collation = field.db_parameters(connection).get("collation")
    return f"{kind} COLLATE {connection.ops.quote_name(collation)}" if collation else kind
