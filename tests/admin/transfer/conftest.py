"""The table and the people of the tests of imports and exports."""

from pathlib import Path

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from dynadmin.models import DynamicModel


@pytest.fixture(autouse=True)
def upload_dir(settings, tmp_path) -> Path:
    settings.DYNADMIN = {"UPLOAD_DIR": str(tmp_path / "uploads")}
    return tmp_path / "uploads"


@pytest.fixture
def flights(tables) -> DynamicModel:
    table = tables.define(
        "flights",
        label="Flights",
        carrier=("char", {"max_length": 2, "blank": False}),
        number="int",
        notes="text",
    )
    table.fields.filter(name="number").update(label="Flight number")
    table.sync()
    return table


@pytest.fixture
def staff(flights):
    """Return a client logged in as a staff member with these permissions on the table."""

    def staff(*actions: str) -> Client:
        user = User.objects.create_user(f"staff {len(actions)} {' '.join(actions)}", is_staff=True)
        codenames = [f"{action}_t{flights.pk}" for action in actions]
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        client = Client()
        client.force_login(user)
        return client

    return staff


@pytest.fixture
def filled(flights) -> DynamicModel:
    model = flights.django_model
    rows = [("UA", 3), ("AA", 1), ("UA", 2)]
    model.objects.bulk_create(model(carrier=carrier, number=number) for carrier, number in rows)
    return flights
