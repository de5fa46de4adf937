"""``dumpdata`` and ``loaddata``: tables and rows in another database, no record without its tables."""

import json
from io import StringIO

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.core.management.commands import loaddata
from django.db import connection

from dynadmin.executor.drift import find_current_drift, repair
from dynadmin.exports.records import FileExport
from dynadmin.imports.records import FileImport
from dynadmin.models import DynamicModel, SchemaChange, SchemaRevision
from dynadmin.registry import registry
from tests.commands.conftest import grant_everything
from tests.commands.dumps import difference, dump
from tests.support import manage, run_manage

NATURAL = ("--natural-foreign", "--natural-primary", "-e", "contenttypes", "-e", "auth.permission")


@pytest.fixture
def fixture(served, tmp_path):
    """Everything in a file, and nothing in the database."""
    path = tmp_path / "all.json"
    call_command("dumpdata", *NATURAL, output=str(path), verbosity=0)
    served.before = dump()
    call_command("flush", interactive=False, verbosity=0)
    return path


def run_here(*arguments):
    call_command(*arguments, stdout=StringIO())


def grants(group):
    return set(group.permissions.values_list("codename", flat=True))


def test_a_dump_loads_into_an_empty_database_with_tables_and_grants(served, fixture, tables):
    expected = {f"{a}_t{t.pk}" for a in ("add", "view", "change", "delete") for t in (served.flights,)}

    assert "Installed" in manage("loaddata", str(fixture))

    after = dump()
    for table in ["dynadmin_dynamicfield", "dynadmin_revisedtable"]:
        assert after[table] == served.before[table], table
    registry.refresh()
    assert str(served.planes.django_model.objects.get()) == "SP-LRA"
    flight = served.flights.django_model.objects.get()
    assert (flight.delay, flight.plane.tail, flight.before, flight.plane.last) == (
        12,
        "SP-LRA",
        flight,
        flight,
    )
    assert [str(u) for u in (flight.owner, *flight.crew.all())] == ["ada", "ada"]
    assert list(flight.spare.all()) == [flight.plane]
    assert expected <= grants(Group.objects.get())
    assert find_current_drift(notes=True) == []
    # What is made after gets numbers that nothing had.
    assert served.planes.django_model.objects.create(tail="b").pk == 2
    assert tables.make("later", a="char").pk > served.retired_id


def test_a_dump_with_content_types_loads_where_they_have_the_same_numbers(tables, tmp_path):
    run_here("flush", "--no-input")
    flights = tables.make("flights", carrier="char")
    flights.django_model.objects.create(carrier="LO")
    grant_everything(Group.objects.create(name="analysts"))
    path = tmp_path / "all.json"
    run_here("dumpdata", "-o", str(path))
    run_here("flush", "--no-input")

    run_here("loaddata", str(path))

    registry.refresh()
    assert flights.django_model.objects.get().carrier == "LO"
    assert len(grants(Group.objects.get())) == 4
    assert find_current_drift(notes=True) == []


def test_a_dump_is_read_from_the_standard_input(served, fixture):
    done = run_manage("loaddata", "--format=json", "-", typed=fixture.read_text())

    assert done.returncode == 0, done.stderr
    registry.refresh()
    assert served.planes.django_model.objects.count() == 1


def test_rows_alone_go_into_the_tables_that_are_there(served, tmp_path):
    path = tmp_path / "rows.json"
    run_here("dumpdata", f"tables.T{served.planes.pk}", "-o", str(path))
    served.planes.django_model.objects.update(tail="changed")

    run_here("loaddata", str(path))

    assert served.planes.django_model.objects.get().tail == "SP-LRA"


def test_no_number_of_a_row_is_given_twice_after_loading(served, tmp_path):
    path = tmp_path / "rows.json"
    run_here("dumpdata", f"tables.T{served.planes.pk}", "-o", str(path))
    last = served.planes.django_model.objects.create(tail="b").pk
    served.planes.django_model.objects.filter(pk=last).delete()

    run_here("loaddata", str(path))

    assert served.planes.django_model.objects.create(tail="c").pk > last
    assert find_current_drift() == []


def test_the_record_of_other_tables_is_refused(served, fixture, tables):
    tables.make("others", a="char")
    before = dump()

    done = run_manage("loaddata", str(fixture))

    assert done.returncode == 1
    assert "the fixture brings the record of others" in done.stderr
    assert set(difference(before, dump())) <= {"counter"}


def test_the_record_of_the_same_tables_is_welcome(served, tmp_path):
    path = tmp_path / "all.json"
    run_here("dumpdata", *NATURAL, "-o", str(path))
    served.planes.django_model.objects.update(tail="changed")

    run_here("loaddata", str(path))

    assert served.planes.django_model.objects.get().tail == "SP-LRA"
    assert find_current_drift(notes=True) == []


def test_what_was_on_its_way_is_not_taken_up_again(served, tmp_path):
    SchemaChange.objects.create(plan={}, tables=[served.planes.pk], operations=["Make it another"])
    for kind in (FileImport, FileExport):
        kind.objects.create(target=served.planes.django_model._meta.label, file_name="planes.csv")
    path = tmp_path / "all.json"
    run_here("dumpdata", *NATURAL, "-o", str(path))
    run_here("flush", "--no-input")

    run_here("loaddata", str(path))

    for kind in (SchemaChange, FileImport, FileExport):
        assert [job.state for job in kind.objects.all()] == ["cancelled"]


def test_definitions_alone_are_drafts(served, tmp_path):
    path = tmp_path / "definitions.json"
    run_here("dumpdata", "dynadmin.dynamicmodel", "dynadmin.dynamicfield", "-o", str(path))
    run_here("flush", "--no-input")

    run_here("loaddata", str(path))

    assert not SchemaRevision.objects.exists()
    assert {drift.id for drift in find_current_drift(notes=True)} == {"dynadmin.I162"}
    run_here("syncdynamic")
    assert find_current_drift(notes=True) == []


def test_a_record_that_came_by_another_door_is_told_and_repaired(served, fixture):
    """A program that deserialises by itself makes no tables."""
    rows = [row for row in json.loads(fixture.read_text()) if row["model"].startswith("dynadmin.")]
    for row in rows:
        row["fields"].pop("author", None)
    fixture.write_text(json.dumps(rows))
    call_command(loaddata.Command(), str(fixture), verbosity=0)

    assert {"dynadmin.W101", "dynadmin.W141"} <= {drift.id for drift in find_current_drift()}
    repair()

    assert find_current_drift(notes=True) == []
    registry.refresh()
    assert DynamicModel.objects.get(name="planes").django_model.objects.count() == 0


def test_a_dump_without_the_rows_of_a_table_is_refused(installation):
    done = run_manage("dumpdata")

    assert done.returncode == 1
    assert "The rows of “Exotics” would be missing in the dump" in done.stderr


def test_a_process_that_did_not_load_the_tables_dumps_them_all_the_same(served):
    dumped = manage("dumpdata", "tables", TEST_APPS="tests.commands.unloaded")

    assert {row["model"] for row in json.loads(dumped)} == {
        f"tables.t{t.pk}" for t in (served.flights, served.planes)
    }


def test_nothing_is_made_where_a_fixture_cannot_be_loaded(served, fixture):
    rows = json.loads(fixture.read_text())
    rows.append({"model": f"tables.t{served.planes.pk}", "pk": 9, "fields": {"nothing": 1}})
    fixture.write_text(json.dumps(rows))
    before = dump()

    with pytest.raises(Exception, match="Problem installing fixture"):
        call_command("loaddata", str(fixture), stdout=StringIO())

    assert set(difference(before, dump())) <= {"counter"}
    assert registry.newest.models == {}
    assert not connection.in_atomic_block
    assert not User.objects.exists()
