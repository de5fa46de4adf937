"""A view for each table under its readable name, for SQL and BI tools.

The only identifiers made from names people chose: they pass the strict pattern once more here, and are
quoted.
"""

import re
from collections.abc import Iterable

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils.translation import gettext as _

from dynadmin.exceptions import RefusedChange
from dynadmin.executor.dependents import dependents_named
from dynadmin.executor.viewgrants import Grant, fetch_grants, grant_sql
from dynadmin.plan import Plan
from dynadmin.schema import TableSchema

Grants = dict[int, list[Grant]]  # by the id of the table

POSTGRES_SCHEMA = "tables"
SAFE_NAME = re.compile(r"[a-z][a-z0-9_]{0,50}\Z")  # of a relation it is the name with _id


def view_name(table: TableSchema) -> str:
    """Return the quoted name of the table's view, with its schema on PostgreSQL."""
    return view_named(table.name)


def view_named(name: str) -> str:
    """Return the same for the table of this name."""
    if connection.vendor == "postgresql":
        return f"{_quoted(POSTGRES_SCHEMA)}.{_quoted(name)}"
    return connection.ops.quote_name(f"tables_{_checked(name)}")


def drop_views(editor: BaseDatabaseSchemaEditor, plan: Plan) -> Grants:
    """Drop the views of all tables the plan changes: they stand in the way of DDL on both engines.

    Returns what was granted on them, for ``create_views``.
    """
    grants = {}
    for table in plan.changed_tables:
        old = plan.base.tables.get(table.id)
        if old and not old.retired:
            grants[old.id] = fetch_grants(view_name(old), old)
            drop_view(editor, old)
    return grants


def create_views(editor: BaseDatabaseSchemaEditor, plan: Plan, grants: Grants) -> None:
    """Create the views of the tables as the plan leaves them."""
    for table in plan.changed_tables:
        if not table.retired:
            create_view(editor, table, grants.get(table.id, ()))


def create_view(editor: BaseDatabaseSchemaEditor, table: TableSchema, grants: Iterable[Grant] = ()) -> None:
    """Create the view of a live table, and grant on it what was granted before."""
    if connection.vendor == "postgresql":
        editor.execute(f"CREATE SCHEMA IF NOT EXISTS {_quoted(POSTGRES_SCHEMA)}")
    editor.execute(view_sql(table))
    write_comments(editor, table)
    for statement in grant_sql(view_name(table), table, grants):
        editor.execute(statement)


def view_sql(table: TableSchema) -> str:
    """Return the statement that makes the table's view."""
    quote = connection.ops.quote_name
    columns = [quote("id"), *(f"{quote(f.column)} AS {_quoted(f.attname)}" for f in table.live_columns)]
    return f"CREATE VIEW {view_name(table)} AS SELECT {', '.join(columns)} FROM {quote(table.db_table)}"  # noqa: S608


def drop_view(editor: BaseDatabaseSchemaEditor, table: TableSchema) -> None:
    """Drop the view of a table, if there is one. Raises RefusedChange where something is built on it."""
    drop_view_named(editor, table.name, label=table.label)


def drop_view_named(editor: BaseDatabaseSchemaEditor, name: str, *, label: str = "") -> None:
    """Same for a view that may be no table's any more."""
    message = _("Something else in the database is built on the view of “%(table)s”: %(detail)s")
    with dependents_named(message, {"table": label or name}):
        editor.execute(f"DROP VIEW IF EXISTS {view_named(name)}")


def comments_of(table: TableSchema) -> list[str]:
    """Return the comments of the table's view and of its fields, in order. PostgreSQL keeps them."""
    text = "\n".join(part for part in (table.label, table.description) if part)
    return [text, *(field.label for field in table.live_columns)]


def write_comments(editor: BaseDatabaseSchemaEditor, table: TableSchema) -> None:
    """Say in the database what a table and its fields are, where the engine has a place for that."""
    if connection.vendor != "postgresql":
        return
    view = view_name(table)
    text, *labels = comments_of(table)
    comments = [f"COMMENT ON VIEW {view} IS {_literal(editor, text)}"]
    for field, label in zip(table.live_columns, labels, strict=True):
        column = f"{view}.{_quoted(field.attname)}"
        comments.append(f"COMMENT ON COLUMN {column} IS {_literal(editor, label)}")
    # Sent together, as the table is locked meanwhile.
    editor.execute(";\n".join(comments), None)


def _literal(editor: BaseDatabaseSchemaEditor, text: str) -> str:
    # COMMENT takes no parameters, so the driver quotes the text, as it does for defaults. Executed without
    # parameters, a "%" in it is nothing special either.
    return editor.quote_value(text)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(_checked(name))


def _checked(name: str) -> str:
    if not SAFE_NAME.match(name):
        raise RefusedChange(f"{name!r} is not a legal name.")
    return name
