"""Columns that somebody added by hand survive every change of the table, with their values."""

import pytest
from django.db import connection

from dynadmin.models import purge
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


@pytest.mark.parametrize("change", CHANGES)
def test_indexes_and_triggers_that_somebody_added_survive(tables, change):
    event = tables.make("event", country=("char", {"max_length": 3}), size="int")
    it = victim("event")
    execute("CREATE TABLE seen (country varchar(3))")
    execute(f"CREATE INDEX by_hand ON {it.name} (upper({it.column('country')}))")
    loud = f"INSERT INTO seen VALUES (NEW.{it.column('country')})"
    if connection.vendor == "sqlite":
        execute(f"CREATE TRIGGER loud AFTER INSERT ON {it.name} BEGIN {loud}; END")
    else:
        execute(
            f"CREATE FUNCTION loud() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN {loud}; RETURN NULL; END'"
        )
        execute(f"CREATE TRIGGER loud AFTER INSERT ON {it.name} FOR EACH ROW EXECUTE FUNCTION loud()")
    try:
        CHANGES[change](event)
        event.sync(allow_destructive=True)
        event.django_model.objects.create(country="PL", **({"size": 1} if "required" in change else {}))

        with connection.cursor() as cursor:
            cursor.execute("SELECT country FROM seen")
            assert cursor.fetchall() == [("PL",)]
            assert "by_hand" in connection.introspection.get_constraints(cursor, it.name)
    finally:
        execute(f"DROP TRIGGER loud{f' ON {it.name}' if connection.vendor == 'postgresql' else ''}")
        execute("DROP TABLE seen", *(["DROP FUNCTION loud"] if connection.vendor == "postgresql" else []))


def test_an_index_on_a_column_that_is_deleted_for_good_goes_with_it(tables):
    event = tables.make("event", country="char", size=("int", {"db_index": True}), note="char")
    it = victim("event")
    execute(
        f"CREATE INDEX by_hand ON {it.name} ({it.column('size')})",
        f"CREATE INDEX kept ON {it.name} ({it.column('note')})",
    )
    event.fields.filter(name="size").delete()
    event.sync(allow_destructive=True)
    purge(columns=[it.column("size")])

    with connection.cursor() as cursor:
        names = set(connection.introspection.get_constraints(cursor, it.name))
    assert "kept" in names
    assert "by_hand" not in names
