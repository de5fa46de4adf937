"""The definitions page: what is saved, what is refused, and what saving does to the tables."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.db.models.signals import pre_save
from django.test.utils import CaptureQueriesContext

from dynadmin.models import DynamicField, DynamicModel, SchemaRevision
from dynadmin.registry import registry
from tests.admin.definition_page import errors_on, field_row, form_data, page_url, rows_of


@pytest.fixture
def browser(tables, admin_client):
    return admin_client


def only_definition() -> DynamicModel:
    return DynamicModel.objects.get()


# --- Making a table ---


def test_saving_a_new_definition_makes_the_table_at_once(browser):
    rows = [field_row("Carrier", options={"max_length": 2}), field_row("Distance", type="int")]

    response = browser.post(page_url("add"), form_data(*rows, label="Flights"), follow=True)

    flight = only_definition().django_model
    assert [f.name for f in flight._meta.fields] == ["id", "carrier", "distance"]
    assert response.redirect_chain == [("/admin/tables/flights/", 302)]
    assert "Create table “Flights” with the fields Carrier, Distance." in response.content.decode()


def test_the_message_links_to_what_people_do_next(browser):
    response = browser.post(page_url("add"), form_data(field_row("Carrier"), label="Flights"), follow=True)

    assert 'href="/admin/tables/flights/add/"' in response.content.decode()
    assert 'href="/admin/tables/flights/import/"' in response.content.decode()


def test_it_works_where_a_project_wraps_each_request_in_a_transaction(browser, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)

    browser.post(page_url("add"), form_data(field_row("Carrier"), label="Flights"))

    assert only_definition().is_applied


def test_a_name_taken_between_the_look_and_the_save_is_looked_at_again(browser):
    def take_the_name_once(instance, **kwargs):
        pre_save.disconnect(take_the_name_once, sender=DynamicModel)
        DynamicModel.objects.bulk_create([DynamicModel(name=instance.name)])

    pre_save.connect(take_the_name_once, sender=DynamicModel)

    response = browser.post(page_url("add"), form_data(field_row("Carrier"), label="Flights"))

    assert response.status_code == 302
    assert only_definition().is_applied


def test_labels_are_text_wherever_they_are_shown(browser, tables):
    rows = [field_row("<script>alert(1)</script>"), field_row("B")]

    response = browser.post(page_url("add"), form_data(*rows, label="<b>Bold</b>"), follow=True)
    table = only_definition()
    first, second = rows_of(table)
    data = form_data({**first, "DELETE": "on"}, second, definition=table)
    asked = browser.post(page_url("change", table.pk), data, follow=True)
    pages = [response, asked, browser.get(page_url("change", table.pk)), browser.get(page_url("changelist"))]

    for page in [*pages, browser.get("/admin/dynadmin/schemarevision/")]:
        assert "<script>alert" not in page.content.decode()
        assert "<b>Bold" not in page.content.decode()


def test_names_are_proposed_where_none_is_given(browser):
    rows = [field_row("Größe in m"), field_row("Größe in m"), field_row("class")]

    browser.post(page_url("add"), form_data(*rows, label="Große Tabelle"))

    assert only_definition().name == "grosse_tabelle"
    names = only_definition().fields.values_list("name", flat=True)
    assert list(names) == ["grosse_in_m", "grosse_in_m_2", "class_field"]


def test_fields_stand_in_the_order_of_their_positions(browser):
    rows = [field_row("Last", position=2), field_row("First", position=0), field_row("Second", position=1)]

    browser.post(page_url("add"), form_data(*rows, label="Flights"))

    assert [f.label for f in only_definition().fields.all()] == ["First", "Second", "Last"]


def test_an_empty_row_is_no_field(browser):
    browser.post(page_url("add"), form_data(field_row("Carrier"), field_row(position=1), label="Flights"))

    assert only_definition().fields.count() == 1


# --- Changing a table ---


def test_a_harmless_change_is_applied_and_said_in_words(browser, tables):
    flights = tables.make("flights", carrier="char", distance="int")
    first, second = rows_of(flights)

    response = browser.post(
        page_url("change", flights.pk),
        form_data(
            {**first, "label": "Airline"}, second, field_row("Air time", type="float"), definition=flights
        ),
        follow=True,
    )

    text = response.content.decode()
    assert "Label field “Carrier” of “Flights” as “Airline”." in text
    assert "Add field “Air time” to “Flights”." in text
    assert [f.name for f in flights.django_model._meta.fields][1:] == ["carrier", "distance", "air_time"]


def test_two_fields_can_swap_their_names_in_one_save(browser, tables):
    table = tables.make("flights", origin="char", dest="char")
    row = table.django_model.objects.create(origin="JFK", dest="LAX")
    first, second = rows_of(table)

    browser.post(
        page_url("change", table.pk),
        form_data({**first, "name": "dest"}, {**second, "name": "origin"}, definition=table),
    )

    swapped = table.django_model.objects.get(pk=row.pk)
    assert (swapped.dest, swapped.origin) == ("JFK", "LAX")


def test_a_name_freed_by_removing_a_field_can_be_given_in_the_same_save(browser, tables):
    table = tables.make("flights", origin="char", dest="char")
    first, second = rows_of(table)

    browser.post(
        page_url("change", table.pk),
        form_data({**first, "name": "dest"}, {**second, "DELETE": "on"}, definition=table),
    )

    assert list(table.fields.values_list("pk", "name")) == [(int(first["id"]), "dest")]


def test_the_type_of_an_applied_field_may_change_at_once_while_there_are_no_rows(browser, tables):
    table = tables.make("flights", carrier="char")

    browser.post(
        page_url("change", table.pk), form_data({**rows_of(table)[0], "type": "int"}, definition=table)
    )

    assert table.django_model._meta.get_field("carrier").get_internal_type() == "IntegerField"


def test_saving_without_a_change_makes_no_revision(browser, tables):
    table = tables.make("flights", carrier="char")

    response = browser.post(
        page_url("change", table.pk), form_data(*rows_of(table), definition=table), follow=True
    )

    assert "there was nothing to change" in response.content.decode()
    assert SchemaRevision.objects.count() == 1


def test_history_tells_what_was_changed(browser, tables):
    table = tables.make("flights", carrier="char")
    row = {**rows_of(table)[0], "label": "Airline"}

    browser.post(page_url("change", table.pk), form_data(row, definition=table, folder="Air"))

    assert "Folder" in LogEntry.objects.get().get_change_message()
    assert "Airline" in LogEntry.objects.get().get_change_message()
    assert "Airline" in browser.get(page_url("history", table.pk)).content.decode()


# --- What is refused ---

BAD_TABLES = {
    "no label and no name": ({"label": ""}, "label", "Give the table a label."),
    "reserved name": ({"label": "X", "name": "import"}, "name", "“import_table” can"),
    "capitals": ({"label": "X", "name": "Flights"}, "name", "“flights_2” can|“flights” can"),
    "too long": ({"label": "X", "name": "x" * 49}, "name", "at most 48 characters"),
}


@pytest.mark.parametrize("case", BAD_TABLES)
def test_a_bad_name_of_a_table_is_refused_beside_it(browser, case):
    table, place, message = BAD_TABLES[case]

    response = browser.post(page_url("add"), form_data(field_row("Carrier"), **table))

    assert any(part in " ".join(errors_on(response)[place]) for part in message.split("|"))
    assert not DynamicModel.objects.exists()


def test_a_name_that_another_table_has_is_refused_with_a_free_one(browser, tables):
    tables.define("flights", carrier="char")

    response = browser.post(page_url("add"), form_data(field_row("A"), label="Flights", name="flights"))

    assert errors_on(response) == {"name": ["Another table is called “flights”. “flights_2” is free."]}


BAD_FIELDS = {
    "reserved": ([field_row("A", "save")], "fields-0-name", "the word is reserved"),
    "clash": ([field_row("A", "a"), field_row("B", "a")], "fields-1-name", "Two fields have the name “a”."),
    "only case differs": ([field_row("A", "a"), field_row("B", "A")], "fields-1-name", "“a” can"),
    "no label": ([field_row(type="int")], "fields-0-label", "Give the field a label."),
    "unknown type": ([field_row("A", type="blob")], "fields-0-type", "Select a valid choice"),
    "none": ([], "fields", "A table needs at least one field."),
    "only empty ones": ([field_row()], "fields", "A table needs at least one field."),
}


@pytest.mark.parametrize("case", BAD_FIELDS)
def test_a_bad_field_is_refused_beside_it(browser, case):
    rows, place, message = BAD_FIELDS[case]

    response = browser.post(page_url("add"), form_data(*rows, label="Flights"))

    assert message in " ".join(errors_on(response)[place])
    assert not DynamicModel.objects.exists()


def test_removing_all_fields_is_refused(browser, tables):
    table = tables.make("flights", carrier="char")

    response = browser.post(
        page_url("change", table.pk), form_data({**rows_of(table)[0], "DELETE": "on"}, definition=table)
    )

    assert errors_on(response) == {"fields": ["A table needs at least one field."]}
    assert table.fields.count() == 1


def test_the_id_of_another_tables_field_means_nothing(browser, tables):
    other = tables.make("planes", tail="char")
    table = tables.make("flights", carrier="char")
    stolen = {**rows_of(other)[0], "label": "Mine"}

    browser.post(page_url("change", table.pk), form_data(*rows_of(table), stolen, definition=table))

    assert other.fields.get().label == ""
    assert [f.label for f in table.fields.all()] == ["", "Mine"]


@pytest.mark.parametrize("total", ["", "x", "²"])
def test_a_broken_count_of_rows_is_a_message(browser, total):
    data = {**form_data(field_row("A"), label="Flights"), "fields-TOTAL_FORMS": total}

    response = browser.post(page_url("add"), data)

    assert "ManagementForm" in errors_on(response)["fields"][0]
    assert not DynamicModel.objects.exists()


# --- Who may do what ---


def grant(user: User, *codenames: str) -> None:
    user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))


@pytest.fixture
def analyst(tables, client):
    user = User.objects.create_user("ann", password="secret", is_staff=True)
    client.force_login(user)
    return user


def test_who_makes_a_table_may_use_it(analyst, client):
    grant(analyst, "add_dynamicmodel")

    response = client.post(page_url("add"), form_data(field_row("Carrier"), label="Flights"), follow=True)

    assert response.redirect_chain == [("/admin/tables/flights/", 302)]
    table = f"t{only_definition().pk}"
    user = User.objects.get(pk=analyst.pk)
    assert all(user.has_perm(f"tables.{action}_{table}") for action in ("view", "add", "change", "delete"))


def test_without_the_permission_nobody_defines_changes_or_deletes(analyst, client, tables):
    table = tables.make("flights", carrier="char")
    grant(analyst, "view_dynamicmodel")

    assert client.post(page_url("add"), form_data(field_row("A"), label="B")).status_code == 403
    assert client.post(page_url("change", table.pk), form_data(*rows_of(table))).status_code == 403
    assert client.post(page_url("plan", table.pk), {"_apply": ""}).status_code == 403
    assert client.post(page_url("delete", table.pk)).status_code == 403
    assert table.fields.count() == 1


def test_who_may_only_view_sees_the_definition(analyst, client, tables):
    table = tables.make("flights", carrier="char")
    grant(analyst, "view_dynamicmodel")

    page = client.get(page_url("change", table.pk)).content.decode()

    assert "Carrier" in page
    assert "Add another field" not in page


# --- The list ---


def test_the_list_tells_what_is_in_force(browser, tables):
    tables.make("flights", carrier="char")
    waiting = tables.make("planes", tail="char")
    DynamicField.objects.create(model=waiting, name="year", type="int")
    tables.define("airports", faa="char")

    response = browser.get(page_url("changelist"))

    states = {d.name: response.context["cl"].model_admin.state(d) for d in response.context["cl"].result_list}
    waits = f'<a href="{page_url("plan", waiting.pk)}">Changes waiting</a>'
    assert states == {"flights": "In force", "planes": waits, "airports": "Never applied"}


def test_the_list_takes_the_same_queries_however_many_tables(browser, tables, django_assert_num_queries):
    tables.make("flights", carrier="char")
    browser.get(page_url("changelist"))
    with CaptureQueriesContext(connection) as few:
        browser.get(page_url("changelist"))
    for number in range(6):
        tables.make(f"table{number}", carrier="char", distance="int")

    with django_assert_num_queries(len(few)):
        browser.get(page_url("changelist"))


def test_revisions_are_listed_in_words_and_cannot_be_changed(browser, tables):
    tables.make("flights", carrier="char")
    revision = registry.newest.revision

    page = browser.get("/admin/dynadmin/schemarevision/").content.decode()

    assert "Create table “Flights” with the fields Carrier" in page
    assert browser.get(f"/admin/dynadmin/schemarevision/{revision}/change/").status_code == 200
    assert browser.post(f"/admin/dynadmin/schemarevision/{revision}/delete/").status_code == 403
