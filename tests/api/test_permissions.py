"""Who may do what: the same permissions as in the admin, for sessions and tokens."""

import pytest
from django.test import Client
from rest_framework.authtoken.models import Token

from tests.api.conftest import permission

URL = "/api/tables/flights/"


@pytest.fixture
def visitor(client, person) -> Client:
    """A client logged in as one without any permission."""
    client.force_login(person)
    return client


@pytest.fixture
def attempts(rows):
    """Each method on the table, with what makes it succeed: the permission it needs and the code it gives."""
    row = f"{URL}{rows[0].pk}/"
    body = {"data": {"carrier": "AA"}, "content_type": "application/json"}
    return {
        "list": ("view", lambda client: client.get(URL), 200),
        "retrieve": ("view", lambda client: client.get(row), 200),
        "head": ("view", lambda client: client.head(URL), 200),
        "options": ("view", lambda client: client.options(URL), 200),
        "create": ("add", lambda client: client.post(URL, **body), 201),
        "replace": ("change", lambda client: client.put(row, **body), 200),
        "change": ("change", lambda client: client.patch(row, **body), 200),
        "delete": ("delete", lambda client: client.delete(row), 204),
    }


def test_nobody_gets_nothing(client, attempts):
    answers = {name: attempt(client).status_code for name, (_, attempt, _) in attempts.items()}

    assert set(answers.values()) == {401}, answers


def test_a_person_without_permissions_is_refused_all(visitor, attempts):
    answers = {name: attempt(visitor).status_code for name, (_, attempt, _) in attempts.items()}

    assert set(answers.values()) == {403}, answers


@pytest.mark.parametrize("action", ["view", "add", "change", "delete"])
def test_a_permission_allows_its_own_methods_only(visitor, person, flights, attempts, action):
    person.user_permissions.add(permission(flights, action))
    # As in the admin, who may change a row may look at it.
    allowed = {"change": {"change", "view"}}.get(action, {action})

    answers = {name: attempt(visitor).status_code for name, (_, attempt, _) in attempts.items()}

    assert answers == {name: code if needs in allowed else 403 for name, (needs, _, code) in attempts.items()}


def test_a_permission_on_one_table_gives_nothing_on_another(visitor, person, tables, flights):
    other = tables.make("other", text="char")
    person.user_permissions.add(permission(other, "view"))

    assert visitor.get("/api/tables/other/").status_code == 200
    assert visitor.get(URL).status_code == 403
    assert [table["name"] for table in visitor.get("/api/").json()["tables"]] == ["other"]


def test_a_token_is_as_good_as_a_session(client, person, flights, rows):
    person.user_permissions.add(permission(flights, "view"))
    token = Token.objects.create(user=person)

    answer = client.get(URL, headers={"authorization": f"Token {token.key}"})

    assert len(answer.json()["results"]) == 3


def test_a_wrong_token_is_told_apart_from_none(client, flights):
    answer = client.get(URL, headers={"authorization": "Token nonsense"})

    assert answer.status_code == 401
    assert answer.json()["detail"] == "Invalid token."


def test_a_session_needs_the_token_against_forged_requests(person, flights):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(person)
    person.user_permissions.add(permission(flights, "add"))

    answer = client.post(URL, {"carrier": "AA"}, content_type="application/json")

    assert answer.status_code == 403
    assert "CSRF" in answer.json()["detail"]


def test_who_is_not_active_is_nobody(visitor, person, flights):
    person.user_permissions.add(permission(flights, "view"))
    person.is_active = False
    person.save()

    assert visitor.get(URL).status_code == 401
