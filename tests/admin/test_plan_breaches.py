"""Rows that break a rule which a plan adds: on its page, as a list and as a file, for who may see them."""

import csv
import io

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse

from dynadmin.admin.plans import breachpages
from dynadmin.models import DynamicConstraint
from tests.admin.definition_page import page_url
from tests.admin.plan_page import draft, plan_page, text_of
from tests.test_rules import add_rule


@pytest.fixture
def browser(tables, admin_client):
    return admin_client


@pytest.fixture
def prices(tables):
    table = tables.make("prices", label="Prices", item="char", low="int", high="int")
    table.fields.filter(name="item").update(options={"max_length": 50})
    table.sync()
    for item, low, high in [("tea", 1, 2), ("=1+1", 3, 2), ("tea", 5, None), ("rum", 9, 8), ("tea", 1, 1)]:
        table.django_model.objects.create(item=item, low=low, high=high)
    return table


@pytest.fixture
def order(prices):
    return add_rule(prices, "check", "low", operator="<=", other="high")


def breaches_on(page):
    return [(row.pk, row.values) for row in page.context["rows"]]


def step_of(page):
    return next(step for step in page.context["steps"] if step.breaches)


def test_the_page_of_the_plan_shows_the_rows_with_their_values(browser, prices, order):
    page = plan_page(browser, prices)

    breaches = step_of(page).breaches
    assert [(row.pk, row.values) for row in breaches.rows] == [(2, ("3", "2")), (4, ("9", "8"))]
    assert "2 rows break this rule. Row Low High 2 3 2 4 9 8" in text_of(page)
    assert '<a href="/admin/tables/prices/2/change/">2</a>' in page.content.decode()
    assert page_url("plan_breaches", prices.pk, order.pk) in page.content.decode()


def test_all_of_them_are_listed_page_by_page(browser, prices, order, monkeypatch):
    monkeypatch.setattr(breachpages, "PAGE", 1)
    address = page_url("plan_breaches", prices.pk, order.pk)

    first = browser.get(address)
    second = browser.get(address, {"start": first.context["next"]})

    assert breaches_on(first) + breaches_on(second) == [(2, ("3", "2")), (4, ("9", "8"))]
    assert second.context["next"] is None
    assert "Require Low ≤ High in “Prices”" in text_of(first)


def test_rows_that_are_alike_stand_together(browser, prices):
    rule = add_rule(prices, "unique", "low", "item")

    page = browser.get(page_url("plan_breaches", prices.pk, rule.pk))

    assert breaches_on(page) == [(1, ("1", "tea")), (5, ("1", "tea"))]


def test_the_file_has_all_rows_and_no_formula_of_anybodys(browser, prices):
    rule = add_rule(prices, "check", "item", operator="==", value="tea")

    response = browser.get(page_url("plan_breaches_csv", prices.pk, rule.pk))

    assert response["Content-Type"].startswith("text/csv")
    lines = list(csv.reader(io.StringIO(response.getvalue().decode())))
    assert lines == [["id", "Item"], ["2", "'=1+1"], ["4", "rum"]]


def test_a_rule_that_all_rows_keep_says_so(browser, prices):
    add_rule(prices, "check", "low", operator=">", value="0")

    assert step_of(plan_page(browser, prices)).breaches.words == "All rows keep this rule."


def test_a_rule_on_values_that_are_converted_is_tried_on_the_new_ones(browser, prices):
    draft(prices, "low", "char", max_length=5)
    rule = add_rule(prices, "unique", "low", "item")

    page = plan_page(browser, prices)
    listed = browser.get(page_url("plan_breaches", prices.pk, rule.pk))

    assert step_of(page).breaches.count == 2
    assert "2 rows of “Prices” break the rule" in text_of(page)
    assert breaches_on(listed) == [(1, ("1", "tea")), (5, ("1", "tea"))]


def test_a_rule_on_values_waits_for_the_questions_about_them(browser, tables):
    table = tables.make("days", label="Days", day="char")
    table.django_model.objects.create(day="01/02/2024")
    draft(table, "day", "date")
    add_rule(table, "check", "day", operator=">", value="2024-01-31")

    page = plan_page(browser, table)

    assert "once all questions are answered" in step_of(page).breaches.words


@pytest.mark.parametrize("start", ["x", "-1", "9" * 30, "²"])
def test_a_place_that_is_none_is_the_beginning(browser, prices, order, start):
    page = browser.get(page_url("plan_breaches", prices.pk, order.pk), {"start": start})

    assert len(breaches_on(page)) == 2


@pytest.mark.parametrize("name", ["plan_breaches", "plan_breaches_csv"])
def test_a_rule_that_is_not_added_leads_back_to_the_plan(browser, prices, order, name):
    response = browser.get(page_url(name, prices.pk, 999_999))

    assert response["Location"] == page_url("plan", prices.pk)


def test_who_may_not_see_rows_sees_only_how_many_break_a_rule(client, prices, order):
    user = User.objects.create_user("eve", is_staff=True)
    codenames = ["view_dynamicmodel", "change_dynamicmodel"]
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(user)

    page = plan_page(client, prices)

    assert "2 rows break this rule." in text_of(page)
    assert step_of(page).breaches.rows == ()
    assert "plan/rules/" not in page.content.decode()
    for name in ("plan_breaches", "plan_breaches_csv"):
        assert client.get(page_url(name, prices.pk, order.pk)).status_code == 403


def test_undoing_the_removal_of_a_rule_shows_the_rows_that_break_it_by_now(browser, prices, order):
    prices.django_model.objects.filter(pk__in=[2, 4]).delete()
    prices.sync()
    DynamicConstraint.objects.all().delete()
    removal = prices.sync()
    prices.django_model.objects.create(item="gin", low=2, high=1)

    page = browser.get(reverse("admin:dynadmin_schemarevision_undo", args=[removal.pk]))
    listed = browser.get(reverse("admin:dynadmin_schemarevision_undo_breaches", args=[removal.pk, order.pk]))

    assert step_of(page).breaches.words == "1 row breaks this rule."
    assert [values for _pk, values in breaches_on(listed)] == [("2", "1")]
