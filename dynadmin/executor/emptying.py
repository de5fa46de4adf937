"""Takes all that was ever made of definitions out of the database, whatever the record says of it."""

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connection, transaction
from django.utils.translation import gettext_lazy

from dynadmin.exceptions import RefusedChange
from dynadmin.executor.dependents import dependents_named
from dynadmin.executor.guards import FUNCTION
from dynadmin.executor.inspection import fetch_artifacts, fetch_link_tables, fetch_views
from dynadmin.executor.releasing import lock_schema
from dynadmin.executor.transactions import references_unchecked
from dynadmin.executor.views import view_named
from dynadmin.factory import APP_LABEL, TABLE_PREFIX
from dynadmin.revisions import latest_revision_id, load_schema

# Tables, those of links between them, the copies that remakes leave, and what changes build beside them.
OURS = re.compile(r"(new__)?dyn_[tm]\d+|dyn_o\d+(_m|_[tg]\d+)?")

BUILT_ON = gettext_lazy("Something else in the database is built on the tables; drop it first: %(detail)s")
# SQLite would leave them, and then alter no table any more.
STRANGE_VIEWS = """
    SELECT name FROM sqlite_master WHERE type = 'view' AND name NOT GLOB 'tables_*'
    AND sql GLOB '*dyn_[tm][0-9]*' ORDER BY name
"""


def tables_in_database() -> list[str]:
    """Return the names of all tables of ours, but those that a model of an app has taken over."""
    with connection.cursor() as cursor:
        found = {name for name in connection.introspection.table_names(cursor) if OURS.fullmatch(name)}
    return sorted(found - _taken_over()) if found else []


def count_tables(names: Collection[str]) -> int:
    """Return how many of them are tables as people know them, and not what belongs to one."""
    return sum(name.startswith(TABLE_PREFIX) for name in names)


def _taken_over() -> set[str]:
    """Return the names of tables that are a model's, also where its app is not installed at the moment."""
    models = apps.get_models(include_auto_created=True)
    theirs = {m._meta.db_table for m in models if m._meta.app_label != APP_LABEL and m._meta.managed}
    known = load_schema(latest_revision_id()).tables.values()
    released = {table.db_table for table in known if table.released}
    links = {field.link_table for table in known for field in table.links}
    # Links of no field may be those of a released table.
    return theirs | released | (fetch_link_tables() - links if released else set())


@contextmanager
def emptied(tables: Collection[str]) -> Iterator[None]:
    """Drop these tables with all their rows; if the block fails, they are there again.

    The block may take away the record of them. Raises RefusedChange where others have built on them.
    """
    with references_unchecked(), transaction.atomic():
        lock_schema()
        _drop_views()
        _drop_tables(tables)
        yield


def _drop_views() -> None:
    if views := _strange_views():
        raise RefusedChange(BUILT_ON % {"detail": ", ".join(views)})
    names = [view_named(name) for name, view in fetch_views().items() if view.is_ours]
    # Together, as it is one thing to ask a database of a thousand tables.
    for name in [", ".join(names)] if names and connection.vendor == "postgresql" else names:
        _drop(f"DROP VIEW {name}")


def _strange_views() -> list[str]:
    """Return the names of others' views on our tables, as far as the database itself does not mind."""
    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute(STRANGE_VIEWS)
        return [name for (name,) in cursor.fetchall()]


def _drop_tables(tables: Collection[str]) -> None:
    names = [connection.ops.quote_name(name) for name in tables]
    if connection.vendor == "postgresql":
        functions = [name for name, kind in fetch_artifacts().items() if kind == "function"]
        _drop(f"DROP TABLE {', '.join(names)}")
        for name in [*functions, FUNCTION]:
            _drop(f"DROP FUNCTION IF EXISTS {name}")
        return
    for name in names:
        # Within somebody's transaction references are checked: rows that refer to others first.
        _drop(f"DELETE FROM {name}")  # noqa: S608
    for name in names:
        _drop(f"DROP TABLE {name}")


def _drop(sql: str) -> None:
    with connection.cursor() as cursor, dependents_named(BUILT_ON, {}):
        cursor.execute(sql)
