"""The SQL that is shown before a change: the same that then runs, and nothing of it has run."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dynadmin import executor
from dynadmin.plan import make_purge_plan
from dynadmin.registry import registry
from tests.test_rules import add_rule

WRITES = re.compile(r"\s*(CREATE|ALTER|DROP|INSERT|UPDATE|DELETE|COMMENT)\b")
# Written by the fill, batch by batch, or by the bookkeeping of every change: not the plan's own.
OTHER = re.compile(
    r"dyn_filling|dynadmin_|django_content_type|auth_|(UPDATE|SET) \"?dyn_t\d+\"? SET .*WHERE id ="
)


@pytest.fixture
def flights(tables):
    """A table with rows in which each of the changes below has something to do."""
    table = tables.make("flights", label="Flights", carrier="char", code="char", distance="int", gate="char")
    table.fields.filter(name__in=["code", "gate"]).update(options={"max_length": 50})
    table.sync()
    for number in range(5):
        table.django_model.objects.create(carrier=f"C{number}", code=str(number), distance=number)
    return table


def draft(table, name, type=None, **options):
    field = table.fields.get(name=name)
    field.type = type or field.type
    field.options = {**({} if type else field.options), **options}
    field.save()


def convert(flights):
    draft(flights, "code", "int")


def require(flights):
    draft(flights, "carrier", blank=False, max_length=5)
    draft(flights, "distance", null=False, unique=True)


def retire_and_add(flights):
    flights.fields.get(name="gate").delete()
    draft(flights, "distance", db_index=True)


def rename(flights):
    flights.fields.filter(name="carrier").update(name="airline", label="50% “air”lines; DROP")


def demand(flights):
    add_rule(flights, "unique", "distance", "gate")
    add_rule(flights, "check", "code", operator="!=", value="100% 'x'")
    add_rule(flights, "index", "distance")


CHANGES = {function.__name__: function for function in (convert, require, retire_and_add, rename, demand)}


def statements_run(change) -> list[str]:
    """Return what a function sends to the database, as far as it is a plan's own."""
    with CaptureQueriesContext(connection) as queries:
        change()
    return [squeezed(q["sql"]) for q in queries if WRITES.match(q["sql"]) and not OTHER.search(q["sql"])]


def squeezed(sql: str) -> str:
    return "".join(sql.split()).rstrip(";").lower()


def statements_shown(found) -> list[str]:
    return [squeezed(sql) for sql in executor.statements(found) if not sql.startswith("--")]


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_shown_is_what_then_runs(flights, name):
    CHANGES[name](flights)
    shown = statements_shown(executor.preview(flights.plan()))

    run = statements_run(lambda: flights.sync(allow_destructive=True))

    assert shown
    assert shown == run


@pytest.mark.parametrize("name", CHANGES)
def test_showing_it_changes_nothing(flights, name):
    CHANGES[name](flights)
    found, before = executor.preview(flights.plan()), everything_in(flights)

    executor.statements(found)

    assert everything_in(flights) == before


def everything_in(table):
    """Return what the database has of a table: names of all relations, columns, constraints and rows."""
    name = f"dyn_t{table.pk}"
    with connection.cursor() as cursor:
        relations = connection.introspection.table_names(cursor, include_views=True)
        columns = connection.introspection.get_table_description(cursor, name)
        constraints = connection.introspection.get_constraints(cursor, name)
        cursor.execute(f"SELECT * FROM {name} ORDER BY id")
        return relations, columns, constraints, cursor.fetchall()


def test_values_that_the_program_converts_are_told_in_a_comment(flights):
    convert(flights)

    shown = executor.statements(executor.preview(flights.plan()))

    assert [sql for sql in shown if sql.startswith("--")] == [
        "-- The rows are read here, converted by the program, and written batch by batch."
    ]


def test_a_new_table_and_its_end_are_shown(tables):
    table = tables.define("flights", carrier="char")
    assert any("CREATE TABLE" in sql for sql in executor.statements(executor.preview(table.plan())))
    table.sync()
    table.retire()
    base = registry.newest

    plan = make_purge_plan(base.schema, base_revision=base.revision, tables=[table.pk])

    assert "DROP TABLE" in "".join(executor.statements(executor.preview(plan)))


def test_nothing_is_shown_while_a_question_is_open(tables):
    table = tables.make("flights", day="char")
    table.django_model.objects.create(day="03/04/2013")
    draft(table, "day", "date")

    assert executor.statements(executor.preview(table.plan())) == ()


def test_statements_are_laid_out_to_be_read(flights):
    rename(flights)

    view = next(sql for sql in executor.statements(executor.preview(flights.plan())) if "CREATE VIEW" in sql)

    assert view.splitlines()[0].startswith("CREATE VIEW")
    assert view.splitlines()[1].startswith("SELECT")
    assert view.endswith(";")
