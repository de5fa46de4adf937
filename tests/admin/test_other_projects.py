"""Pages in a project that has settings of its own: moments without a zone, people of another class."""

import pytest
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models

from dynadmin.admin.navigation import name_of
from tests.admin.definition_page import page_url


class Member(AbstractBaseUser):
    """Somebody as a project may know them: without a short name."""

    email = models.EmailField(unique=True)
    USERNAME_FIELD = "email"

    class Meta:
        app_label = "elsewhere"
        abstract = True


@pytest.fixture
def event(tables, settings):
    settings.USE_TZ = False
    return tables.make("event", label="Events", title="char")


def test_somebody_without_a_short_name_is_called_by_their_login():
    class Person(Member):
        class Meta:
            app_label = "elsewhere"

    assert name_of(Person(email="ada@example.org")) == "ada@example.org"


def test_definitions_are_exported_where_moments_have_no_zone(event, admin_client):
    response = admin_client.post(page_url("export"), {"tables": [event.pk]})

    assert response["Content-Type"] == "application/json"


def test_rows_are_exported_where_moments_have_no_zone(event, admin_client):
    response = admin_client.get("/admin/tables/event/export/")
    form = response.context["form"]
    data = {name: form[name].value() or "" for name in form.fields} | {"fields_": ["title"], "format": "csv"}

    response = admin_client.post("/admin/tables/event/export/", data)

    assert "attachment" in response["Content-Disposition"]


@pytest.mark.parametrize("page", ["", "add/"])
def test_the_trash_and_the_rows_are_seen_where_moments_have_no_zone(event, admin_client, page):
    event.django_model.objects.create(title="x")
    assert admin_client.get(f"/admin/tables/event/{page}").status_code == 200
    event.retire()
    assert admin_client.get("/admin/dynadmin/trash/").status_code == 200
