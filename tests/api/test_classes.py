"""What the API keeps of a table: made once, and gone with the table's class."""

import gc
import weakref

import pytest
from django.db import models

from dynadmin.api.serializers import serializer_class_of
from dynadmin.fieldtypes import FieldType, field_types

URL = "/api/tables/flights/"


def test_a_serializer_class_is_made_once_a_class(flights, tables):
    model = flights.django_model
    serializer = serializer_class_of(model)
    assert serializer_class_of(model) is serializer

    tables.add(flights, origin="char")
    flights.sync()

    assert serializer_class_of(flights.django_model) is not serializer


def test_what_served_the_old_class_is_garbage(admin, flights, rows, tables):
    for accept in ("application/json", "text/html"):
        admin.get(URL, headers={"accept": accept})
        admin.get(f"{URL}{rows[0].pk}/", headers={"accept": accept})
    admin.post(URL, {"carrier": "AA"})
    old = weakref.ref(flights.django_model)
    rows.clear()

    tables.add(flights, origin="char")
    flights.sync()
    admin.get(URL)
    gc.collect()

    assert old() is None


class Careless(FieldType):
    """A type of a third party whose model field lets everything pass."""

    slug = "careless"
    label = "Careless"

    def model_field(self, options):
        return models.CharField(max_length=5, blank=True, default="", validators=[])


@pytest.mark.parametrize("value", ["\ud800", "a\x00b\ud800"])
def test_a_value_that_only_the_database_refuses_is_no_failure(admin, tables, value):
    with field_types.register_temporarily(Careless):
        table = tables.make("loose", value="careless")

        answer = admin.post("/api/tables/loose/", {"value": value}, content_type="application/json")

        assert answer.status_code == 400
        assert "database" in answer.json()["detail"]
        assert not table.django_model.objects.exists()
