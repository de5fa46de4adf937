"""The number of columns a database allows: said before it is reached, and what to do."""

import sqlite3
from contextlib import contextmanager

import pytest
from django.db import connection

from dynadmin.exceptions import Obstructed
from dynadmin.executor.limits import fetch_column_use
from dynadmin.models import purge
from dynadmin.models.rebuilding import crowded_tables, rebuild_table
from tests.trash.retiring import retire, run


@contextmanager
def few_columns(number: int):
    """SQLite with room for that many columns a table: the limit is the connection's."""
    kind = sqlite3.SQLITE_LIMIT_COLUMN
    connection.ensure_connection()
    before = connection.connection.setlimit(kind, number)
    try:
        yield
    finally:
        connection.connection.setlimit(kind, before)


def use_up(table, number: int) -> None:
    """Add and drop as many columns by hand, as years of changes do."""
    adding = ", ".join(f"ADD COLUMN x{n} integer" for n in range(number))
    dropping = ", ".join(f"DROP COLUMN x{n}" for n in range(number))
    run(f"ALTER TABLE dyn_t{table.pk} {adding}")
    run(f"ALTER TABLE dyn_t{table.pk} {dropping}")


@pytest.mark.only_on("postgresql")
def test_columns_that_were_dropped_count_and_a_rebuild_makes_room(tables):
    table = tables.make("event", label="Events", a="char", b="int")
    row = table.django_model.objects.create(a="x", b=1)
    use_up(table, 1597)
    assert fetch_column_use()[f"dyn_t{table.pk}"].used == 1600
    tables.add(table, c="int")

    with pytest.raises(Obstructed, match=r"“Events” has 3, and 1597 are deleted.*rebuildtable event”"):
        table.sync()

    revision = rebuild_table(table.pk)
    assert revision.operations == ["Rebuild table “Events”: columns that were deleted for good count no more"]
    table.sync()
    assert table.django_model.objects.values_list("pk", "a", "b", "c").get() == (row.pk, "x", 1, None)
    assert fetch_column_use()[f"dyn_t{table.pk}"].used == 4


@pytest.mark.only_on("postgresql")
def test_the_last_column_can_still_be_taken(tables):
    table = tables.make("event", a="char", b="int")
    use_up(table, 1596)
    tables.add(table, c="int")
    table.sync()

    tables.add(table, d="int")
    with pytest.raises(Obstructed):
        table.sync()


def fields(number: int) -> dict[str, str]:
    return {f"f{n}": "int" for n in range(number)}


@pytest.mark.only_on("sqlite")
def test_columns_that_are_kept_count_and_a_purge_makes_room(tables):
    table = tables.make("event", label="Events", **fields(59))
    with few_columns(60):
        [f7] = retire(table, "f7")
        tables.add(table, more="int")
        with pytest.raises(Obstructed, match="“Events” has 60, together with its deleted fields"):
            table.sync()
        purge(columns=[f"c{f7}"])
        table.sync()

    assert len(table.django_model._meta.fields) == 60


@pytest.mark.only_on("sqlite")
def test_crowded_tables_are_told_the_fullest_first_on_sqlite(tables):
    tables.make("first", **fields(48))
    tables.make("second", **fields(50))
    tables.make("third", **fields(40))
    with few_columns(60):
        assert [(table.name, use.used) for table, use in crowded_tables()] == [("second", 51), ("first", 49)]


@pytest.mark.only_on("postgresql")
def test_crowded_tables_are_told_the_fullest_first(tables):
    first, second = tables.make("first", a="char"), tables.make("second", a="char", b="char")
    tables.make("third", a="char")
    assert crowded_tables() == []
    use_up(first, 1300)
    use_up(second, 1400)

    assert [(table.name, use.used, use.present) for table, use in crowded_tables()] == [
        ("second", 1403, 3),
        ("first", 1302, 2),
    ]


@pytest.mark.only_on("postgresql")
def test_what_adds_no_column_is_not_stopped(tables):
    table = tables.make("event", a="char", b="int")
    use_up(table, 1597)
    retire(table, "b")
    table.fields.filter(name="a").update(name="z")
    table.sync()
    tables.make("other", x="char", y="char")

    assert [field.name for field in table.django_model._meta.fields] == ["id", "z"]


@pytest.mark.only_on("sqlite")
def test_there_is_nothing_to_rebuild_on_sqlite(tables):
    table = tables.make("event", a="char")

    with pytest.raises(Obstructed, match="nothing to rebuild"):
        rebuild_table(table.pk)
