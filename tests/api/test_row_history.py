"""The history of a row in the API."""

import pytest

from tests.api.conftest import permission


@pytest.fixture(params=["name", "id"])
def url(request, flights) -> str:
    """The address of the rows, in both forms."""
    return "/api/tables/flights/" if request.param == "name" else f"/api/model/{flights.pk}/"


def told(answer):
    assert answer.status_code == 200, answer.content
    return [
        (change["action"], change["author"], change["via"], change["before"], change["after"])
        for change in answer.json()["results"]
    ]


def test_changes_are_listed_with_values_by_name(admin, rows, url, flights):
    admin.patch(f"{url}{rows[0].pk}/", {"distance": 5}, content_type="application/json")
    tail = flights.fields.get(name="tail")
    tail.name = "number"
    tail.save()
    flights.sync()

    made = {"carrier": "UA", "number": "N1", "distance": 100}
    assert told(admin.get(f"{url}{rows[0].pk}/row-history/")) == [
        ("changed", "admin", "api", {"distance": 100}, {"distance": 5}),
        ("created", "", "code", {}, made),
    ]


def test_a_deleted_row_still_has_its_history(admin, rows, url):
    admin.delete(f"{url}{rows[0].pk}/")

    tellings = told(admin.get(f"{url}{rows[0].pk}/row-history/"))
    assert [change[0] for change in tellings] == ["deleted", "created"]
    assert admin.get(f"{url}{rows[2].pk + 1}/row-history/").status_code == 404
    assert admin.get(f"{url}x/row-history/").status_code == 404


def test_earlier_changes_are_on_the_next_page(admin, rows, url, settings):
    settings.DYNADMIN = {**settings.DYNADMIN, "API_PAGE_SIZE": 1}
    rows[0].distance = 7
    rows[0].save()

    first = admin.get(f"{url}{rows[0].pk}/row-history/").json()
    second = admin.get(first["next"]).json()

    found = [change["action"] for page in (first, second) for change in page["results"]]
    assert found == ["changed", "created"]
    assert second["next"] is None
    assert admin.get(f"{url}{rows[0].pk}/row-history/?below=x").status_code == 404


def test_it_takes_the_permission_to_see_the_table(client, person, rows, flights):
    client.force_login(person)
    address = f"/api/tables/flights/{rows[0].pk}/row-history/"
    assert client.get(address).status_code == 403
    person.user_permissions.add(permission(flights, "view"))
    assert client.get(address).status_code == 200


def test_relations_of_any_name_have_an_address_beside_it(admin, tables):
    tag = tables.make("tags", word="char")
    relation = ("manytomany", {"target": f"tables.T{tag.pk}"})
    trip = tables.make("trips", history=relation, row_history=relation)
    row = trip.django_model.objects.create()
    row.history.add(tag.django_model.objects.create(word="a"))

    for name, found in (("history", 1), ("row_history", 0)):
        assert len(admin.get(f"/api/tables/trips/{row.pk}/{name}/").json()["results"]) == found
    assert told(admin.get(f"/api/tables/trips/{row.pk}/row-history/"))[-1][0] == "created"
