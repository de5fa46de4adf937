"""Pages: each row once, at a cost that does not grow with the table."""

import base64
from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.conftest import permission

URL = "/api/tables/flights/"


@pytest.fixture
def many(flights):
    model = flights.django_model
    model.objects.bulk_create(model(carrier="UA", tail=f"N{n}") for n in range(25))
    return [row.pk for row in model.objects.order_by("pk")]


def pages(client, url: str, link: str = "next") -> list[list[int]]:
    """Return the ids on each page, following the links."""
    found = []
    while url:
        answer = client.get(url).json()
        found.append([row["id"] for row in answer["results"]])
        url = answer[link]
    return found


def test_following_the_links_meets_each_row_once(admin, many):
    assert pages(admin, f"{URL}?page_size=10") == [many[:10], many[10:20], many[20:]]


def test_the_links_lead_back_too(admin, many):
    last = f"{URL}?page_size=10"
    while following := admin.get(last).json()["next"]:
        last = following

    assert pages(admin, last, "previous")[1:] == [many[10:20], many[:10]]


def test_a_row_that_goes_meanwhile_hides_no_other(admin, flights, many):
    following = admin.get(f"{URL}?page_size=10").json()["next"]
    flights.django_model.objects.filter(pk__in=many[3:10]).delete()

    assert pages(admin, following) == [many[10:20], many[20:]]


@pytest.mark.parametrize(
    ("asked", "got"), [("", 5), ("3", 3), ("0", 5), ("-1", 5), ("abc", 5), ("9" * 30, 7), ("8", 7)]
)
def test_a_page_has_the_size_asked_for_up_to_the_limit(admin, settings, many, asked, got):
    settings.DYNADMIN = {"API_PAGE_SIZE": 5, "API_MAX_PAGE_SIZE": 7}

    assert len(admin.get(f"{URL}?page_size={asked}").json()["results"]) == got


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "%00",
        "é",
        *(base64.b64encode(text).decode() for text in (b"p=abc", b"p=", b"p=-1", b"o=x", b"r=2&p=1e9")),
    ]
    + [base64.b64encode(b"p=" + b"9" * count).decode() for count in (19, 20, 5000)],
)
def test_a_broken_link_is_no_failure(admin, many, cursor):
    assert admin.get(URL, {"cursor": cursor}).status_code in (200, 404)


def test_a_page_costs_the_same_queries_whatever_it_shows(admin, flights, many):
    admin.get(URL)

    with CaptureQueriesContext(
        connection,
    ) as small:
        admin.get(f"{URL}?page_size=1")
    with CaptureQueriesContext(connection) as large:
        admin.get(f"{URL}?page_size=25")

    # The revision, the session, the user, the rows: no count, no permissions for a superuser.
    assert len(small) == len(large) == 4
    assert "COUNT(" not in " ".join(query["sql"] for query in large)


def test_what_each_request_asks_of_the_database(client, person, flights, many):
    for action in ("view", "add", "change"):
        person.user_permissions.add(permission(flights, action))
    client.force_login(person)
    row, numbers = f"{URL}{many[0]}/", count()
    requests = {
        "list": (6, lambda: client.get(URL)),
        "row": (6, lambda: client.get(row)),
        "index": (5, lambda: client.get("/api/")),
        # The uniqueness, the row, what it was, the history, the log, the row as it is stored; and begin,
        # savepoint, release, commit.
        "change": (
            16,
            lambda: client.patch(row, {"tail": f"X{next(numbers)}"}, content_type="application/json"),
        ),
    }
    for _expected, send in requests.values():
        send()

    counts = {}
    for name, (_expected, send) in requests.items():
        with CaptureQueriesContext(connection) as queries:
            assert send().status_code == 200
        counts[name] = len(queries)

    # The revision, the session, the user and the two kinds of permissions come first.
    assert counts == {name: expected for name, (expected, _send) in requests.items()}
