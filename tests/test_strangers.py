"""Columns that somebody added by hand survive every change of the table, with their values."""

import pytest
from django.db import connection

from tests.drift.victim import execute, victim

CHANGES = {
    "a field is unique": lambda table: table.fields.filter(name="country").update(
        options={"max_length": 5, "unique": True, "null": True}
    ),
    "a field is required": lambda table: table.fields.filter(name="size").update(
        options={"null": False, "blank": False}
    ),
    "a field is retired": lambda table: table.fields.filter(name="size").delete(),
    "a field is converted": lambda table: table.fields.filter(name="size").update(type="char", options={}),
}
COLUMNS = {
    "a number": ("extra integer", 5),
    "a name that has to be quoted": ('"by hand" varchar(9)', "100%"),
    "a default": ("extra varchar(9) DEFAULT 'a''%b'", "x"),
    "a default and always a value": ("extra integer DEFAULT 3 NOT NULL", 4),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("column", COLUMNS)
def test_a_column_nobody_told_of_keeps_its_values(tables, change, column):
    event = tables.make("event", country=("char", {"max_length": 3}), size="int")
    event.django_model.objects.create(country="PL", size=1)
    sql, value = COLUMNS[column]
    name = sql.rpartition('"')[0] + '"' if sql.startswith('"') else "extra"
    execute(f"ALTER TABLE {victim('event').name} ADD COLUMN {sql}")
    execute(f"UPDATE {victim('event').name} SET {name} = '{value}'")
    before = described("event", name.strip('"'))

    CHANGES[change](event)
    event.sync(allow_destructive=True)

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name} FROM {victim('event').name}")
        assert cursor.fetchall() == [(value,)]
    assert described("event", name.strip('"')) == before


def described(table, name):
    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(cursor, victim(table).name)
    return next((c.type_code, c.null_ok, c.default) for c in columns if c.name == name)
