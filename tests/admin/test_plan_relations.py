"""Columns that become relations, on the page of a plan."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from dynadmin.schema import target_of
from tests.admin.plan_page import answered, chosen, counts, draft, plan_page, text_of


@pytest.fixture
def browser(tables, admin_client):
    return admin_client


@pytest.fixture
def planes(tables):
    table = tables.make("planes", tail=("char", {"unique": True}), maker="char")
    for tail, maker in (("N1", "Airbus"), ("N2", "Boeing")):
        table.django_model.objects.create(tail=tail, maker=maker)
    return table


@pytest.fixture
def flights(tables):
    table = tables.make("flights", label="Flights", number="int", plane="char")
    for number, plane in enumerate(["N1", "N2", "N2", "Boeing", "N9"]):
        table.django_model.objects.create(number=number, plane=plane)
    return table


def tails(flights):
    return list(flights.django_model.objects.order_by("number").values_list("plane__tail", flat=True))


def radios(page):
    """Return the answers to the question by name, with whether they are marked."""
    [form] = [step.form for step in page.context["steps"] if step.form]
    [(question, _examples)] = form.questions
    return {radio.data["value"]: radio.data["selected"] for radio in question}


def test_the_page_proposes_a_column_counts_and_lists_what_tells_no_row(browser, flights, planes):
    draft(flights, "plane", "foreignkey", target=target_of(planes.pk))

    page = plan_page(browser, flights)

    assert radios(page) == {"tail": True, "id": False, "maker": False}
    assert "By which column of “Planes” are rows found?" in text_of(page)
    assert "Tail (finds 2 of 4 values)" in text_of(page)
    assert counts(page)["is that of no row"] == "2"
    assert "N9" in text_of(page)


def test_new_rows_are_made_as_the_page_foretold(browser, flights, planes):
    field = draft(flights, "plane", "foreignkey", target=target_of(planes.pk))
    given = {f"f{field}-on_failure": "create"}
    page = plan_page(browser, flights, **given)
    assert (
        counts(page)["new rows are made, in the table referred to; they stay there if this is undone"] == "2"
    )

    proposed = {f"f{field}-answer-key": "tail", f"f{field}-proposed-key": "tail"}
    answered(browser, flights, page, **given, **proposed)

    assert tails(flights) == ["N1", "N2", "N2", "Boeing", "N9"]


def test_another_column_is_counted_with_and_then_applied(browser, flights, planes):
    field = draft(flights, "plane", "foreignkey", target=target_of(planes.pk))
    given = chosen(field, "empty", key="maker")

    page = plan_page(browser, flights, **given)
    assert radios(page)["maker"]
    answered(browser, flights, page, **given, **{f"f{field}-proposed-key": "tail"})

    assert tails(flights) == [None, None, None, "N2", None]


def editor(*permissions):
    """Return a browser of somebody who may define tables, and see these."""
    user = User.objects.create_user("editor", is_staff=True)
    names = ["view_dynamicmodel", "change_dynamicmodel", *permissions]
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client = Client()
    client.force_login(user)
    return client


def test_one_who_may_not_see_the_target_sees_no_value(flights, planes):
    draft(flights, "plane", "foreignkey", target=target_of(planes.pk))

    seeing = plan_page(editor(f"view_t{flights.pk}", f"view_t{planes.pk}"), flights)
    User.objects.all().delete()
    blind = plan_page(editor(f"view_t{flights.pk}"), flights)

    assert "N9" in text_of(seeing)
    assert "N9" not in text_of(blind)


def test_one_who_may_not_add_to_the_target_makes_no_rows(flights, planes):
    field = draft(flights, "plane", "foreignkey", target=target_of(planes.pk))
    client = editor(f"view_t{flights.pk}", f"view_t{planes.pk}")
    given = {f"f{field}-on_failure": "create"}

    done = answered(client, flights, plan_page(client, flights, **given), **given)

    assert "you may not add rows to what “Plane” refers to" in text_of(done)
    assert planes.django_model.objects.count() == 2
