"""Relations in the API: ids in and out, names beside them, filters, and nothing of what one may not see."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.conftest import permission
from tests.support import without_tokens
from tests.test_relations import make_fleet, to

LIST = "/api/tables/flights/"


@pytest.fixture
def fleet(tables):
    return make_fleet(tables)


@pytest.fixture
def rows(fleet):
    """Two planes, the second not active; two tags; two flights of the first plane, the first with tags."""
    planes, tags, flights = (table.django_model for table in fleet)
    made = [planes.objects.create(tail=f"N{n}", active=n == 1) for n in (1, 2)]
    words = [tags.objects.create(word=word) for word in ("red", "blue")]
    flown = [flights.objects.create(number=n, plane=made[0]) for n in (1, 2)]
    flown[0].tags.set(words)
    return {"planes": made, "tags": words, "flights": flown}


def send(client, method, address, data, **headers):
    return getattr(client, method)(address, data, content_type="application/json", headers=headers)


def test_ids_are_answered_with_names_beside_them(admin, rows):
    first, second = admin.get(LIST).json()["results"]

    assert first == {
        "id": rows["flights"][0].pk,
        "number": 1,
        "plane": rows["planes"][0].pk,
        "plane__display": "N1",
        "pilot": None,
        "pilot__display": None,
        "tags": [tag.pk for tag in rows["tags"]],
        "tags__display": ["red", "blue"],
    }
    assert (second["tags"], second["tags__display"]) == ([], [])


def test_a_page_costs_one_query_a_relation(admin, fleet, rows):
    admin.get(LIST)
    model = fleet[2].django_model
    with CaptureQueriesContext(connection) as few:
        admin.get(LIST)
    for number in range(20):
        plane = fleet[0].django_model.objects.create(tail=f"X{number}")
        model.objects.create(number=number, plane=plane).tags.set(rows["tags"])
    with CaptureQueriesContext(connection) as many:
        assert len(admin.get(LIST).json()["results"]) == 22

    assert len(many) == len(few)


def test_ids_are_taken(admin, fleet, rows):
    plane, tag = rows["planes"][0], rows["tags"][1]
    answer = send(admin, "post", LIST, {"number": 3, "plane": plane.pk, "tags": [tag.pk, tag.pk]})

    assert answer.status_code == 201
    assert (answer.json()["plane__display"], answer.json()["tags__display"]) == ("N1", ["blue"])
    row = fleet[2].django_model.objects.get(number=3)
    assert (row.plane, list(row.tags.all())) == (plane, [tag])


def test_what_was_read_can_be_put_again(admin, fleet, rows):
    address = f"{LIST}{rows['flights'][0].pk}/"
    fleet[0].django_model.objects.update(active=False)
    answer = admin.get(address)

    again = send(admin, "put", address, answer.json(), **{"If-Match": answer["ETag"]})

    assert (again.status_code, again.json()) == (200, answer.json())


def test_links_stay_unless_they_are_sent(admin, rows):
    address = f"{LIST}{rows['flights'][0].pk}/"

    assert len(send(admin, "patch", address, {"number": 9}).json()["tags"]) == 2
    assert send(admin, "patch", address, {"tags": []}).json()["tags"] == []
    assert send(admin, "patch", address, {"plane": None}).json()["plane"] is None


def test_of_many_links_the_first_are_listed_with_the_address_of_all(admin, rows, settings):
    settings.DYNADMIN = {**settings.DYNADMIN, "API_MAX_LINKS": 1}
    address = f"{LIST}{rows['flights'][0].pk}/"
    red, blue = rows["tags"]

    row = admin.get(address).json()

    assert (row["tags"], row["tags__display"]) == ([red.pk], ["red"])
    assert row["tags__all"] == f"http://testserver{address}tags/"
    first = admin.get(row["tags__all"], {"page_size": 1}).json()
    rest = admin.get(first["next"]).json()
    assert [*first["results"], *rest["results"]] == [
        {"id": red.pk, "display": "red"},
        {"id": blue.pk, "display": "blue"},
    ]
    assert "tags__all" not in admin.get(LIST).json()["results"][1]
    assert admin.get(f"{address}plane/").status_code == 404
    send(admin, "put", address, row)
    assert rows["flights"][0].tags.count() == 2
    send(admin, "patch", address, {"tags": [blue.pk]})
    assert list(rows["flights"][0].tags.all()) == [blue]


def test_links_are_named_for_who_may_see_them(client, fleet, rows):
    user = User.objects.create_user("pat")
    user.user_permissions.add(permission(fleet[2], "view"))
    client.force_login(user)

    answer = client.get(f"{LIST}{rows['flights'][0].pk}/tags/").json()

    assert answer["results"][0] == {"id": rows["tags"][0].pk, "display": None}


def test_a_change_of_links_is_a_change_of_the_row(admin, rows):
    address = f"{LIST}{rows['flights'][0].pk}/"
    tag = admin.get(address)["ETag"]
    rows["flights"][0].tags.clear()

    answer = send(admin, "patch", address, {"number": 9}, **{"If-Match": tag})

    assert answer.status_code == 412


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("plane", 999, "no row to choose with the id 999"),
        ("plane", "second", "no row to choose"),
        ("plane", 10**30, "too large"),
        ("plane", True, "whole number"),
        ("plane", {"id": 1}, "whole number"),
        ("tags", [999], "no row to choose with the id 999"),
        ("tags", 1, "list"),
        ("tags", ["x"], "whole number"),
        ("tags", [[1]], "whole number"),
        ("tags", list(range(1001)), "at most 1000"),
    ],
)
def test_what_cannot_be_referred_to_is_refused_by_field(admin, rows, name, value, why):
    value = rows["planes"][1].pk if value == "second" else value
    answer = send(admin, "post", LIST, {"number": 3, name: value})

    assert answer.status_code == 400
    assert why in " ".join(answer.json()["errors"][name])


# --- Filters ---


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("number=1", [0]),
        ("number=1&number=2", [0, 1]),
        ("plane={plane}", [0, 1]),
        ("plane={other}", []),
        ("plane=", []),
        ("pilot=", [0, 1]),
        ("tags={red}", [0]),
        ("tags=", [1]),
        ("plane__tail=N1", [0, 1]),
        ("plane__tail=N2", []),
        ("plane__active=true&number=2", [1]),
        ("tags__word=blue", [0]),
        ("page_size=1&number=2", [1]),
    ],
)
def test_rows_are_asked_for_by_values(admin, rows, query, found):
    words = {"plane": rows["planes"][0].pk, "other": rows["planes"][1].pk, "red": rows["tags"][0].pk}
    answer = admin.get(f"{LIST}?{query.format(**words)}").json()

    assert [row["id"] for row in answer["results"]] == [rows["flights"][n].pk for n in found]


@pytest.mark.parametrize(
    "query",
    [
        "nose=1",
        "plane__nose=1",
        "plane__notes=1",
        "plane__tail__startswith=N",
        "pilot__username=ann",
        "pilot__password=x",
        "number__gt=1",
        "number=x",
        "plane=x",
        "tags=x",
        "id=99999999999999999999999",
        "number=%00",
    ],
)
def test_what_cannot_be_asked_for_is_refused_by_name(admin, rows, query):
    answer = admin.get(f"{LIST}?{query}")

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [query.partition("=")[0]]


# --- Who may not see what is referred to ---


@pytest.fixture
def flyer(client, person, fleet):
    """One who may do all with flights and nothing with planes, tags and users."""
    person.user_permissions.set(
        permission(fleet[2], action) for action in ("view", "add", "change", "delete")
    )
    client.force_login(person)
    return client


def test_names_are_told_to_nobody_who_may_not_see_them(flyer, rows):
    User.objects.create(username="ann")
    first = flyer.get(LIST).json()["results"][0]

    assert first["plane"] == rows["planes"][0].pk
    assert [first[f"{name}__display"] for name in ("plane", "pilot", "tags")] == [None] * 3


@pytest.mark.parametrize("query", ["plane__tail=N1", "tags__word=red"])
def test_nothing_is_guessed_by_asking(flyer, rows, query):
    assert flyer.get(f"{LIST}?{query}").status_code == 400


def test_who_may_see_it_asks_for_it(flyer, person, fleet, rows):
    person.user_permissions.add(permission(fleet[0], "view"))

    assert len(flyer.get(f"{LIST}?plane__tail=N1").json()["results"]) == 2


def test_the_page_offers_ids_and_no_names(flyer, rows):
    answer = flyer.get(f"{LIST}{rows['flights'][0].pk}/", headers={"Accept": "text/html"})
    page = without_tokens(answer.content.decode())

    ids = ", ".join(str(tag.pk) for tag in rows["tags"])
    assert f'value="{ids}"' in page
    assert "N1" not in page
    answer = flyer.post(LIST, {"number": "7", "plane": str(rows["planes"][0].pk), "tags": ids})
    assert (answer.status_code, answer.json()["tags"]) == (201, [tag.pk for tag in rows["tags"]])


# --- Deletion ---


def test_a_row_that_others_refer_to_is_not_deleted(admin, rows):
    answer = admin.delete(f"/api/tables/planes/{rows['planes'][0].pk}/")

    assert answer.status_code == 409
    assert "2 of “Flights”, by “plane”" in answer.json()["detail"]
    assert admin.delete(f"/api/tables/planes/{rows['planes'][1].pk}/").status_code == 204


def test_nobody_deletes_rows_of_another_table_without_the_permission(client, person, tables):
    planes = tables.make("planes", tail="char")
    flights = tables.make("flights", number="int", plane=to(planes, on_delete="cascade"))
    plane = planes.django_model.objects.create(tail="N1")
    flights.django_model.objects.create(number=1, plane=plane)
    person.user_permissions.set([permission(planes, "delete"), permission(planes, "view")])
    client.force_login(person)
    address = f"/api/tables/planes/{plane.pk}/"

    answer = client.delete(address)
    assert answer.status_code == 403
    assert "Flights" not in answer.json()["detail"]
    person.user_permissions.add(permission(flights, "delete"))
    assert client.delete(address).status_code == 204
    assert not flights.django_model.objects.exists()
