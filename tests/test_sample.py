"""The sample tables: what a new installation shows, made by the product's own path."""

import csv
from datetime import UTC, datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command

from dynadmin.models import DynamicModel, plan_all
from dynadmin.registry import registry
from project.sample import loading
from project.sample.definitions import TABLES, SampleTable
from tests import nycflights

SAMPLE_LIMIT_BYTES = 4_000_000
BY_NAME = {table.name: table for table in TABLES}


def load(*names: str) -> None:
    call_command("loadsample", *names, verbosity=0)


def rows_in(table: SampleTable) -> list[dict[str, str]]:
    with table.path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_of_the_file_has_its_field(table):
    with table.path.open(encoding="utf-8", newline="") as file:
        assert sorted(next(csv.reader(file))) == sorted(field.header for field in table.fields)


def test_a_new_installation_gets_every_row_and_what_it_refers_to(tables):
    load()

    counts = {table.name: registry.current.model_named(table.name).objects.count() for table in TABLES}
    assert counts == {table.name: len(rows_in(table)) for table in TABLES}

    flights, planes = (registry.current.model_named(name).objects for name in ("flights", "planes"))
    flight = flights.get(flight=1545, time_hour="2013-01-01T10:00Z")

    names = [str(each) for each in (flight.airline, flight.plane, flight.origin, flight.destination)]
    assert names == [
        "United Air Lines Inc. (UA)",
        "N14228 (BOEING 737-824)",
        "EWR Newark Liberty Intl",
        "IAH George Bush Intercontinental",
    ]
    assert flight.manufacturer == "BOEING"
    plane = planes.get(tailnum="N14228")
    assert (plane.flight_count, plane.miles) == (
        plane.flights.count(),
        sum(f.distance for f in plane.flights.all()),
    )
    assert registry.current.model_named("airlines").objects.get(carrier="UA").delay == pytest.approx(
        3.2, abs=0.1
    )


def test_a_table_comes_with_those_it_refers_to(tables):
    load("weather")

    assert sorted(model.name for model in DynamicModel.objects.all()) == ["airports", "weather"]
    start, end = (datetime(2013, 1, 1, hour, tzinfo=UTC) for hour in (6, 7))
    assert registry.current.model_named("weather").objects.between(start, end).count() == 3


def test_values_arrive_as_their_types_say(tables):
    load("weather", "planes")

    hour = registry.current.model_named("weather").objects.order_by("id").first()
    plane = registry.current.model_named("planes").objects.get(tailnum="N10156")
    assert hour.timestamp.isoformat() == "2013-01-01T06:00:00+00:00"
    assert str(hour.temp) == "39.02"
    assert hour.wind_gust is None
    assert (plane.year, plane.speed, plane.get_type_display()) == (2004, None, "Several engines")


def test_the_history_tells_where_the_rows_come_from(tables, admin_user):
    load("airlines")

    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_repr) == (admin_user, "airlines.csv")
    assert entry.content_type.model_class() is registry.current.model_named("airlines")
    assert "16" in entry.change_message


def test_the_rows_are_those_of_the_first_administrator(tables, admin_user, settings):
    settings.DYNADMIN = {}

    load("airlines")

    airlines = registry.current.model_named("airlines").objects
    assert airlines.filter(created_by=admin_user).count() == airlines.count() == 16


def test_loading_again_changes_nothing(tables):
    load("airlines")
    registry.current.model_named("airlines").objects.filter(carrier="AA").update(name="Ours")

    load("airlines")
    load()

    assert DynamicModel.objects.count() == 1
    assert registry.current.model_named("airlines").objects.get(carrier="AA").name == "Ours"


def test_a_sample_that_was_removed_does_not_come_back(tables):
    load("airlines")
    DynamicModel.objects.get().retire()

    load()

    assert not DynamicModel.objects.exists()


def test_an_installation_with_tables_of_its_own_is_left_alone(tables):
    tables.make("guests", arrives="date")

    load()

    assert [model.name for model in DynamicModel.objects.all()] == ["guests"]


def test_a_load_that_fails_leaves_no_empty_table(tables, tmp_path, monkeypatch):
    broken = tmp_path / "airlines.csv"
    broken.write_text("carrier,name\nTOO LONG,Too Long Airlines\n")
    monkeypatch.setattr(SampleTable, "path", property(lambda self: broken))

    with pytest.raises(CommandError, match="Airlines, line 2"):
        load("airlines")

    assert not DynamicModel.objects.exists()
    assert registry.current.schema.live_tables == ()


def test_an_unknown_sample_table_is_named_in_the_error(db):
    with pytest.raises(CommandError, match="There is no sample table trains; there are: airlines, airports"):
        load("trains")


def test_the_files_are_what_the_package_gives(tmp_path):
    for name, rows in nycflights.SLICES.items():
        assert nycflights.write(tmp_path / name, rows()).read_bytes() == BY_NAME[name].path.read_bytes()


def test_the_files_are_small_enough_for_the_repository():
    assert sum(table.path.stat().st_size for table in TABLES) < SAMPLE_LIMIT_BYTES


def test_the_definitions_are_legal(db):
    for table in TABLES:
        loading.define(table)

    assert not plan_all().is_empty
