"""Large tables of events on PostgreSQL have a small index for long stretches of time."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, models, transaction

from dynadmin import executor
from dynadmin.executor.drift import find_current_drift
from dynadmin.kinds import kinds
from dynadmin.kinds.fields import MomentField
from dynadmin.models import resume_change
from dynadmin.registry import registry
from dynadmin.transfer import import_rows, open_source

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


class Moment(models.Model):
    timestamp = MomentField(db_index=True)

    class Meta:
        abstract = True


class Sometime(models.Model):
    timestamp = MomentField(db_index=True, null=True, blank=True)

    class Meta:
        abstract = True


@pytest.fixture
def event(tables, settings, tmp_path):
    settings.DYNADMIN = {"ONLINE_ROWS": 10, "UPLOAD_DIR": str(tmp_path / "uploads")}
    with kinds.register_temporarily("moment", "Moments", Moment):
        yield tables.make("event", of_kind="moment", title="char")


def grow(event, count=20):
    model = event.django_model
    moments = (NOON + timedelta(minutes=number) for number in range(count))
    model.objects.bulk_create([model(title="x", timestamp=moment) for moment in moments])


def indexes(event):
    """Return the ways in which the indexes on the timestamp work."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = %s AND indexdef LIKE %s",
            [f"dyn_t{event.pk}", f"%c{event.fields.get(name='timestamp').pk})%"],
        )
        return sorted(definition.partition("USING ")[2].split()[0] for (definition,) in cursor.fetchall())


def by_a_change(event, tmp_path):
    event.label = f"{event.label} of today"
    event.save()
    event.sync()


def file_in(tmp_path):
    path = Path(tmp_path, "rows.csv")
    path.write_text("title,timestamp\nx,2024-05-02 12:00\n")
    return path


def by_an_import(event, tmp_path):
    import_rows(event.django_model, open_source(file_in(tmp_path), name="rows.csv"))


def by_an_import_in_batches(event, tmp_path):
    call_command("importrows", event.name, str(file_in(tmp_path)), stdout=StringIO())


def by_syncdynamic(event, tmp_path):
    call_command("syncdynamic", stdout=StringIO())


def by_repair(event, tmp_path):
    call_command("syncdynamic", "event", "--repair", stdout=StringIO())


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize(
    "act", [by_a_change, by_an_import, by_an_import_in_batches, by_syncdynamic, by_repair]
)
def test_a_table_that_has_become_large_gets_a_second_index(event, act, tmp_path):
    act(event, tmp_path)
    assert indexes(event) == ["btree"]
    grow(event)

    act(event, tmp_path)

    assert indexes(event) == ["brin", "btree"]
    assert find_current_drift() == []
    act(event, tmp_path)
    assert indexes(event) == ["brin", "btree"]


@pytest.mark.only_on("postgresql")
def test_a_worker_makes_the_second_index_of_a_table_that_becomes_one_of_events(tables, event):
    notes = tables.make("notes", title="char")
    notes.django_model.objects.bulk_create(notes.django_model(title="x") for _number in range(20))
    with kinds.register_temporarily("sometime", "Sometimes", Sometime):
        notes.kind = "sometime"
        notes.save()
        change = notes.sync(in_background=True)
        assert change.state == "waiting"

        assert resume_change(change)
        assert indexes(notes) == ["brin", "btree"]


@pytest.mark.only_on("postgresql")
def test_the_small_index_is_not_taken_for_the_one_that_sorts(event):
    grow(event)
    executor.make_range_indexes(registry.latest().schema.live_tables)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE tablename = %s AND indexdef LIKE '%%btree%%'"
            " AND indexname NOT LIKE '%%pkey'",
            [f"dyn_t{event.pk}"],
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP INDEX "{name}"')

    assert [drift.id for drift in find_current_drift()] == ["dynadmin.W123"]


@pytest.mark.only_on("postgresql")
def test_what_an_interrupted_attempt_has_left_is_made_anew(event):
    grow(event)
    tables = registry.latest().schema.live_tables
    [name] = executor.make_range_indexes(tables)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s::regclass", [name])

    assert executor.make_range_indexes(tables) == [name]
    assert executor.make_range_indexes(tables) == []


@pytest.mark.only_on("postgresql")
def test_the_command_says_what_it_made(event):
    grow(event)
    out = StringIO()

    call_command("syncdynamic", stdout=out)

    assert "dyn_b_c" in out.getvalue()


def test_nothing_is_made_inside_a_transaction(event):
    grow(event)

    with transaction.atomic():
        assert executor.make_range_indexes(registry.latest().schema.live_tables) == []


@pytest.mark.only_on("postgresql")
def test_a_table_whose_rows_have_no_place_in_time_gets_none(tables, settings):
    settings.DYNADMIN = {"ONLINE_ROWS": 2}
    trip = tables.make("trip", of_kind="record", title="char")
    trip.django_model.objects.bulk_create([trip.django_model(title="x") for _number in range(9)])

    assert executor.make_range_indexes(registry.latest().schema.live_tables) == []
