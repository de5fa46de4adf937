"""Triggers that keep a request of the last revision from writing where nobody looks any more.

A request keeps to one revision from its first query to its last. When a conversion is committed meanwhile,
its class still writes the old column. That value would be lost to everybody, so the database refuses it, and
the request is put once more to the table as it is now, as with any change that takes something away.
"""

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from dynadmin.plan import Plan
from dynadmin.schema import FieldSchema, TableSchema

MESSAGE = "dynadmin: this column was converted, and takes no values any more"
FUNCTION = "dyn_refuse_write"


def guard_names(field: FieldSchema) -> tuple[str, str]:
    """Return the names of the two triggers that guard the column of an original."""
    name = f"dyn_g{field.id:d}_{field.generation:d}"
    return f"{name}_i", f"{name}_u"


def drop_guards(editor: BaseDatabaseSchemaEditor, plan: Plan) -> None:
    """Drop the guards of columns that are in use again, or about to be dropped."""
    for table in plan.changed_tables:
        old = plan.base.tables.get(table.id)
        for field in old.originals if old else ():
            if field not in table.originals and not table.purged:
                drop_guard(editor, table, field)


def create_guards(editor: BaseDatabaseSchemaEditor, plan: Plan) -> None:
    """Create the guards of the columns that a plan takes out of use."""
    for table in plan.changed_tables:
        if table.originals:
            _create(editor, table, plan.base.tables.get(table.id))


def _create(editor: BaseDatabaseSchemaEditor, table: TableSchema, old: TableSchema | None) -> None:
    guarded = set() if old is None else {field.column for field in old.originals}
    for field in table.originals:
        # A remake of the table on SQLite has dropped its triggers.
        if connection.vendor == "sqlite" or field.column not in guarded:
            create_guard(editor, table, field)


def create_guard(editor: BaseDatabaseSchemaEditor, table: TableSchema, field: FieldSchema) -> None:
    """Create the guard of an original's column, in the place of what there is of it."""
    if connection.vendor == "postgresql":
        editor.execute(_FUNCTION_SQL)
    drop_guard(editor, table, field)
    for sql in guard_sql(table, field):
        editor.execute(sql, None)


def drop_guard(editor: BaseDatabaseSchemaEditor, table: TableSchema, field: FieldSchema) -> None:
    """Let the column of an original be written again."""
    for name in guard_names(field):
        drop_trigger(editor, table, name)


def drop_trigger(editor: BaseDatabaseSchemaEditor, table: TableSchema, name: str) -> None:
    """Drop a trigger, if there is one of the name."""
    on_table = f" ON {table.db_table}" if connection.vendor == "postgresql" else ""
    editor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")


def guard_sql(table: TableSchema, field: FieldSchema) -> list[str]:
    """Return the statements that make the guard of an original's column."""
    insert, update = guard_names(field)
    name, column = table.db_table, field.column
    if connection.vendor == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        filled = f"NEW.{column} IS NOT NULL AND NEW.{column} <> ''"
        changed = f"NEW.{column} IS NOT OLD.{column}"
        return [
            f"CREATE TRIGGER {insert} BEFORE INSERT ON {name} WHEN {filled} {refuse}",
            f"CREATE TRIGGER {update} BEFORE UPDATE OF {column} ON {name} WHEN {changed} {refuse}",
        ]
    refuse = f"EXECUTE FUNCTION {FUNCTION}()"
    filled = f"NEW.{column} IS NOT NULL AND NEW.{column}::text <> ''"
    changed = f"NEW.{column} IS DISTINCT FROM OLD.{column}"
    return [
        f"CREATE TRIGGER {insert} BEFORE INSERT ON {name} FOR EACH ROW WHEN ({filled}) {refuse}",
        f"CREATE TRIGGER {update} BEFORE UPDATE OF {column} ON {name} FOR EACH ROW WHEN ({changed}) {refuse}",
    ]


_FUNCTION_SQL = f"""
    CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'serialization_failure'; END $$
"""
