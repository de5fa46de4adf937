"""The pages between a draft and the tables: what is asked first, refused, given up, or retired."""

import json
import threading
from contextlib import contextmanager

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection, transaction

from dynadmin.exceptions import TableRetired
from dynadmin.models import DynamicField, DynamicModel, SchemaRevision
from dynadmin.registry import registry
from tests.admin.definition_page import errors_on, field_row, form_data, page_url, rows_of


@pytest.fixture
def browser(tables, admin_client):
    return admin_client


@pytest.fixture
def flights(tables):
    """A table of two fields and three rows, two of which have a distance."""
    table = tables.make("flights", carrier="char", distance="int")
    for carrier, distance in (("AA", 100), ("UA", 200), ("", None)):
        table.django_model.objects.create(carrier=carrier, distance=distance)
    return table


def remove_distance(browser, flights):
    """Save the definition without its second field."""
    first, second = rows_of(flights)
    data = form_data(first, {**second, "DELETE": "on"}, definition=flights)
    return browser.post(page_url("change", flights.pk), data, follow=True)


def column_names(table: DynamicModel) -> set[str]:
    with connection.cursor() as cursor:
        return {c.name for c in connection.introspection.get_table_description(cursor, f"dyn_t{table.pk}")}


# --- What is asked first ---


def test_removing_a_field_is_asked_first(browser, flights):
    response = remove_distance(browser, flights)

    assert response.redirect_chain == [(page_url("plan", flights.pk), 302)]
    assert "distance" in {f.name for f in flights.django_model._meta.fields}
    page = response.content.decode()
    assert "Retire field “Distance” of “Flights”" in page
    assert "2 values go out of sight. They stay in the database." in page


def test_looking_at_the_plan_changes_nothing(browser, flights):
    remove_distance(browser, flights)

    browser.get(page_url("plan", flights.pk))
    browser.get(page_url("delete", flights.pk))

    assert SchemaRevision.objects.count() == 1


def test_applying_retires_the_field_and_keeps_its_values(browser, flights):
    shown = remove_distance(browser, flights).context["shown"]
    column = registry.newest.schema.tables[flights.pk].live_fields[1].column

    response = browser.post(page_url("plan", flights.pk), {"_apply": "", "shown": shown}, follow=True)

    assert response.redirect_chain == [("/admin/tables/flights/", 302)]
    assert "distance" not in {f.name for f in flights.django_model._meta.fields}
    assert column in column_names(flights)
    assert SchemaRevision.objects.latest("pk").author.username == "admin"


@pytest.mark.parametrize("shown", ["", "-", "0" * 64, None])
def test_what_was_not_shown_is_not_applied(browser, flights, shown):
    remove_distance(browser, flights)
    answer = {"_apply": ""} if shown is None else {"_apply": "", "shown": shown}

    browser.post(page_url("plan", flights.pk), answer)

    assert "distance" in {f.name for f in flights.django_model._meta.fields}


def test_a_plan_that_became_another_is_shown_again(browser, flights):
    shown = remove_distance(browser, flights).context["shown"]
    flights.fields.update(label="Airline")

    response = browser.post(page_url("plan", flights.pk), {"_apply": "", "shown": shown})

    page = response.content.decode()
    assert "no longer the one you saw" in page
    assert "as “Airline”" in page
    assert SchemaRevision.objects.count() == 1


def test_another_tables_change_does_not_ask_again(browser, flights, tables):
    shown = remove_distance(browser, flights).context["shown"]
    tables.make("planes", tail="char")

    browser.post(page_url("plan", flights.pk), {"_apply": "", "shown": shown})

    assert "distance" not in {f.name for f in flights.django_model._meta.fields}


def test_discarding_brings_the_draft_back(browser, flights):
    remove_distance(browser, flights)

    browser.post(page_url("plan", flights.pk), {"_discard": ""})

    assert [f.name for f in flights.fields.all()] == ["carrier", "distance"]
    assert DynamicModel.objects.get().plan().is_empty
    assert "Discarded" in LogEntry.objects.first().get_change_message()


def test_a_draft_says_on_its_page_that_it_waits(browser, flights):
    before = browser.get(page_url("change", flights.pk)).content.decode()
    DynamicField.objects.create(model=flights, name="year", type="int", position=2)
    after = browser.get(page_url("change", flights.pk)).content.decode()

    assert page_url("plan", flights.pk) not in before
    assert page_url("plan", flights.pk) in after


# --- What cannot be applied ---


def test_values_that_would_not_fit_are_named_and_the_draft_is_kept(browser, flights):
    first, second = rows_of(flights)
    second["options"] = json.dumps({"max_value": 150})
    data = form_data(first, second, definition=flights)

    response = browser.post(page_url("change", flights.pk), data, follow=True)

    page = response.content.decode()
    assert "1 value of field “Distance” would not fit" in page
    assert "saved as a draft" in page
    assert 'name="_apply"' not in page
    assert flights.fields.get(name="distance").options["max_value"] == 150
    assert flights.django_model.objects.count() == 3


def test_a_busy_table_leaves_the_draft_and_a_way_to_try_again(browser, flights, short_waits):
    DynamicField.objects.create(model=flights, name="year", type="int", position=2)
    answer = {"_apply": "", "shown": browser.get(page_url("plan", flights.pk)).context["shown"]}

    with in_use_elsewhere(flights):
        page = browser.post(page_url("plan", flights.pk), answer).content.decode()

    assert "The table is in use" in page
    assert 'name="_apply"' in page
    browser.post(page_url("plan", flights.pk), answer)
    assert "year" in {f.name for f in flights.django_model._meta.fields}


@pytest.fixture
def short_waits(settings, flights):
    """Nobody waits long for a lock."""
    settings.DYNADMIN = {"CHANGE_TIMEOUT_S": 0.5, "LOCK_TIMEOUT_MS": 100}
    set_busy_timeout(200)
    yield
    set_busy_timeout(30_000)


def set_busy_timeout(milliseconds: int) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {milliseconds}")


@contextmanager
def in_use_elsewhere(table: DynamicModel):
    """Hold in another connection what a schema change of the table waits for."""
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE dyn_t{table.pk} SET id = id")
            held.set()
            done.wait(20)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(10)
    yield
    done.set()
    thread.join()


# --- Somebody else saved meanwhile ---


def test_nothing_of_somebody_elses_is_overwritten_unseen(browser, flights, client, django_user_model):
    mine = form_data({**rows_of(flights)[0], "label": "Mine"}, rows_of(flights)[1], definition=flights)
    bob = django_user_model.objects.create_superuser("bob")
    client.force_login(bob)
    theirs = form_data(*rows_of(flights), field_row("Year", type="int"), definition=flights, folder="Air")
    client.post(page_url("change", flights.pk), theirs)

    response = browser.post(page_url("change", flights.pk), mine)

    assert "Somebody else saved this table" in errors_on(response)["__all__"][0]
    page = response.content.decode()
    assert "bob" in page
    assert "Folder: “Air” is saved, “” is yours." in page
    assert "Field “Year” was added; it stays." in page
    assert 'value="Mine"' in page
    assert not flights.fields.filter(label="Mine").exists()


def test_a_second_save_overwrites_knowingly_and_keeps_added_fields(browser, flights):
    first, second = rows_of(flights)
    mine = form_data({**first, "label": "Mine"}, second, definition=flights)
    theirs = form_data(
        {**first, "label": "Theirs"}, second, field_row("Year", type="int"), definition=flights
    )
    browser.post(page_url("change", flights.pk), theirs)

    refused = browser.post(page_url("change", flights.pk), mine)
    version = refused.context["adminform"].form["version"].value()
    browser.post(page_url("change", flights.pk), {**mine, "version": version})

    assert [str(field) for field in flights.fields.all()] == ["Mine", "Distance", "Year"]


def test_a_field_removed_meanwhile_becomes_a_new_one(browser, flights):
    mine = form_data(*rows_of(flights), definition=flights)
    gone = flights.fields.last().pk
    flights.fields.last().delete()
    DynamicModel.objects.update(version=7)

    refused = browser.post(page_url("change", flights.pk), mine)
    version = refused.context["adminform"].form["version"].value()
    browser.post(page_url("change", flights.pk), {**mine, "version": version})

    assert [field.name for field in flights.fields.all()] == ["carrier", "distance"]
    assert flights.fields.last().pk != gone


def test_a_name_that_somebody_else_added_meanwhile_clashes(browser, flights):
    DynamicField.objects.create(model=flights, name="year", type="int", position=2)
    row = field_row("Year", "year", type="int")
    first, second, _theirs = rows_of(flights)

    response = browser.post(page_url("change", flights.pk), form_data(first, second, row, definition=flights))

    assert errors_on(response) == {"fields-2-name": ["Two fields have the name “year”."]}


@pytest.mark.parametrize("version", ["", "x", "0", "99999999999999999999"])
def test_a_page_without_a_proper_version_overwrites_nothing(browser, flights, version):
    data = form_data({**rows_of(flights)[0], "label": "Mine"}, definition=flights, version=version)

    response = browser.post(page_url("change", flights.pk), data)

    assert errors_on(response)["__all__"]
    assert not flights.fields.filter(label="Mine").exists()


# --- Deleting a table ---


def test_deleting_a_table_says_what_happens_and_keeps_the_rows(browser, flights):
    page = browser.get(page_url("delete", flights.pk))
    assert "3 rows go out of sight. They stay in the database" in page.content.decode()
    pk, model = flights.pk, flights.django_model

    response = browser.post(page_url("delete", pk), {"shown": page.context["shown"]}, follow=True)

    assert response.redirect_chain == [(page_url("changelist"), 302)]
    assert not DynamicModel.objects.exists()
    with pytest.raises(TableRetired):
        registry.newest.model(pk)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {model._meta.db_table}")
        assert cursor.fetchone()[0] == 3
    assert LogEntry.objects.get(object_id=str(pk), action_flag=3).object_repr == "Flights"


def test_a_table_is_not_deleted_by_a_post_that_saw_nothing(browser, flights):
    browser.post(page_url("delete", flights.pk), {"post": "yes"})

    assert flights.django_model.objects.count() == 3


def test_a_definition_that_was_never_applied_is_simply_deleted(browser, tables):
    table = tables.define("flights", carrier="char")
    page = browser.get(page_url("delete", table.pk))

    assert "never applied" in page.content.decode()
    browser.post(page_url("delete", table.pk), {"shown": page.context["shown"]})

    assert not DynamicModel.objects.exists()


def test_tables_cannot_be_deleted_in_bulk(browser, flights):
    browser.post(page_url("changelist"), {"action": "delete_selected", "_selected_action": [flights.pk]})

    assert DynamicModel.objects.exists()


def test_pages_of_a_definition_that_is_not_there_are_not_found(browser):
    assert browser.get(page_url("plan", 999)).status_code == 404
    assert browser.post(page_url("delete", "x")).status_code == 404
