"""Addresses of tables: always those of the revision in force, with no cache to clear."""

import threading
from contextvars import copy_context

import pytest
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, resolve, reverse, set_script_prefix

from dynadmin.registry import registry


@pytest.fixture
def flights(tables):
    return tables.make("flights", carrier=("char", {"max_length": 2}))


@pytest.mark.parametrize("page", ["changelist", "add"])
def test_a_name_reverses_by_id_to_the_name_of_the_table(flights, page):
    path = reverse(f"admin:tables_t{flights.pk}_{page}")

    assert path == {"changelist": "/admin/tables/flights/", "add": "/admin/tables/flights/add/"}[page]
    assert resolve(path).view_name == f"admin:tables_t{flights.pk}_{page}"


def test_a_path_of_a_row_gives_its_key_and_route(flights):
    match = resolve(reverse(f"admin:tables_t{flights.pk}_change", args=[7]))

    assert match.kwargs == {"object_id": "7"}
    assert match.route == "admin/tables/flights/<path:object_id>/change/"


def test_a_renamed_table_is_at_its_new_name_at_once(flights):
    flights.name = "departures"
    flights.save()
    flights.sync()

    assert reverse(f"admin:tables_t{flights.pk}_changelist") == "/admin/tables/departures/"
    assert resolve("/admin/tables/departures/").url_name == f"tables_t{flights.pk}_changelist"


def test_two_tables_may_swap_their_names(tables, flights):
    other = tables.make("planes", model="char")
    for table, name in ((flights, "spare"), (other, "flights"), (flights, "planes")):
        table.name = name
        table.save()
        table.sync()

    assert resolve("/admin/tables/flights/").url_name == f"tables_t{other.pk}_changelist"
    assert resolve("/admin/tables/planes/").url_name == f"tables_t{flights.pk}_changelist"


def test_a_table_made_in_another_thread_is_served_by_the_next_request(tables, admin_client):
    assert admin_client.get("/admin/").status_code == 200

    def make():
        tables.make("airports", iata="char")
        connection.close()

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()

    assert admin_client.get("/admin/tables/airports/").status_code == 200


def test_a_retired_table_no_longer_reverses(flights):
    pk = flights.pk
    flights.retire()

    with pytest.raises(NoReverseMatch):
        reverse(f"admin:tables_t{pk}_changelist")


def test_a_request_keeps_the_addresses_it_began_with(flights):
    page = f"admin:tables_t{flights.pk}_changelist"
    with registry.in_use():
        thread = threading.Thread(target=_retire, args=[flights])
        thread.start()
        thread.join()

        assert reverse(page) == "/admin/tables/flights/"


def _retire(table):
    table.retire()
    connection.close()


@pytest.mark.parametrize(
    "name", ["index", "login", "logout", "password_change", "jsi18n", "autocomplete", "auth_user_changelist"]
)
def test_pages_that_are_no_tables_resolve_as_ever(name):
    assert resolve(reverse(f"admin:{name}")).view_name == f"admin:{name}"


@pytest.mark.parametrize("label", ["tables", "auth"])
def test_each_app_has_its_index(label):
    path = reverse("admin:app_list", kwargs={"app_label": label})

    assert path == f"/admin/{label}/"
    assert resolve(path).kwargs == {"app_label": label}


def test_addresses_follow_the_script_prefix(flights):
    set_script_prefix("/app/")
    try:
        assert reverse(f"admin:tables_t{flights.pk}_changelist") == "/app/admin/tables/flights/"
        assert reverse("admin:index") == "/app/admin/"
    finally:
        set_script_prefix("/")


def test_a_missing_slash_is_appended(flights, admin_client):
    response = admin_client.get("/admin/tables/flights/add")

    assert response.status_code == 301
    assert response.url == "/admin/tables/flights/add/"


def test_a_stranger_is_sent_to_log_in_whether_or_not_the_table_exists(flights):
    for path in ("/admin/tables/flights/", "/admin/tables/nothing/"):
        response = Client().get(path)

        assert response.status_code == 302
        assert response.url.startswith("/admin/login/")


def test_changed_tables_leave_nothing_behind_in_the_thread(flights):
    reverse(f"admin:tables_t{flights.pk}_add")
    before = len(copy_context())

    for number in range(3):
        flights.label = f"Flights {number}"
        flights.save()
        flights.sync()
        reverse(f"admin:tables_t{flights.pk}_add")

    assert len(copy_context()) == before


def test_an_address_with_a_number_of_thousands_of_digits_is_of_no_table(flights, admin_client):
    assert admin_client.get(f"/admin/tables/t{'9' * 5000}/").status_code == 404
