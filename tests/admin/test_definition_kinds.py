"""The kind of a table on the page of its definition: chosen, changed, and its columns under lock."""

from datetime import UTC, datetime

import pytest

from dynadmin.models import DynamicModel
from dynadmin.registry import registry
from tests.admin.definition_page import errors_on, field_row, form_data, page_url, rows_of
from tests.admin.plan_page import answered, chosen, plan_page, text_of

STAMPS = ["created_at", "created_by", "changed_at", "changed_by"]


def live(name):
    table = registry.latest().schema.table_named(name)
    return table.kind, [field.name for field in table.live_fields]


def save(client, table, *rows, **more):
    return client.post(page_url("change", table.pk), form_data(*rows, definition=table, **more))


def test_a_new_table_is_of_the_default_kind_unless_another_is_chosen(admin_client, tables, settings):
    settings.DYNADMIN = {}
    page = admin_client.get(page_url("add"))
    assert page.context["adminform"].form["kind"].value() == "record"

    admin_client.post(page_url("add"), form_data(field_row("Title"), label="Trip"))
    admin_client.post(page_url("add"), form_data(field_row("Title"), label="List", kind="plain"))

    assert live("trip") == ("record", ["title", *STAMPS])
    assert live("list") == ("plain", ["title"])


def test_the_page_says_what_each_kind_is(admin_client, tables):
    page = admin_client.get(page_url("add")).content.decode()

    assert "who changed it last" in page
    assert "indexed timestamp" in page


def test_an_unknown_kind_is_refused(admin_client, tables):
    answer = admin_client.post(page_url("add"), form_data(field_row("Title"), label="Trip", kind="nothing"))

    assert "kind" in errors_on(answer)


def test_the_columns_of_a_kind_are_shown_with_the_reason_for_their_lock(admin_client, tables):
    table = tables.make("trip", of_kind="record", title="char")

    page = admin_client.get(page_url("change", table.pk)).content.decode()

    assert page.count("Every table of the kind “Records” has it") == len(STAMPS)


def test_what_is_posted_for_a_column_under_lock_changes_its_label_and_place_alone(admin_client, tables):
    table = tables.make("trip", of_kind="record", title="char")
    rows = [
        {**row, "label": "Made", "name": "made", "type": "int", "options": "{}", "position": 0}
        if row["name"] == "created_at"
        else {**row, "position": number}
        for number, row in enumerate(rows_of(table), 1)
    ]

    save(admin_client, table, *rows)

    assert live("trip") == ("record", ["created_at", "title", *STAMPS[1:]])
    field = table.fields.get(name="created_at")
    assert (field.label, field.type) == ("Made", "required")


def test_a_column_under_lock_cannot_be_removed(admin_client, tables):
    table = tables.make("trip", of_kind="record", title="char")
    rows = [{**row, "DELETE": "on"} if row["name"] == "changed_by" else row for row in rows_of(table)]

    answer = save(admin_client, table, *rows)

    assert "cannot be removed" in str(errors_on(answer))
    assert table.fields.filter(name="changed_by").exists()


@pytest.mark.parametrize("name", ["created_at", "changed_by"])
def test_a_name_that_the_kind_needs_is_refused_where_it_stands(admin_client, tables, name):
    data = form_data(field_row("Title"), field_row("Mine", name=name), label="Trip", kind="record")

    answer = admin_client.post(page_url("add"), data)

    assert "kind “Records”" in errors_on(answer)["fields-1-name"][0]
    assert not DynamicModel.objects.exists()


def test_a_table_becomes_one_of_records_at_once_and_plain_again(admin_client, tables):
    table = tables.make("trip", title="char")
    table.django_model.objects.create(title="a")

    save(admin_client, table, *rows_of(table), kind="record")
    assert live("trip") == ("record", ["title", *STAMPS])

    table.refresh_from_db()
    save(admin_client, table, *rows_of(table), kind="plain")
    assert live("trip") == ("plain", ["title", *STAMPS])
    table.refresh_from_db()
    page = admin_client.get(page_url("change", table.pk)).content.decode()
    assert "Every table of the kind" not in page


def test_what_was_a_kinds_can_be_removed_once_the_table_is_of_no_kind(admin_client, tables):
    table = tables.make("trip", of_kind="record", title="char")
    save(admin_client, table, *rows_of(table), kind="plain")
    table.refresh_from_db()

    rows = [{**row, "DELETE": "on"} if row["name"] == "changed_by" else row for row in rows_of(table)]
    answer = save(admin_client, table, *rows)

    assert answer.url == page_url("plan", table.pk)


def test_a_table_with_rows_becomes_one_of_events_with_a_moment_for_them(admin_client, tables):
    table = tables.make("trip", title="char")
    table.django_model.objects.create(title="a")

    answer = save(admin_client, table, *rows_of(table), kind="event")
    assert answer.url == page_url("plan", table.pk)
    field = table.fields.get(name="timestamp")
    moment = chosen(field.pk, on_failure="value", value="2024-05-01 12:00")
    page = plan_page(admin_client, table, **moment)
    assert "Make “Trip” a table of the kind “Events”" in text_of(page)
    answered(admin_client, table, page, **moment)

    assert live("trip")[0] == "event"
    assert table.django_model.objects.get().timestamp == datetime(2024, 5, 1, 12, tzinfo=UTC)


def test_a_date_column_becomes_the_moment_of_events_when_it_is_renamed(admin_client, tables):
    table = tables.make("trip", title="char", day="date")
    table.django_model.objects.create(title="a", day="2024-05-01")
    rows = [{**row, "name": "timestamp"} if row["name"] == "day" else row for row in rows_of(table)]

    answer = save(admin_client, table, *rows, kind="event")

    page = admin_client.get(answer.url).content.decode()
    assert "from Date to" in page
    assert table.fields.get(name="timestamp").required_by == "event"


def test_a_new_field_named_as_the_moment_of_events_is_that(admin_client, tables):
    data = form_data(field_row("When", name="timestamp", type="date"), label="Trip", kind="event")

    admin_client.post(page_url("add"), data)

    assert live("trip") == ("event", ["timestamp", *STAMPS])
    assert registry.newest.schema.table_named("trip").live_fields[0].label == "When"
