"""The page behind "History": each change of a row, who, when, through what, each value before and after."""

import re

import pytest
from django.contrib.auth.models import Permission, User

from dynadmin.acting import acting
from dynadmin.models import RowChange
from dynadmin.rowhistory import changing
from tests.admin.row_pages import url
from tests.support import without_tokens


@pytest.fixture
def ada(db):
    return User.objects.create_superuser("ada")


def lines(html):
    """Return the texts of the cells of all changes, the newest first."""
    cells = r'<th scope="row">(.*?)</th>\s*<td class="before">(.*?)</td>\s*<td class="after">(.*?)</td>'
    found = re.findall(cells, html, re.DOTALL)
    return [tuple(re.sub(r"<[^>]+>", "", part).strip() for part in line) for line in found]


def page(client, table, row, **query):
    answer = client.get(url(table, "history", row), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_each_change_is_told_with_who_when_and_through_what(admin_client, tables, ada):
    colors = [{"value": "r", "label": "Red"}, {"value": "g", "label": "Green"}]
    trip = tables.make("trip", code="char", color=("choice", {"choices": colors}), day="date")
    with acting(ada), changing("import", unit=12):
        row = trip.django_model.objects.create(code="<b>x", color="r")
    row.color, row.day = "g", "2020-02-03"
    row.save()

    html = page(admin_client, trip, row.pk)

    assert lines(html) == [
        ("Color", "Red", "Green"),
        ("Day", "–", "2020-02-03"),
        ("Code", "–", "&lt;b&gt;x"),
        ("Color", "–", "Red"),
    ]
    assert "<b>x" not in html
    assert "ada · by import 12" in html
    assert "by a program" in html


def test_a_form_leads_to_the_page_and_is_told_there(admin_client, tables):
    trip = tables.make("trip", code="char", size="int")
    admin_client.post(url(trip, "add"), {"code": "a", "size": 1})
    row = trip.django_model.objects.get()
    admin_client.post(url(trip, "change", row.pk), {"code": "a", "size": 2})

    form = admin_client.get(url(trip, "change", row.pk)).content.decode()
    assert url(trip, "history", row.pk) in form
    html = page(admin_client, trip, row.pk)
    assert lines(html) == [("Size", "1", "2"), ("Code", "–", "a"), ("Size", "–", "1")]
    assert html.count("admin · in a form") == 2
    assert "log of the admin" not in html


def test_what_a_row_was_when_made_says_nothing_of_its_last_change(admin_client, tables):
    trip = tables.make("trip", of_kind="record", code="char", seen=("datetime", {"auto_now": True}))
    row = trip.django_model.objects.create(code="a")
    row.code = "b"
    row.save()

    told = [what for what, _before, _after in lines(page(admin_client, trip, row.pk))]

    assert told == ["Code", "Code", "Created at"]


def test_relations_are_told_by_name_to_whoever_may_see_them(client, admin_client, tables):
    maker = tables.make("maker", brand="char")
    target = f"tables.T{maker.pk}"
    relations = {"maker": ("foreignkey", {"target": target}), "users": ("manytomany", {"target": target})}
    plane = tables.make("plane", **relations)
    boeing, airbus = (maker.django_model.objects.create(brand=brand) for brand in ("Boeing", "Airbus"))
    row = plane.django_model.objects.create(maker=boeing)
    row.maker = airbus
    row.save()
    row.users.add(boeing)
    guest = User.objects.create_user("guest", is_staff=True)
    guest.user_permissions.add(Permission.objects.get(codename=f"view_t{plane.pk}"))
    client.force_login(guest)

    assert lines(page(admin_client, plane, row.pk)) == [
        ("Users", "–", "Boeing"),
        ("Maker", "Boeing", "Airbus"),
        ("Maker", "–", "Boeing"),
    ]
    assert lines(page(client, plane, row.pk))[1] == ("Maker", f"#{boeing.pk}", f"#{airbus.pk}")
    assert client.get(url(maker, "history", boeing.pk)).status_code == 403


def test_a_conversion_is_told_from_the_original(admin_client, tables, ada):
    trip = tables.make("trip", size="char")
    row = trip.django_model.objects.create(size="7")
    row.size = "8"
    row.save()
    size = trip.fields.get()
    size.type, size.options = "int", {}
    size.save()
    trip.sync(user=ada)
    row = trip.django_model.objects.get()
    row.size = 9
    row.save()

    html = page(admin_client, trip, row.pk)

    assert lines(html) == [("Size", "8", "9"), ("Size", "8", "8"), ("Size", "7", "8"), ("Size", "–", "7")]
    assert "ada · by a change of the table" in html


def test_a_row_that_is_gone_still_has_its_history(admin_client, tables):
    trip = tables.make("trip", code="char")
    row = trip.django_model.objects.create(code="a")
    pk = row.pk
    row.delete()

    assert lines(page(admin_client, trip, pk)) == [("Code", "a", "–"), ("Code", "–", "a")]
    for other in (pk + 1, "x"):
        assert admin_client.get(url(trip, "history", other)).url == "/admin/"


def test_long_histories_are_turned_page_by_page(admin_client, tables, monkeypatch):
    monkeypatch.setattr("dynadmin.admin.rowhistory.PER_PAGE", 2)
    trip = tables.make("trip", size="int")
    row = trip.django_model.objects.create(size=0)
    for size in (1, 2, 3):
        row.size = size
        row.save()

    first = page(admin_client, trip, row.pk)
    below = RowChange.objects.filter(after__isnull=False).order_by("pk")[1].pk
    assert lines(first) == [("Size", "2", "3"), ("Size", "1", "2")]
    assert f"?below={below}" in first
    second = page(admin_client, trip, row.pk, below=below)
    assert lines(second) == [("Size", "0", "1"), ("Size", "–", "0")]
    assert "Earlier changes" not in without_tokens(second)


def test_where_none_is_kept_the_log_of_the_admin_is_shown(admin_client, tables):
    trip = tables.make("trip", code="char")
    trip.keeps_history = False
    trip.save()
    trip.sync()
    admin_client.post(url(trip, "add"), {"code": "a"})

    html = page(admin_client, trip, trip.django_model.objects.get().pk)

    assert "No history of the rows of this table is kept" in html
    assert "Added." in html


@pytest.mark.parametrize("number", ["9" * 5000, "-1", "1\0", "²"])
def test_a_forged_number_of_a_page_is_no_error_of_the_server(admin_client, tables, number):
    trip = tables.make("trip", code="char")
    row = trip.django_model.objects.create(code="a")

    page(admin_client, trip, row.pk, below=number)
