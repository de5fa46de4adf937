"""Tables that refer to each other are not torn apart by becoming models of an app."""

import pytest
from django.apps import apps
from django.core.management import CommandError
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from dynadmin.graduation.graduate import Graduation
from dynadmin.graduation.here import Handover
from dynadmin.graduation.refusals import refusals
from dynadmin.graduation.takeover import TakeOver
from dynadmin.models import SchemaChange
from dynadmin.registry import registry
from tests.relations.fleet import to


def graduation(*tables) -> Graduation:
    registry.refresh()
    names = {table.pk: table.name.capitalize() for table in tables}
    app, loader = apps.get_app_config("staticapp"), MigrationLoader(connection)
    return Graduation(schema=registry.newest.schema, app=app, names=names, loader=loader)


def refusal_of(*tables) -> str:
    return " ".join(found for found in refusals(graduation(*tables)) if "makemigrations" not in found)


def test_a_table_does_not_leave_the_one_it_refers_to_behind(fleet):
    planes, flights = fleet

    assert "“Plane” of “Flights” refers to “Planes”, a table that stays here." in refusal_of(flights)
    assert "manage.py graduate flights planes --app staticapp" in refusal_of(flights)
    assert refusal_of(planes) == refusal_of(planes, flights) == ""


def test_the_command_names_all_that_belongs_together(fleet, tables):
    planes, flights = fleet
    tables.add(planes, last=to(flights, related_name="last_of"))
    planes.sync()
    trips = tables.make("trips", flight=to(flights))

    assert "manage.py graduate trips flights planes --app staticapp" in refusal_of(trips)


def test_what_is_computed_from_a_table_stands_in_its_way(fleet, tables):
    planes, flights = fleet
    tables.add(flights, tail=("lookup", {"source": "plane.tail"}))
    flights.sync()

    assert "“Tail” of “Flights” is computed from a table that would be gone" in refusal_of(planes)
    assert refusal_of(planes, flights) == ""


def handover_of(table) -> Handover:
    """Return what a migration that was written when the table was alone would find now."""
    schema = registry.newest.schema.tables[table.pk]
    operation = TakeOver("Plane", [], {"db_table": schema.db_table}, key=schema.key, digest="")
    return Handover([operation], app_label="shop", models=MigrationLoader(connection).project_state().apps)


def refused_by_migration(table, monkeypatch) -> str:
    handover = handover_of(table)
    monkeypatch.setattr("dynadmin.graduation.here.digest_of", lambda table: "")
    with pytest.raises(CommandError) as failure:
        handover.check()
    return str(failure.value)


def test_a_migration_looks_again_whether_anything_is_computed_from_the_table(fleet, tables, monkeypatch):
    planes, flights = fleet
    tables.add(flights, tail=("lookup", {"source": "plane.tail"}))
    flights.sync()
    registry.refresh()

    assert "“Tail” of “Flights” is computed from a table" in refused_by_migration(planes, monkeypatch)


def test_a_migration_waits_for_changes_of_tables_that_refer_to_its_own(fleet, monkeypatch):
    planes, flights = fleet
    SchemaChange.objects.create(plan={}, tables=[flights.pk], operations=[])

    assert "“Flights” is being changed" in refused_by_migration(planes, monkeypatch)
