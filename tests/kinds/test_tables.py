"""Tables of kinds: what they have from the start, and what nobody can take from them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection

from dynadmin.exceptions import UnsafePlan
from dynadmin.kinds import kinds
from dynadmin.models import DynamicField, DynamicModel, SchemaRevision, restore_field, trash, undo
from dynadmin.registry import registry
from tests.thirdparty.inspections import InspectionRow

STAMPS = ["created_at", "created_by", "changed_at", "changed_by"]
NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


def names_of(table):
    return [field.name for field in registry.latest().schema.tables[table.pk].live_fields]


def columns_of(table):
    with connection.cursor() as cursor:
        return [
            column.name
            for column in connection.introspection.get_table_description(cursor, f"dyn_t{table.pk}")
        ]


def test_new_tables_are_of_the_kind_that_the_settings_name(tables, settings):
    settings.DYNADMIN = {}

    table = DynamicModel.objects.create(name="trip")
    DynamicField.objects.create(model=table, name="title", type="char")
    table.sync()

    assert table.kind == "record"
    assert names_of(table) == ["title", *STAMPS]


def test_an_event_has_a_moment_and_is_a_record(tables):
    event = tables.make("event", of_kind="event", title="char")
    model = event.django_model

    assert set(names_of(event)) == {"title", "timestamp", *STAMPS}
    with pytest.raises(ValidationError, match="timestamp"):
        model(title="a").full_clean()
    assert model._meta.get_field("timestamp").db_index


def test_events_are_found_by_a_stretch_of_time_with_its_start_and_without_its_end(tables):
    model = tables.make("event", of_kind="event", title="char").django_model
    for hour in range(4):
        model.objects.create(title=str(hour), timestamp=NOON + timedelta(hours=hour))

    def found(start, end):
        return [event.title for event in model.objects.between(start, end).order_by("timestamp")]

    assert found(NOON, NOON + timedelta(hours=2)) == ["0", "1"]
    assert found(None, NOON + timedelta(hours=1)) == ["0"]
    assert found(NOON + timedelta(hours=3), None) == ["3"]
    assert model.objects.filter(title="1").between(None, None).count() == 1


# --- Locked columns ---


@pytest.mark.parametrize(
    "change", [{"name": "made_at"}, {"type": "char", "options": {}}, {"options": {"kind": "x", "field": "y"}}]
)
def test_a_column_of_a_kind_cannot_be_changed_in_the_draft(tables, change):
    table = tables.make("trip", of_kind="record", title="char")
    DynamicField.objects.filter(model=table, name="created_at").update(**change)

    with pytest.raises(ValidationError):
        table.sync(allow_destructive=True)

    assert names_of(table) == ["title", *STAMPS]


def test_a_column_of_a_kind_cannot_be_removed_from_the_draft(tables):
    table = tables.make("trip", of_kind="record", title="char")
    table.fields.get(name="changed_by").delete()

    with pytest.raises(ValidationError, match="“changed_by”: it cannot be removed"):
        table.sync(allow_destructive=True)


def test_a_removed_column_comes_back_as_itself_when_the_draft_is_saved(tables):
    table = tables.make("trip", of_kind="record", title="char")
    before = columns_of(table)
    table.fields.get(name="changed_at").delete()

    table.save()

    assert table.plan().is_empty
    assert columns_of(table) == before


def test_a_column_of_a_kind_may_have_another_label_and_place(tables):
    table = tables.make("trip", of_kind="record", title="char")
    table.fields.filter(name="created_at").update(label="Angelegt", position=0)
    table.fields.filter(name="title").update(position=1)
    table.sync()

    assert names_of(table)[:2] == ["created_at", "title"]
    assert table.django_model._meta.get_field("created_at").verbose_name == "Angelegt"


@pytest.mark.parametrize("name", ["created_at", "changed_by"])
def test_a_field_cannot_have_the_name_of_what_only_the_program_fills(tables, name):
    table = tables.make("trip", title="char", **{name: "char"})
    table.kind = "record"
    table.save()

    with pytest.raises(ValidationError, match=name):
        table.sync()


def test_a_field_cannot_have_the_name_of_something_the_kind_is_made_with(tables):
    with kinds.register_temporarily("inspection", "Inspections", InspectionRow):
        table = tables.define("inspection", of_kind="inspection", is_due="bool")

        with pytest.raises(ValidationError, match="is_due"):
            table.sync()


# --- From one kind to another ---


def turn(table, kind, **arguments):
    table.kind = kind
    table.save()
    return table.sync(**arguments)


def test_a_table_with_rows_becomes_one_of_records(tables):
    table = tables.make("trip", title="char")
    table.django_model.objects.create(title="old")

    revision = turn(table, "record")

    old = table.django_model.objects.get()
    assert (old.title, old.created_at, old.created_by, old.changed_at) == ("old", None, None, None)
    assert "kind “Records”" in revision.operations[0]
    assert "Created at" in revision.operations[0]


def test_a_table_that_is_no_longer_of_a_kind_keeps_the_columns_as_its_own(tables):
    table = tables.make("trip", of_kind="record", title="char")
    row = table.django_model.objects.create(title="a")

    turn(table, "plain")

    assert names_of(table) == ["title", *STAMPS]
    assert table.django_model.objects.get().created_at == row.created_at
    table.fields.filter(name="changed_by").delete()
    table.fields.filter(name="changed_at").update(name="last_change")
    table.sync(allow_destructive=True)
    assert names_of(table) == ["title", "created_at", "created_by", "last_change"]


def test_one_kind_becomes_another_without_touching_what_they_share(tables):
    table = tables.make("trip", of_kind="record", title="char")
    row = table.django_model.objects.create(title="a")
    columns = columns_of(table)

    turn(table, "event", on_failure={"timestamp": {"value": "2024-05-01 12:00"}})

    found = table.django_model.objects.get()
    assert (found.created_at, found.timestamp) == (row.created_at, NOON)
    assert set(columns_of(table)) == {*columns, f"c{table.fields.get(name='timestamp').pk}"}


def test_a_date_that_is_there_becomes_the_moment_of_an_event(tables):
    table = tables.make("trip", title="char", timestamp="date")
    table.django_model.objects.create(title="a", timestamp="2024-05-01")

    turn(table, "event")

    assert table.django_model.objects.get().timestamp == datetime(2024, 5, 1, tzinfo=UTC)


def test_turning_a_table_into_another_kind_can_be_undone_and_done_again(tables):
    table = tables.make("trip", title="char")
    table.django_model.objects.create(title="a")
    revision = turn(table, "record")
    made = table.django_model.objects.create(title="b")

    undone = undo(revision)

    table.refresh_from_db()
    assert (table.kind, names_of(table)) == ("plain", ["title"])
    assert table.plan().is_empty
    undo(SchemaRevision.objects.get(pk=undone.pk))
    table.refresh_from_db()
    assert (table.kind, names_of(table)) == ("record", ["title", *STAMPS])
    assert table.plan().is_empty
    assert table.django_model.objects.get(title="b").created_at == made.created_at


def test_a_column_that_was_a_kinds_comes_out_of_the_trash_as_an_ordinary_field(tables):
    table = tables.make("trip", title="char")
    undo(turn(table, "record"))
    item = next(item for item in trash() if item.field.name == "created_at")

    restore_field(table.pk, item.field.id)

    table.refresh_from_db()
    assert names_of(table) == ["title", "created_at"]
    assert not table.fields.get(name="created_at").required_by
    assert table.plan().is_empty


def test_retiring_a_table_of_a_kind_and_bringing_it_back_keeps_its_kind(tables):
    table = tables.make("trip", of_kind="event", title="char")
    revision = table.retire()

    undo(revision)

    table = DynamicModel.objects.get(pk=table.pk)
    assert table.kind == "event"
    assert table.plan().is_empty
    assert table.django_model.objects.between(None, None).count() == 0


def test_fields_of_the_draft_are_not_lost_without_a_word(tables):
    table = tables.make("trip", of_kind="record", title="char")
    turn(table, "plain")
    table.fields.get(name="created_at").delete()

    with pytest.raises(UnsafePlan):
        table.sync()


def test_a_user_who_is_deleted_leaves_rows_without_an_author(tables):
    model = tables.make("trip", of_kind="record", title="char").django_model
    ada = User.objects.create(username="ada")
    model.objects.create(title="a", created_by=ada)

    ada.delete()

    assert model.objects.get().created_by is None
