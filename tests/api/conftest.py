"""People who use the API, and a table they use it on."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client


@pytest.fixture
def client() -> Client:
    """A client that shows a 500 as an answer, so that a test can say it wants none."""
    return Client(raise_request_exception=False)


@pytest.fixture
def flights(tables):
    return tables.make(
        "flights",
        label="Flights",
        carrier=("char", {"max_length": 2, "blank": False}),
        tail=("char", {"max_length": 6, "unique": True}),
        distance="int",
    )


@pytest.fixture
def rows(flights):
    """Three rows of the table, by id."""
    model = flights.django_model
    return [model.objects.create(carrier="UA", tail=f"N{n}", distance=n * 100) for n in (1, 2, 3)]


@pytest.fixture
def admin(client, admin_user) -> Client:
    """A client logged in as one who may do all."""
    client.force_login(admin_user)
    return client


@pytest.fixture
def person(django_user_model):
    """A user without any permission."""
    return django_user_model.objects.create_user("pat", password="secret")


def permission(table, action: str) -> Permission:
    """Return the permission for an action on a table."""
    return Permission.objects.get(codename=f"{action}_t{table.pk}", content_type__app_label="tables")
