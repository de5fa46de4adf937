"""Computed fields through the API: shown to who may see what they show, and to be set by nobody."""

import pytest

from dynadmin.schema import target_of
from tests.api.conftest import permission


@pytest.fixture
def fleet(tables, flights):
    planes = tables.make("planes", number="char")
    tables.add(flights, plane=("foreignkey", {"target": target_of(planes.pk)}))
    flights.sync()
    tables.add(flights, number=("lookup", {"source": "plane.number"}))
    flights.sync()
    plane = planes.django_model.objects.create(number="N7")
    flights.django_model.objects.create(carrier="UA", tail="N1", plane=plane)
    return planes, flights


def test_a_computed_field_is_shown(admin, fleet):
    assert admin.get("/api/tables/flights/").json()["results"][0]["number"] == "N7"


def test_rows_are_found_by_a_computed_field(admin, fleet, tables):
    planes, _flights = fleet
    tables.add(planes, flown=("rollup", {"source": "flights.plane", "function": "count"}))
    planes.sync()

    def count(query):
        return len(admin.get(f"/api/tables/flights/?{query}").json()["results"])

    assert (count("number=N7"), count("number=N8")) == (1, 0)
    assert (count("plane__flown=1"), count("plane__flown=2")) == (1, 0)


def test_nobody_finds_rows_by_what_they_may_not_see(client, person, fleet):
    person.user_permissions.add(permission(fleet[1], "view"))
    client.force_login(person)

    assert client.get("/api/tables/flights/?number=N7").status_code == 400


def test_a_computed_field_cannot_be_set(admin, fleet):
    row = admin.get("/api/tables/flights/").json()["results"][0]
    url = f"/api/tables/flights/{row['id']}/"

    refused = admin.patch(url, {"number": "N8"}, content_type="application/json")
    same = admin.patch(url, {"number": row["number"]}, content_type="application/json")

    assert refused.status_code == 400
    assert refused.json()["errors"] == {"number": ["This field cannot be set."]}
    assert same.status_code == 200
    assert same.json()["number"] == "N7"


def test_a_computed_field_is_hidden_from_who_may_not_see_the_other_table(client, person, fleet):
    person.user_permissions.add(permission(fleet[1], "view"))
    client.force_login(person)

    assert "number" not in client.get("/api/tables/flights/").json()["results"][0]
