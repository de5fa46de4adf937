"""The table that is damaged, seen from a database shell."""

from django.db import connection

from dynadmin.executor.views import view_name
from dynadmin.registry import registry
from dynadmin.schema import TableSchema

SQLITE, POSTGRESQL = "sqlite", "postgresql"


class Victim:
    """The table that is damaged, by its names in the database."""

    def __init__(self, table: TableSchema) -> None:
        self.schema = table
        self.id = table.id
        self.name = table.db_table
        self.view = view_name(table)
        self.copy = f"new__{table.db_table}"

    def column(self, field: str) -> str:
        return self.columns(field)[0]

    def columns(self, field: str) -> list[str]:
        """Return the columns that hold values of a field: its own, and that of its original values."""
        return [f.column for f in self.schema.columns if f.name == field]

    def links(self, field: str) -> str:
        """Return the table with the links of a field."""
        return next(f.link_table for f in self.schema.links if f.name == field)

    def rule(self, kind: str) -> str:
        return next(rule.db_name for rule in self.schema.constraints if rule.kind == kind)

    def alter(self, field: str, clause: str) -> None:
        execute(f"ALTER TABLE {self.name} ALTER COLUMN {self.column(field)} {clause}")

    def sql(self) -> str:
        """Return the text from which SQLite knows the table, empty if it is not there."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [self.name])
            return (cursor.fetchone() or ("",))[0]

    def rewrite(self, old: str, new: str) -> None:
        """Change that text."""
        sql = self.sql()
        assert old in sql, (old, sql)
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA writable_schema = ON")
            cursor.execute(
                "UPDATE sqlite_master SET sql = %s WHERE name = %s", [sql.replace(old, new, 1), self.name]
            )
            cursor.execute("PRAGMA writable_schema = RESET")

    def drop_view(self) -> None:
        execute(f"DROP VIEW IF EXISTS {self.view}")

    def index_on(self, field: str, *, unique: bool) -> str:
        """Return the name of an index on a field's column."""
        with connection.cursor() as cursor:
            found = connection.introspection.get_constraints(cursor, self.name)
        return next(
            name
            for name, info in found.items()
            if info["columns"] == [self.column(field)]
            and info["unique"] == unique
            and info["index"] != unique
        )


def execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)


def victim(name: str = "flights") -> Victim:
    return Victim(registry.newest.schema.table_named(name))
