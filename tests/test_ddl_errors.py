"""Whichever statement of a schema change fails, connection, database and registry are as they were."""

import os
from collections.abc import Callable

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError

from dynadmin.executor.drift import find_drift, repair
from dynadmin.models import (
    DynamicConstraint,
    purge,
    rebuild_table,
    restore_field,
    restore_table,
    undo,
)
from dynadmin.registry import registry
from dynadmin.revisions import latest_revision_id
from tests.drift.victim import execute, victim
from tests.faults import everything, failing, trouble

Change = Callable[[], object]
CHANGES: dict[str, Callable] = {}
# Every statement fails in its turn; FAULT_STEP=3 lets only every third do.
STEP = int(os.environ.get("FAULT_STEP", "1"))


def change(prepare: Callable) -> Callable:
    """Add a kind of change: given tables, return what makes it, ready to be tried many times."""
    CHANGES[prepare.__name__.replace("_", " ")] = prepare
    return prepare


def make(tables):
    """Return a table of a few rows."""
    table = tables.make(
        "event",
        country=("char", {"max_length": 3}),
        size=("int", {"default": 7, "null": False}),
        note="text",
        weight="char",
    )
    for number in range(3):
        table.django_model.objects.create(country="PL", size=number, note=f"n{number}", weight=f"{number}")
    return table


def syncing(table) -> Change:
    return lambda: table.sync(allow_destructive=True)


def _field(table, name):
    return table.fields.get(name=name)


@change
def create(tables):
    return syncing(
        tables.define("event", country=("char", {"db_index": True}), code=("int", {"unique": True}))
    )


@change
def add_fields(tables):
    table = make(tables)
    tables.add(table, a="int", b=("char", {"default": "x"}), c=("int", {"unique": True}), d="json")
    return syncing(table)


@change
def alter(tables):
    table = make(tables)
    table.fields.filter(name="note").update(options={"null": True, "max_length": 50})
    table.fields.filter(name="weight").update(options={"null": True, "unique": True})
    return syncing(table)


@change
def rename(tables):
    table = make(tables)
    table.fields.filter(name="note").update(name="remark")
    table.name = "happening"
    table.save()
    return syncing(table)


@change
def retire_a_field(tables):
    table = make(tables)
    table.fields.filter(name="note").delete()
    return syncing(table)


@change
def restore_the_field(tables):
    table = make(tables)
    size = _field(table, "size").pk
    table.fields.filter(pk=size).delete()
    syncing(table)()
    return lambda: restore_field(table.pk, size)


@change
def purge_the_field(tables):
    table = make(tables)
    column = f"c{_field(table, 'weight').pk}"
    table.fields.filter(name="weight").delete()
    syncing(table)()
    return lambda: purge(columns=[column])


@change
def retire_a_table(tables):
    # The definition is gone when it is done.
    return make(tables).retire


@change
def restore_the_table(tables):
    table = make(tables)
    pk = table.pk
    table.retire()
    return lambda: restore_table(pk)


@change
def purge_the_table(tables):
    table = make(tables)
    pk = table.pk
    table.retire()
    return lambda: purge(tables=[pk])


@change
def convert(tables):
    table = make(tables)
    table.fields.filter(name="weight").update(type="int", options={"null": False, "blank": False})
    return syncing(table)


@change
def convert_and_keep_the_texts(tables):
    table = make(tables)
    table.fields.filter(name="note").update(type="int", options={})
    return lambda: table.sync(on_failure={"note": "keep"})


@change
def undo_the_conversion(tables):
    table = make(tables)
    table.fields.filter(name="weight").update(type="int", options={})
    revision = table.sync()
    return lambda: undo(revision)


@change
def add_rules(tables):
    table = make(tables)
    country, size = (_field(table, name).pk for name in ("country", "size"))
    DynamicConstraint.objects.create(model=table, kind="unique", fields=[country, size])
    DynamicConstraint.objects.create(
        model=table, kind="check", fields=[size], rule={"operator": "<", "value": "9"}
    )
    DynamicConstraint.objects.create(model=table, kind="index", fields=[size, country])
    return syncing(table)


@change
def remove_rules(tables):
    table = make(tables)
    size = _field(table, "size").pk
    DynamicConstraint.objects.create(
        model=table, kind="check", fields=[size], rule={"operator": "<", "value": "9"}
    )
    DynamicConstraint.objects.create(model=table, kind="index", fields=[size])
    table.sync()
    DynamicConstraint.objects.all().delete()
    return syncing(table)


def rebuild(tables):
    table = make(tables)
    return lambda: rebuild_table(table.pk)


if connection.vendor == "postgresql":
    change(rebuild)


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_which_any_statement_fails_has_not_happened(tables, name):
    make_change = CHANGES[name](tables)
    before, number = everything(), 1
    while fails(make_change, number) and latest_revision_id() == before["registry"][0]:
        assert everything() == before, number
        number += STEP
    assert number > 10 // STEP
    assert trouble() == []
    registry.refresh()
    assert latest_revision_id() > before["registry"][0]
    assert find_drift(registry.newest.schema) == []


def fails(make_change: Change, number: int) -> bool:
    """Make the change with one statement failing; False if there are fewer."""
    with failing(number) as saboteur:
        error = raised_by(make_change)
    assert trouble() == [], saboteur.sabotaged
    assert not isinstance(error, TransactionManagementError), saboteur.sabotaged
    assert error is None or "no_such_function" in str(error), saboteur.sabotaged
    return bool(saboteur.sabotaged)


def raised_by(make_change: Change) -> DatabaseError | None:
    try:
        make_change()
    except DatabaseError as error:
        return error
    return None


def test_a_repair_of_which_any_statement_fails_is_made_by_the_next(tables):
    table = make(tables)
    rows = list(table.django_model.objects.values("id", "country", "size", "note"))
    number, is_sabotaged = 1, True
    while is_sabotaged:
        victim("event").drop_view()
        execute(f"ALTER TABLE {victim('event').name} DROP COLUMN {victim('event').column('weight')}")

        is_sabotaged = fails(repair, number)
        repair()

        assert find_drift(registry.newest.schema) == []
        assert list(table.django_model.objects.values("id", "country", "size", "note")) == rows
        number += 9 * STEP
    assert number > 50


@pytest.mark.only_on("sqlite")
def test_a_row_that_refers_to_nothing_stops_no_change_of_other_tables(tables):
    table = make(tables)
    execute(
        "PRAGMA foreign_keys = OFF",
        "INSERT INTO auth_user_groups (user_id, group_id) VALUES (4711, 4711)",
        "PRAGMA foreign_keys = ON",
    )
    try:
        tables.add(table, later=("int", {"unique": True}))
        table.sync()

        table.django_model.objects.create(country="DE", later=1)
        assert trouble() == []
        with pytest.raises(IntegrityError), transaction.atomic():
            execute("INSERT INTO auth_user_groups (user_id, group_id) VALUES (4712, 4712)")
    finally:
        execute("DELETE FROM auth_user_groups")


@pytest.mark.only_on("sqlite")
def test_a_class_that_lacks_a_column_cannot_lose_it_by_making_the_table_anew(tables):
    table = make(tables)
    behind = registry.newest
    retired = _field(table, "note").pk
    table.fields.filter(pk=retired).delete()
    syncing(table)()
    execute(f"ALTER TABLE dyn_t{table.pk} ADD COLUMN strange integer DEFAULT 5")
    table.fields.filter(name="weight").update(options={"null": True, "unique": True})
    syncing(table)()

    assert behind.model(table.pk).objects.count() == 3  # the table is the same one to those who are behind
    restore_field(table.pk, retired)
    assert set(table.django_model.objects.values_list("note", flat=True)) == {"n0", "n1", "n2"}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT strange FROM dyn_t{table.pk}")
        assert cursor.fetchall() == [(5,)] * 3
