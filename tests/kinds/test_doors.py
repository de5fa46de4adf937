"""Tables of kinds at the other doors: files of definitions, the comparison with the database, lists, SQL."""

import json
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dynadmin.acting import acting
from dynadmin.exceptions import BadSchemaFile
from dynadmin.executor.drift import find_current_drift
from dynadmin.models import DynamicModel, SchemaLoad, SchemaRevision, dump_schema
from dynadmin.registry import registry
from dynadmin.schemafile import read_schema
from tests.admin.row_pages import url
from tests.support import drop_everything

STAMPS = ["created_at", "created_by", "changed_at", "changed_by"]
NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


def live(name):
    table = registry.latest().schema.table_named(name)
    return table.kind, {field.name for field in table.live_fields}


def file_of(**table):
    return json.dumps({"dynadmin": 1, "tables": [table]})


def load(text, **arguments):
    return SchemaLoad(tables=read_schema(text)).apply(**arguments)


def test_a_table_of_a_kind_travels_to_another_installation(tables):
    event = tables.make("event", of_kind="event", title="char")
    text = dump_schema(registry.latest().schema.live_tables)
    drop_everything()

    load(text)

    assert live("event") == ("event", {"title", "timestamp", *STAMPS})
    made = DynamicModel.objects.get(name="event")
    assert made.plan().is_empty
    assert made.key == event.key
    assert load(text) is None
    assert dump_schema(registry.latest().schema.live_tables) == text


def test_a_file_written_by_hand_need_not_list_the_columns_of_a_kind(tables):
    load(file_of(name="event", kind="event", fields=[{"name": "title", "type": "char"}]))

    assert live("event") == ("event", {"title", "timestamp", *STAMPS})
    assert DynamicModel.objects.get().plan().is_empty


def test_a_file_makes_a_table_another_kind(tables):
    trip = tables.make("trip", title="char")
    trip.django_model.objects.create(title="a")

    revision = load(file_of(name="trip", kind="record", fields=[{"name": "title", "type": "char"}]))

    assert live("trip") == ("record", {"title", *STAMPS})
    assert "kind “Records”" in revision.operations[0]


def test_a_file_that_names_no_kind_means_a_plain_table(tables):
    load(file_of(name="trip", fields=[{"name": "title", "type": "char"}]))

    assert live("trip") == ("plain", {"title"})


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ({"kind": "evnt"}, "Did you mean “event”?"),
        ({"kind": "record", "fields": [{"name": "created_at", "type": "char"}]}, "created_at"),
        (
            {"fields": [{"name": "a", "type": "required", "options": {"kind": "record", "field": "b"}}]},
            "have no column “b”",
        ),
    ],
)
def test_what_a_file_cannot_say_of_kinds_is_refused_with_its_place(tables, table, problem):
    with pytest.raises(BadSchemaFile) as refused:
        read_schema(file_of(**{"name": "trip", "fields": [{"name": "title", "type": "char"}], **table}))

    assert "“trip”" in str(refused.value)
    assert problem in str(refused.value)


@pytest.mark.parametrize("kind", ["record", "event"])
def test_the_database_is_as_a_table_of_a_kind_says(tables, kind):
    table = tables.make("trip", of_kind=kind, title="char")
    assert find_current_drift() == []

    table.kind = "plain"
    table.save()
    table.sync()

    assert find_current_drift() == []


def test_a_list_of_records_names_their_authors_in_as_many_queries_as_ever(tables, admin_client):
    trip = tables.make("trip", of_kind="record", title="char")
    for name in ("ada", "bob", "eve"):
        with acting(User.objects.create(username=name)):
            trip.django_model.objects.create(title=name)
    admin_client.get(url(trip))

    with CaptureQueriesContext(
        connection,
    ) as few:
        page = admin_client.get(url(trip)).content.decode()
    for number in range(20):
        with acting(User.objects.create(username=f"user{number}")):
            trip.django_model.objects.create(title="x")
    with CaptureQueriesContext(connection) as many:
        admin_client.get(url(trip))

    assert "bob" in page
    assert len(many) == len(few)


def test_sql_sees_the_columns_under_their_names(tables):
    event = tables.make("event", of_kind="event", title="char")
    event.django_model.objects.create(title="a", timestamp=NOON)
    view = "tables.event" if connection.vendor == "postgresql" else "tables_event"

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT title FROM {view} WHERE timestamp <= created_at")
        assert cursor.fetchall() == [("a",)]


def test_the_history_tells_of_another_kind(tables, admin_client):
    trip = tables.make("trip", title="char")
    trip.kind = "record"
    trip.save()
    trip.sync()

    newest = SchemaRevision.objects.latest("pk").pk
    page = admin_client.get(f"/admin/dynadmin/schemarevision/{newest}/change/").content.decode()

    assert "Kind" in page
    assert "Records" in page
