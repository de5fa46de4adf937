"""Computed fields on the pages of rows and in files: shown, sorted, filtered, and entered by nobody."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dynadmin.exceptions import BadColumns
from dynadmin.schema import target_of
from dynadmin.transfer.exporter import export_rows
from tests.support import without_tokens


@pytest.fixture
def fleet(tables):
    planes = tables.make("planes", tail="char")
    flights = tables.make(
        "flights", number="int", plane=("foreignkey", {"target": target_of(planes.pk), "null": True})
    )
    tables.add(flights, tail=("lookup", {"source": "plane.tail"}))
    flights.sync()
    tables.add(planes, flown=("rollup", {"source": "flights.plane", "function": "count"}))
    planes.sync()
    for tail, count in (("N1", 1), ("N2", 2)):
        plane = planes.django_model.objects.create(tail=tail)
        for _number in range(count):
            flights.django_model.objects.create(number=7, plane=plane)
    return planes, flights


@pytest.fixture
def someone(django_user_model):
    """One who may see and change flights, and nothing of planes."""
    return django_user_model.objects.create_user("pat", password="secret", is_staff=True)


def allow(person, table, *actions):
    codenames = [f"{action}_t{table.pk}" for action in actions]
    person.user_permissions.add(*Permission.objects.filter(codename__in=codenames))


def page(client, address) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer
    return without_tokens(answer.content.decode())


def test_a_list_shows_sorts_and_filters_computed_fields(admin_client, fleet):
    page(admin_client, "/admin/tables/planes/")

    assert "N2" in page(admin_client, "/admin/tables/planes/?flown__gte=2")
    assert "N1" not in page(admin_client, "/admin/tables/planes/?flown__gte=2")
    assert "N2" not in page(admin_client, "/admin/tables/planes/?flown=1")
    assert "1 row" in page(admin_client, "/admin/tables/flights/?tail__icontains=n1")
    sorted_page = page(admin_client, "/admin/tables/planes/?o=-2")
    assert sorted_page.index(">N2<") < sorted_page.index(">N1<")


def test_a_list_of_computed_fields_takes_as_many_queries_as_one_without(admin_client, fleet, tables):
    def queries():
        page(admin_client, "/admin/tables/planes/")
        with CaptureQueriesContext(connection) as captured:
            page(admin_client, "/admin/tables/planes/")
        return len(captured)

    with_computed = queries()
    fleet[0].fields.filter(name="flown").delete()
    fleet[0].sync(allow_destructive=True)

    assert queries() == with_computed


def test_a_form_shows_a_computed_field_and_saves_without_it(admin_client, fleet):
    flight = fleet[1].django_model.objects.first()
    address = f"/admin/tables/flights/{flight.pk}/change/"

    assert "N1" in page(admin_client, address)
    answer = admin_client.post(address, {"number": "8", "plane": flight.plane_id, "tail": "X"})

    assert answer.status_code == 302
    flight = fleet[1].django_model.objects.get(pk=flight.pk)
    assert (flight.number, flight.tail) == (8, "N1")


def test_a_computed_field_is_hidden_from_who_may_not_see_what_it_shows(fleet, someone):
    allow(someone, fleet[1], "view", "change")
    client = Client()
    client.force_login(someone)

    shown = page(client, "/admin/tables/flights/")
    form = page(client, f"/admin/tables/flights/{fleet[1].django_model.objects.first().pk}/change/")
    filtered = client.get("/admin/tables/flights/?tail__icontains=n1")

    assert "Tail" not in shown
    assert "Tail" not in form
    assert filtered.status_code == 302


def test_a_file_has_computed_fields(fleet):
    rows = fleet[0].django_model._base_manager.order_by("pk")

    assert b"".join(export_rows(rows, fields=["tail", "flown"])) == b"tail,flown\r\nN1,1\r\nN2,2\r\n"


def test_a_file_for_someone_has_no_field_that_they_may_not_see(fleet, someone):
    rows = fleet[1].django_model.objects.order_by("pk")

    assert b"tail" not in b"".join(export_rows(rows, user=someone))


def test_a_file_for_someone_says_why_a_column_cannot_be_had(fleet, someone):
    rows = fleet[1].django_model.objects.order_by("pk")

    with pytest.raises(BadColumns, match="may not see the rows that tail is computed from"):
        export_rows(rows, fields=["tail"], user=someone)


def test_counting_rows_computes_nothing_of_them(fleet, admin_client, settings):
    settings.DYNADMIN = {**settings.DYNADMIN, "LIST_PER_PAGE": 1}
    flights = fleet[1]
    select = {
        "app_label": "tables",
        "model_name": f"t{flights.pk}",
        "field_name": flights.fields.get(name="plane").pk,
    }

    with CaptureQueriesContext(connection) as captured:
        page(admin_client, "/admin/tables/planes/")
        assert admin_client.get(reverse("admin:autocomplete"), select).status_code == 200

    counting = [each["sql"] for each in captured if "10001" in each["sql"]]
    assert len(counting) == 2
    assert not any(f"dyn_t{flights.pk}" in sql for sql in counting)


def test_a_search_finds_rows_by_what_is_looked_up_for_who_may_see_it(fleet, tables, admin_client, someone):
    planes, flights = fleet
    tables.add(planes, maker="char")
    planes.sync()
    tables.add(flights, maker=("lookup", {"source": "plane.maker"}))
    flights.sync()
    planes.django_model.objects.filter(tail="N2").update(maker="Boeing")
    allow(someone, flights, "view")
    client = Client()
    client.force_login(someone)

    found = page(admin_client, "/admin/tables/flights/?q=boei")

    assert "2 rows" in found
    assert "Searches Tail, Maker, Plane" in found
    assert "No row matches" in page(client, "/admin/tables/flights/?q=boei")
