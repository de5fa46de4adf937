"""What belongs to a table and is not in its class: SQLite would lose it by making the table anew."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.models import Model

# What fields, rules, conversions and the engine itself have made: whoever wants it makes it again.
OURS = re.compile(r"dyn_|sqlite_autoindex_")
EXTRAS = "SELECT name, sql FROM sqlite_master WHERE tbl_name = %s AND type IN ('index', 'trigger')"
COLUMNS = "SELECT name FROM pragma_table_info(%s)"


@contextmanager
def belongings_kept(model: type[Model]) -> Iterator[None]:
    """Keep the counter of the rows' ids, and the indexes and triggers that others have added."""
    if connection.vendor != "sqlite":
        yield
        return
    table = model._meta.db_table
    with _row_ids_kept(table), _extras_kept(table):
        yield


@contextmanager
def _row_ids_kept(table: str) -> Iterator[None]:
    """Keep the counter, which would go on from the highest id in use.

    It would give the id of a deleted row, with its history, to another.
    """
    counter = _fetch("SELECT seq FROM sqlite_sequence WHERE name = %s", table)
    yield
    if counter:
        _run("DELETE FROM sqlite_sequence WHERE name = %s", [table])
        _run("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, counter[0][0]])


@contextmanager
def _extras_kept(table: str) -> Iterator[None]:
    """Make again what goes with the old table, unless it speaks of a column that is dropped."""
    extras = {name: sql for name, sql in _fetch(EXTRAS, table) if sql and not OURS.match(name)}
    before = _fetch(COLUMNS, table)
    yield
    gone = [name for (name,) in set(before) - set(_fetch(COLUMNS, table))]
    there = {name for name, _sql in _fetch(EXTRAS, table)}
    for name, sql in extras.items():
        if name not in there and not any(re.search(rf"\b{re.escape(column)}\b", sql) for column in gone):
            _run(sql)


def _fetch(sql: str, table: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [table])
        return cursor.fetchall()


def _run(sql: str, parameters: list | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
