"""One moment of the database for as long as a file takes, however many questions it asks."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql import Query


@contextmanager
def snapshot(alias: str, tables: Iterable[str]) -> Iterator[None]:
    """Have all that is read within the block be of one moment; ``tables`` are those that will be read.

    Within a transaction of the caller's it is that transaction which decides.
    """
    connection = connections[alias]
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(using=alias):
            _begin_reading(connection, sorted(tables))
            yield
    else:
        with _read_transaction(connection):
            yield


def _begin_reading(connection: BaseDatabaseWrapper, tables: list[str]) -> None:
    quoted = ", ".join(map(connection.ops.quote_name, tables))
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        # The moment is that of the first question, which would wait for a table that is being rewritten, and
        # then find none of the rows in it, as all of them are of later. So the waiting is done before.
        cursor.execute(f"LOCK TABLE {quoted} IN ACCESS SHARE MODE")


@contextmanager
def _read_transaction(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """A transaction of SQLite that never asks for the right to write, whatever those of the project do."""
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def tables_of(rows: models.QuerySet) -> set[str]:
    """Return the names of all tables that a query reads, those of the queries within it too."""
    query = rows.query.clone()
    # Some tables are joined only for the sake of the order, which is settled when the SQL is written.
    query.get_compiler(rows.db).pre_sql_setup()
    return set(_tables(query))


def _tables(node: Any) -> Iterator[str]:
    if isinstance(node, Query):
        yield from (join.table_name for join in node.alias_map.values())
        inner = [node.where, *node.annotations.values(), *node.order_by, *node.combined_queries]
    else:
        inner = node.get_source_expressions() if hasattr(node, "get_source_expressions") else []
    for each in inner:
        yield from _tables(each)
