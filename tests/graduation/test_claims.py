"""A table that a model of an app has is that model's: dynadmin serves it no longer, also before `migrate`."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models

from dynadmin.exceptions import NotApplied
from dynadmin.registry import registry


@pytest.fixture
def flights(tables):
    table = tables.make("flights", carrier="char")
    table.django_model.objects.create(carrier="UA")
    return table


@pytest.fixture
def claim(flights) -> Iterator:
    """`claim(managed=True)`: an app of the project has a class on the table from now on."""

    def claim(*, managed: bool) -> type[models.Model]:
        meta = type(
            "Meta", (), {"app_label": "staticapp", "db_table": f"dyn_t{flights.pk}", "managed": managed}
        )
        return type("Claim", (models.Model,), {"__module__": "tests.staticapp.models", "Meta": meta})

    yield claim
    del apps.all_models["staticapp"]["claim"]
    apps.clear_cache()


def change(table) -> None:
    """Have the class of the table made anew."""
    table.fields.update(label="Airline")
    table.sync()


def test_the_table_of_a_model_is_not_served_twice(flights, claim):
    claim(managed=True)
    change(flights)

    with pytest.raises(NotApplied, match=r"is now that of the model staticapp\.Claim"):
        registry.newest.model(flights.pk)


def test_a_model_that_only_looks_on_takes_nothing_away(flights, claim):
    looking_on = claim(managed=False)
    change(flights)

    assert flights.django_model.objects.get().carrier == "UA"
    assert looking_on.objects.count() == 1


def test_the_pages_of_such_a_table_are_not_found(flights, claim, admin_client):
    claim(managed=True)
    change(flights)

    assert admin_client.get("/admin/").status_code == 200
    assert admin_client.get("/admin/tables/flights/").status_code == 404
    assert admin_client.get("/admin/dynadmin/dynamicmodel/").status_code == 200
    assert admin_client.get(f"/admin/dynadmin/dynamicmodel/{flights.pk}/change/").status_code == 200
