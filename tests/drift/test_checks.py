"""The system check and the documents say the same as the command."""

import re
from pathlib import Path

import pytest
from django.core import checks
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dynadmin.changes import SchemaChange
from dynadmin.executor.drift import all_kinds, find_current_drift, find_drift
from dynadmin.fieldtypes import field_types
from dynadmin.fieldtypes.text import Char
from dynadmin.models import SchemaRevision
from dynadmin.registry import registry
from tests.drift.victim import execute, victim

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "drift.md"


def found_by_check(**options) -> list[checks.CheckMessage]:
    return [m for m in checks.run_checks(**options) if m.id.startswith("dynadmin.")]


def test_the_system_check_gives_each_difference_with_its_id_and_hint(tables):
    tables.make("flights", carrier="char")
    victim().drop_view()
    (drift,) = find_drift(registry.newest.schema)

    (message,) = found_by_check(databases=["default"])

    assert (message.id, message.msg, message.hint) == (drift.id, drift.what, drift.hint)
    assert message.level == checks.WARNING


def test_a_draft_is_worth_a_note_only(tables):
    tables.define("flights", carrier="char")
    tables.make("planes", tail="char")

    (message,) = found_by_check(databases=["default"])

    assert (message.id, message.level) == ("dynadmin.I162", checks.INFO)


def test_nothing_is_asked_of_the_database_unless_it_is_to_be_checked(tables):
    tables.make("flights", carrier="char")
    victim().drop_view()

    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert found_by_check() == []
    assert len(queries) == 0


def test_a_database_older_than_the_program_is_not_compared(tables):
    tables.make("flights", carrier="char")
    name = SchemaRevision._meta.db_table
    execute(f"ALTER TABLE {name} RENAME TO not_there")
    try:
        assert found_by_check(databases=["default"]) == []
    finally:
        execute(f"ALTER TABLE not_there RENAME TO {name}")


def test_migrate_tells_of_it(tables, capsys):
    tables.make("flights", carrier="char")
    victim().drop_view()

    call_command("migrate", verbosity=0, skip_checks=False)

    assert "dynadmin.W131" in capsys.readouterr().err


def test_a_field_of_a_type_that_is_gone_is_w104(tables):
    with field_types.register_temporarily(type("Code", (Char,), {"slug": "code"})):
        tables.make("flights", carrier="code")
    registry.refresh()

    assert [drift.id for drift in find_drift(registry.newest.schema, notes=True)] == [
        "dynadmin.W104",
        "dynadmin.I162",
    ]


def test_a_table_that_is_changed_in_the_background_is_not_compared_but_others_are(tables):
    flights, planes = tables.make("flights", carrier="char"), tables.make("planes", tail="char")
    for table in (flights, planes):
        execute(f"ALTER TABLE dyn_t{table.pk} ADD COLUMN extra integer")
    SchemaChange.objects.create(plan={}, tables=[flights.pk], operations=["Convert"])

    found = [(drift.id, drift.table) for drift in find_current_drift(notes=True)]

    assert found == [("dynadmin.W113", "Planes"), ("dynadmin.I152", "Flights")]


@pytest.mark.parametrize("count", [1, 12])
def test_the_number_of_queries_does_not_depend_on_the_number_of_tables(tables, count):
    for number in range(count):
        tables.make(f"table{number}", a=("char", {"default": f"x{number}"}), b=("int", {"db_index": True}))

    with CaptureQueriesContext(connection) as queries:
        assert find_drift(registry.newest.schema) == []
    assert len(queries) <= 25


def test_the_table_of_kinds_is_that_of_the_program():
    rows = re.findall(r"^\| `(dynadmin\.\w+)` \| (.*) \| (.*) \|$", DOCUMENT.read_text("utf-8"), re.MULTILINE)

    assert rows == [(kind.id, str(kind.title), str(kind.hint)) for kind in all_kinds()]
