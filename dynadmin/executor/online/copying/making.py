"""The statements that make a copy of a table: those of Django for the table, with other names in them."""

import re
from collections.abc import Iterator

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from dynadmin.executor.ddl import flush
from dynadmin.executor.online.copying.copies import Copy
from dynadmin.executor.online.names import log_name, misfits_name

TABLE = re.compile(r'CREATE TABLE "(?P<table>\w+)" (?P<rest>.+)$', re.DOTALL)
INDEX = re.compile(r'(?P<create>CREATE (UNIQUE )?INDEX) "(?P<name>\w+)" ON "(?P<table>\w+)" (?P<rest>.+)$')
KINDS = {"i": "INSERT", "u": "UPDATE", "d": "DELETE"}


def log_sql(change: int) -> Iterator[str]:
    """Yield the statements that make the log of rows that are written, and the list of misfits."""
    yield f"CREATE TABLE {log_name(change)} (t integer, pk integer, PRIMARY KEY (t, pk)) WITHOUT ROWID"
    columns = "work integer, pk integer, code text, reason text, PRIMARY KEY (work, pk)"
    yield f"CREATE TABLE {misfits_name(change)} ({columns})"


def copy_sql(copy: Copy) -> Iterator[str]:
    """Yield the statements that make a copy, empty, with its rules and indexes."""
    late = set(late_indexes(copy))
    for statement in _statements(copy):
        if found := TABLE.match(statement):
            yield f'CREATE TABLE "{copy.name}" {found["rest"]}'
        elif (found := INDEX.match(statement)) and found["name"] not in late:
            # The indexes of the table in use have these names; and SQLite renames none.
            name = found["name"] if found["name"] in _rules(copy) else f"{found['name']}_{copy.change:d}"
            yield f'{found["create"]} "{name}" ON "{copy.name}" {found["rest"]}'


def late_indexes(copy: Copy) -> dict[str, str]:
    """Return the statements of indexes that have to be called as those of the table in use, by name.

    They are built when those are gone.
    """
    there = {rule.db_name for rule in copy.table.constraints}
    found = filter(None, map(INDEX.match, _statements(copy)))
    return {match["name"]: match[0] for match in found if match["name"] in there}


def watch_sql(copy: Copy) -> Iterator[str]:
    """Yield the statements that make the triggers of the table in use.

    They note each row that is written, and take it out of the copy, in which it is what it was.
    """
    log, table = log_name(copy.change), copy.table
    for kind, event in KINDS.items():
        rows = {"i": ["NEW"], "u": ["OLD", "NEW"], "d": ["OLD"]}[kind]
        actions = " ".join(
            f"INSERT INTO {log} VALUES ({table.id:d}, {row}.id) ON CONFLICT DO NOTHING; "  # noqa: S608
            f"DELETE FROM {copy.name} WHERE id = {row}.id;"
            for row in rows
        )
        name = trigger_name(copy.change, table.id, kind)
        yield f"CREATE TRIGGER {name} AFTER {event} ON {table.db_table} BEGIN {actions} END"


def end_sql(change: int, tables: list[int]) -> Iterator[str]:
    """Yield the statements that drop the triggers, the log and the list of misfits."""
    for table in tables:
        for kind in KINDS:
            yield f"DROP TRIGGER IF EXISTS {trigger_name(change, table, kind)}"
    yield f"DROP TABLE IF EXISTS {log_name(change)}"
    yield f"DROP TABLE IF EXISTS {misfits_name(change)}"


def trigger_name(change: int, table: int, kind: str) -> str:
    return f"dyn_o{change:d}_{kind}{table:d}"


def _rules(copy: Copy) -> set[str]:
    return {rule.db_name for rule in copy.model.table_schema.constraints}  # type: ignore[attr-defined]


def _statements(copy: Copy) -> list[str]:
    """Return what Django would run to make the table as it will be."""
    editor = connection.schema_editor(collect_sql=True, atomic=False)
    # Without the enter and exit of SQLite's own, which look at every foreign key there is.
    BaseDatabaseSchemaEditor.__enter__(editor)
    editor.create_model(copy.model)
    flush(editor)
    return [statement.rstrip(";") for statement in editor.collected_sql]
