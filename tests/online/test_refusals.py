"""Rows that people write while a change runs: what may be written, and what stops the change."""

import pytest
from django.db import connection

from dynadmin import executor
from dynadmin.exceptions import Obstructed, RefusedChange, StalePlan
from dynadmin.models import SchemaChange
from tests.online.support import (
    LAST,
    ROWS,
    STEPS,
    alter,
    assert_nothing_happened,
    convert,
    fill,
    make,
    rows_of,
    structure_of,
    traces,
)
from tests.test_rules import add_rule

pytestmark = pytest.mark.usefixtures("everything_is_large")


@pytest.mark.parametrize("at", STEPS)
def test_a_value_written_meanwhile_that_does_not_fit_stops_the_change(tables, at_step, at):
    table = make(tables)
    before, model = structure_of(table), table.django_model
    first = model.objects.first().pk

    def write(step):
        if step == at:
            model.objects.filter(pk=first).update(size="many")

    with at_step(write), pytest.raises(Obstructed, match=f"that do not fit.*Rows: {first}"):
        convert(table)
    assert SchemaChange.objects.get().state == "failed"
    assert "do not fit" in SchemaChange.objects.get().error
    model.objects.filter(pk=first).update(size="0")
    assert_nothing_happened(table, before)


@pytest.mark.parametrize("at", STEPS)
def test_a_value_written_meanwhile_that_is_there_already_stops_the_change(tables, at_step, at):
    table = make(tables)
    before, model = structure_of(table), table.django_model
    first = model.objects.first().pk

    def write(step):
        if step == at:
            model.objects.filter(pk=first).update(size="7")

    with at_step(write), pytest.raises(Obstructed, match="cannot be unique"):
        convert(table)
    model.objects.filter(pk=first).update(size="0")
    assert_nothing_happened(table, before)


def test_no_more_values_are_lost_than_were_agreed_to(tables, at_step):
    table = make(tables)
    model = table.django_model
    first, second = model.objects.order_by("pk")[:2]
    model.objects.filter(pk=first.pk).update(size="many")
    table.fields.filter(name="size").update(type="int", options={})
    shown = executor.preview(table.plan(on_failure={"size": "empty"})).digest

    def write(step):
        if step == "contract":
            model.objects.filter(pk=second.pk).update(size="few")

    with at_step(write), pytest.raises(StalePlan, match=r"2 values of .*“Size” do not fit .* 1 were agreed"):
        table.sync(on_failure={"size": "empty"}, shown=shown)
    assert model.objects.get(pk=second.pk).size == "few"
    assert traces() == []

    model.objects.filter(pk=second.pk).delete()
    table.sync(on_failure={"size": "empty"}, shown=shown)
    assert rows_of(table)[0]["size"] is None


def test_rows_that_only_convert_may_be_written_between_the_look_and_the_yes(tables):
    table = make(tables)
    table.fields.filter(name="size").update(type="int", options={})
    preview = executor.preview(table.plan())
    assert preview.is_online
    table.django_model.objects.create(size="007")

    assert table.sync(shown=preview.digest)
    assert rows_of(table)[-1]["size"] == 7


def test_rows_that_do_not_fit_may_not(tables):
    table = make(tables)
    table.fields.filter(name="size").update(type="int", options={})
    shown = executor.preview(table.plan(on_failure={"size": "empty"})).digest
    table.django_model.objects.create(size="many")

    with pytest.raises(StalePlan, match="no longer the one you saw"):
        table.sync(on_failure={"size": "empty"}, shown=shown)
    assert not SchemaChange.objects.exists()


def test_the_statements_say_that_the_table_stays_in_use(tables):
    table = make(tables)
    table.fields.filter(name="size").update(type="int", options={})
    assert "while people use it" in executor.statements(executor.preview(table.plan()))[0]


@pytest.mark.parametrize(
    ("kind", "names", "rule"),
    [("unique", ("number", "size"), {}), ("check", ("number",), {"operator": ">=", "value": "0"})],
)
def test_a_row_written_meanwhile_that_breaks_a_coming_rule_stops_it(tables, at_step, kind, names, rule):
    table = tables.make("event", size=("char", {"max_length": 20}), number="int")
    fill(table, ROWS, lambda n: {"size": str(n), "number": n})
    add_rule(table, kind, *names, **rule)
    before, model = structure_of(table), table.django_model

    def write(step):
        if step == LAST:
            model.objects.create(size="0", number=0 if kind == "unique" else -1)

    with at_step(write), pytest.raises(Obstructed, match=r"breaks? the rule .*Rows?: .*41"):
        table.sync()
    assert structure_of(table) == before
    assert traces() == []


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize(
    "sql",
    ["CREATE VIEW others AS SELECT {column} FROM {table}", "CREATE INDEX others ON {table} ({column}, id)"],
)
def test_what_others_have_built_on_a_column_is_not_lost(tables, sql):
    table = make(tables)
    field = table.django_model._meta.get_field("size")
    with connection.cursor() as cursor:
        cursor.execute(sql.format(column=field.column, table=f"dyn_t{table.pk}"))
    with pytest.raises(RefusedChange, match="built on field “Size” of “Event”: others"):
        alter(table, "size", max_length=3)
    assert not SchemaChange.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("DROP VIEW IF EXISTS others" if "VIEW" in sql else "DROP INDEX others")
    assert alter(table, "size", max_length=3)


@pytest.mark.only_on("sqlite")
def test_what_others_have_built_on_a_table_is_there_when_it_was_made_anew(tables):
    table = make(tables)
    column, name = table.django_model._meta.get_field("size").column, f"dyn_t{table.pk}"
    built = {
        "others": f"CREATE UNIQUE INDEX others ON {name} ({column}, id)",
        "loud": f"CREATE TRIGGER loud AFTER DELETE ON {name} BEGIN SELECT 1; END",
        "looking": f"CREATE VIEW looking AS SELECT {column} FROM {name}",
    }
    with connection.cursor() as cursor:
        for sql in built.values():
            cursor.execute(sql)
        convert(table)
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE name IN ('others', 'loud', 'looking')")
        assert dict(cursor.fetchall()) == built
        cursor.execute("SELECT count(*) FROM looking")
        assert cursor.fetchone() == (ROWS,)
        cursor.execute("DROP VIEW looking")
    assert traces() == []
