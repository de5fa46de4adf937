"""The history of the tables, and the page of one revision."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dynadmin.admin.durations import in_words
from dynadmin.models import DynamicModel, SchemaRevision, sync_all, undo
from tests.admin.definition_page import page_url


def revision_url(page: str, *args) -> str:
    return reverse(f"admin:dynadmin_schemarevision_{page}", args=args)


@pytest.fixture
def browser(tables, admin_client):
    return admin_client


@pytest.fixture
def flights(tables):
    return tables.make("flights", carrier="char", distance="int")


def rename(table: DynamicModel, name: str, label: str) -> SchemaRevision:
    table.fields.filter(name="carrier").update(name=name, label=label)
    return table.sync()


# --- The list ---


def test_the_list_tells_who_did_what_to_which_table(browser, flights, django_user_model):
    flights.fields.filter(name="carrier").update(name="airline", label="Airline <1>")
    flights.sync(user=django_user_model.objects.create_user("ann"))

    page = browser.get(revision_url("changelist")).content.decode()

    assert "ann" in page
    assert "Rename field “carrier” of “Flights” to “airline”" in page
    assert "<1>" not in page


def test_the_list_narrows_to_one_table(browser, flights, tables):
    planes = tables.make("planes", tail="char")
    flights.retire()
    url = revision_url("changelist")

    page = browser.get(f"{url}?table={flights.pk}").content.decode()

    assert "Retire table “Flights”" in page
    assert "Create table “Planes”" not in page
    assert "Create table “Planes”" in browser.get(f"{url}?table={planes.pk}").content.decode()


@pytest.mark.parametrize("table", ["x", "-1", "0", "9" * 30, "²", ""])
def test_the_list_of_a_table_that_never_was_is_empty(browser, flights, table):
    response = browser.get(revision_url("changelist"), {"table": table})

    assert response.status_code == 200
    assert "Create table" not in response.content.decode()


def test_a_long_list_of_steps_is_cut(browser, tables):
    for number in range(9):
        tables.define(f"t{number}", label=f"Number {number}", carrier="char")
    sync_all()

    page = browser.get(revision_url("changelist")).content.decode()

    assert "Create table “Number 4”" in page
    assert "Create table “Number 5”" not in page
    assert page.count("and 4 more") == 2  # steps and tables


def test_the_list_takes_the_same_queries_however_long_the_history(browser, flights, tables):
    browser.get(revision_url("changelist"))
    with CaptureQueriesContext(connection) as few:
        browser.get(revision_url("changelist"))
    for number in range(5):
        tables.make(f"t{number}", carrier="char")

    with CaptureQueriesContext(connection) as many:
        browser.get(revision_url("changelist"))

    assert len(many) == len(few)
    assert '"schema"' not in str(many.captured_queries)


# --- One revision ---


def test_a_revision_tells_what_was_different(browser, flights):
    revision = rename(flights, "airline", "Air <line>")

    page = browser.get(revision_url("change", revision.pk)).content.decode()

    assert "Rename field “carrier” of “Flights” to “airline”" in page
    assert "<del>carrier</del>" in page
    assert "<ins>airline</ins>" in page
    assert "Air &lt;line&gt;" in page
    assert page_url("change", flights.pk) in page


def test_a_revision_reads_no_more_of_the_schema_than_it_changed(browser, flights, tables):
    for number in range(3):
        tables.make(f"t{number}", carrier="char")
    revision = rename(flights, "airline", "Airline")
    browser.get("/admin/")

    with CaptureQueriesContext(connection) as queries:
        browser.get(revision_url("change", revision.pk))

    assert '"dynadmin_schemarevision"."schema"' not in str(queries.captured_queries)


def test_a_revision_leads_to_the_one_that_undid_it_and_back(browser, flights):
    renamed = rename(flights, "airline", "Airline")
    undone = undo(renamed)

    pages = [browser.get(revision_url("change", r.pk)).content.decode() for r in (renamed, undone)]

    assert "Undone by" in pages[0]
    assert revision_url("change", undone.pk) in pages[0]
    assert "Undoes" in pages[1]
    assert revision_url("change", renamed.pk) in pages[1]


def test_a_table_that_is_gone_has_no_link_to_its_definition(browser, flights):
    pk = flights.pk
    flights.retire()
    revision = SchemaRevision.objects.latest("pk")

    page = browser.get(revision_url("change", revision.pk)).content.decode()

    assert "deleted; its rows are kept" in page
    assert page_url("change", pk) not in page


def test_a_revision_of_many_tables_shows_the_first(browser, tables):
    for number in range(30):
        tables.define(f"t{number}", carrier="char")
    revision = sync_all()

    page = browser.get(revision_url("change", revision.pk)).content.decode()

    assert "5 more tables were changed." in page


def test_revisions_are_only_read(browser, flights):
    url = revision_url("change", SchemaRevision.objects.latest("pk").pk)

    assert browser.post(url, {"operations": "[]"}).status_code == 403
    assert browser.get(revision_url("change", 999_999)).status_code == 404
    assert browser.get(revision_url("change", "x")).status_code == 404


@pytest.mark.parametrize("permission", ["view_schemarevision", "view_dynamicmodel", "change_dynamicmodel"])
def test_only_who_may_view_revisions_sees_them(client, flights, django_user_model, permission):
    user = django_user_model.objects.create_user("eve", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename=permission))
    client.force_login(user)
    allowed = 200 if permission == "view_schemarevision" else 403
    number = SchemaRevision.objects.latest("pk").pk

    assert client.get(revision_url("changelist")).status_code == allowed
    assert client.get(revision_url("change", number)).status_code == allowed
    assert client.get(revision_url("undo", number)).status_code == 403


# --- The history of one table ---


def test_the_history_of_a_definition_has_the_revisions_of_its_table(browser, flights, tables):
    tables.make("planes", tail="char")
    revision = rename(flights, "airline", "Airline")

    page = browser.get(page_url("history", flights.pk)).content.decode()

    assert revision_url("change", revision.pk) in page
    assert "Create table “Flights”" in page
    assert "Create table “Planes”" not in page
    assert f"?table={flights.pk}" in page


def test_who_may_not_see_revisions_sees_only_who_saved_the_definition(client, flights, django_user_model):
    user = django_user_model.objects.create_user("eve", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_dynamicmodel"))
    client.force_login(user)

    response = client.get(page_url("history", flights.pk))

    assert response.status_code == 200
    assert "Create table" not in response.content.decode()


# --- How long it took ---

DURATIONS = {
    0: "",
    3: "0.01 s",
    240: "0.24 s",
    1500: "1.5 s",
    59_960: "59.9 s",
    61_000: "1 min 1 s",
    3_725_000: "1 h 2 min",
}


@pytest.mark.parametrize("milliseconds", DURATIONS)
def test_durations_are_in_words(milliseconds):
    assert in_words(milliseconds) == DURATIONS[milliseconds]
