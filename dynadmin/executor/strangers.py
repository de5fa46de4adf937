"""Columns that no field knows: somebody added them by hand, and a remake of the table must keep them."""

from collections.abc import Collection, Mapping

from django.db import connection
from django.db.models import Field, Model, Value

from dynadmin.executor.inspection import Column, fetch_tables


class Stranger(Field):
    """A column as the database describes it, whatever it is."""

    def __init__(self, *, found: Column, **options) -> None:
        self.found = found
        if found.default is not None:
            options["db_default"] = Literal(found.default)
        super().__init__(null=not found.is_required, **options)

    def db_type(self, connection) -> str:
        # SQLite knows columns without a type.
        return self.found.type or "blob"


class Literal(Value):
    """A piece of SQL that the database itself has given. As a value it is put between no further brackets."""

    def as_sql(self, compiler, connection) -> tuple[str, list]:
        return self.value.replace("%", "%%"), []


def add_strangers(model: type[Model], columns: Mapping[str, Column], *, unique: Collection[str] = ()) -> None:
    """Give a class the columns of its table that it lacks."""
    known = {field.column for field in model._meta.concrete_fields}
    for number, (name, found) in enumerate(columns.items()):
        if name not in known and not found.is_generated:
            stranger = Stranger(found=found, db_column=name, unique=name in unique)
            model.add_to_class(f"stranger_{number}", stranger)


def keep_strangers(model: type[Model]) -> None:
    """Give a class the columns that no field knows, where it could lose them.

    SQLite alters a table by making it anew from the class: what the class lacks would be gone, with its
    values.
    """
    if connection.vendor == "sqlite":
        table = model._meta.db_table
        add_strangers(model, fetch_tables(table).get(table, {}))
