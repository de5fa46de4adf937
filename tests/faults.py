"""Makes a statement fail in the database itself, and compares everything before and after."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from dynadmin.executor.inspection import (
    fetch_checks,
    fetch_copies,
    fetch_counters,
    fetch_indexes,
    fetch_tables,
    fetch_triggers,
    fetch_views,
)
from dynadmin.models import DynamicConstraint, DynamicField, DynamicModel, SchemaRevision
from dynadmin.registry import registry

# Refused by both engines, whatever came before; PostgreSQL then takes no more in this transaction.
BROKEN = "SELECT no_such_function_anywhere()"


class Saboteur:
    """Puts a broken statement in the place of the one with a given number."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.count = 0
        self.sabotaged = ""

    def __call__(self, execute: Callable, sql: str, params, many: bool, context):
        self.count += 1
        if self.count != self.number:
            return execute(sql, params, many, context)
        self.sabotaged = str(sql)
        return context["cursor"].execute(BROKEN)


@contextmanager
def failing(number: int) -> Iterator[Saboteur]:
    """Let the statement with this number fail, counted from the beginning of the block."""
    saboteur = Saboteur(number)
    with connection.execute_wrapper(saboteur):
        yield saboteur


def everything() -> dict[str, object]:
    """Return all that a schema change could change, in the database and in this process."""
    columns = fetch_tables()
    models = (DynamicModel, DynamicField, DynamicConstraint, SchemaRevision, ContentType, Permission)
    return {
        "columns": {name: list(table.items()) for name, table in columns.items()},
        "indexes": fetch_indexes(),
        "checks": fetch_checks(),
        "triggers": fetch_triggers(),
        "views": fetch_views(),
        "copies": fetch_copies(),
        "counters": fetch_counters(columns),
        "rows": {name: _rows(f"SELECT * FROM {name} ORDER BY id") for name in columns},
        "records": {model: list(model.objects.order_by("pk").values()) for model in models},
        "registry": (registry.newest.revision, registry.newest.schema),
    }


def _rows(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def trouble() -> list[str]:
    """Return what is wrong with the connection, for whoever uses it next."""
    wrong = []
    if connection.in_atomic_block or not connection.get_autocommit() or connection.needs_rollback:
        wrong.append("it is in a transaction")
    if connection.vendor == "sqlite" and _rows("PRAGMA foreign_keys") != [(1,)]:
        wrong.append("it does not check foreign keys")
    if connection.vendor == "postgresql" and _rows("SHOW lock_timeout") != [("0",)]:
        wrong.append("it gives up on locks")
    return wrong
