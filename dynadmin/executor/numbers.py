"""The numbers of definitions and revisions: tables and columns are named by them, so none is given twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection

from dynadmin.factory import APP_LABEL

LABEL = "dynadmin"


@contextmanager
def numbers_kept() -> Iterator[None]:
    """Whatever becomes of rows meanwhile, the next ones get numbers that none ever had.

    Those of definitions, revisions, and dynamic tables.
    """
    configs = (apps.get_app_config(label) for label in (LABEL, APP_LABEL))
    tables = sorted(model._meta.db_table for config in configs for model in config.get_models())
    before = _last_numbers(tables)
    yield
    after = _last_numbers(tables)
    for table, number in before.items():
        if number > after.get(table, number):
            go_on_beyond(table, number)


def go_on_beyond(table: str, number: int) -> None:
    """Give no row of the table that is made later this number or a lower one."""
    with connection.cursor() as cursor:
        cursor.execute(*_sequence_beyond(table, number))


def _last_numbers(tables: list[str]) -> dict[str, int]:
    """Return the last number that was given, by the names of these tables as far as they are there."""
    marks = ", ".join(["%s"] * len(tables))
    if connection.vendor == "postgresql":
        sql = (
            "SELECT relname, pg_sequence_last_value(pg_get_serial_sequence(relname, 'id')::regclass) "  # noqa: S608
            f"FROM pg_class WHERE relkind = 'r' AND pg_table_is_visible(oid) AND relname IN ({marks})"
        )
    else:
        sql = f"SELECT name, seq FROM sqlite_sequence WHERE name IN ({marks})"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, tables)
        return {name: number or 0 for name, number in cursor.fetchall()}


def _sequence_beyond(table: str, number: int) -> tuple[str, list[Any]]:
    if connection.vendor == "postgresql":
        sequence = "pg_get_serial_sequence(%s, 'id')"
        return (
            f"SELECT setval({sequence}, greatest(%s, pg_sequence_last_value({sequence}::regclass)))",
            [table, number, table],
        )
    return (
        "INSERT OR REPLACE INTO sqlite_sequence (rowid, name, seq) VALUES ("
        "(SELECT rowid FROM sqlite_sequence WHERE name = %s), %s, "
        "max(%s, coalesce((SELECT seq FROM sqlite_sequence WHERE name = %s), 0)))",
        [table, table, number, table],
    )
