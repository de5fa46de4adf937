"""A row that breaks a rule which is just coming into force: refused with words, and no input lost."""

import pytest
from django.contrib.auth.models import User
from django.db import connection

from dynadmin.models import SchemaChange
from tests.admin.row_pages import RowPage, errors_of, url
from tests.online.support import alter, fill

pytestmark = [pytest.mark.only_on("postgresql"), pytest.mark.usefixtures("everything_is_large")]


@pytest.fixture
def event(tables, client):
    client.force_login(User.objects.create_superuser("ada"))
    table = tables.make("event", label="Event", code="int", note="text")
    fill(table, 10, lambda n: {"code": n, "note": "old"})
    # What a change builds before it is taken into use.
    column = table.django_model._meta.get_field("code").column
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE UNIQUE INDEX dyn_o77_x0_0 ON dyn_t{table.pk} ({column})")
    return table


@pytest.mark.parametrize("page", ["add", "change"])
def test_the_form_says_so_and_keeps_what_was_entered(event, client, page):
    row = event.django_model.objects.last()
    opened = RowPage(client, url(event, page, *([row.pk] if page == "change" else [])))
    opened["code"], opened["note"] = "3", "much work"
    response = opened.save()

    assert response.status_code == 409
    assert "just being changed" in errors_of(response)
    assert opened["note"] == "much work"
    assert not event.django_model.objects.filter(note="much work").exists()

    opened["code"] = "333"
    assert opened.save().status_code == 302
    assert event.django_model.objects.get(note="much work").code == 333


def test_the_api_says_so(event, client):
    response = client.post("/api/tables/event/", {"code": 3, "note": "x"}, "application/json")
    assert response.status_code == 409
    assert "just being changed" in response.json()["detail"]


def test_a_list_that_is_edited_in_place_says_so(event, client):
    rows = event.django_model.objects.order_by("pk")[:2]
    address = url(event)
    data = {"form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 2, "_save": "Save"}
    for number, row in enumerate(rows):
        data |= {f"form-{number}-id": row.pk, f"form-{number}-code": 7, f"form-{number}-note": "x"}
    response = client.post(address, data)
    assert response.status_code in {200, 302, 409}
    assert event.django_model.objects.filter(code=7).count() == 1


def test_while_a_change_builds_it_nobody_meets_an_error(tables, client, at_step):
    client.force_login(User.objects.create_superuser("eve"))
    table = tables.make("thing", code="int")
    fill(table, 10, lambda n: {"code": n})
    answers = []

    def write(step):
        if step == "contract":
            answers.append(client.post("/api/tables/thing/", {"code": 3}, "application/json").status_code)
            answers.append(RowPage(client, url(table, "add")).save(code="4").status_code)

    with at_step(write):
        alter(table, "code", unique=True)
    assert answers == [409, 409]
    assert SchemaChange.objects.get().state == "done"
