"""All rows that a step of a plan affects: to leaf through, as a file, and only for who may see them."""

import csv
import io

import pytest
from django.contrib.auth.models import Permission, User

from dynadmin.admin.plans import rows
from dynadmin.models import SchemaRevision
from tests.admin.definition_page import page_url
from tests.admin.plan_page import chosen, draft, plan_page, text_of

PRICES = ["7", "1,200.00", "n/a", "", "=1+1", "-5", "12"]


@pytest.fixture
def browser(tables, admin_client):
    return admin_client


@pytest.fixture
def prices(tables):
    table = tables.make("prices", label="Prices", price="char", size="int")
    for number, price in enumerate(PRICES):
        table.django_model.objects.create(price=price, size=number - 3)
    return table


def listed(browser, table, field, **query):
    return browser.get(page_url("plan_rows", table.pk, field), query)


def rows_on(page):
    return [(row.pk, row.before, row.after, row.reason) for row in page.context["page"].rows]


def downloaded(browser, table, field, **query):
    response = browser.get(page_url("plan_csv", table.pk, field), query)
    assert response["Content-Type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(response.getvalue().decode())))


def test_each_row_is_listed_with_what_it_was_and_will_be(browser, prices):
    field = draft(prices, "price", "int")

    page = listed(browser, prices, field, **chosen(field, "value", "0"))

    assert rows_on(page) == [
        (2, "1,200.00", "1200", ""),
        (3, "n/a", "0", "is not a number"),
        (5, "=1+1", "0", "is not a number"),
    ]
    assert '<a href="/admin/tables/prices/3/change/">3</a>' in page.content.decode()
    assert SchemaRevision.objects.count() == 1


@pytest.mark.parametrize(("only", "ids"), [("failed", [3, 5]), ("changed", [2]), ("nonsense", [2, 3, 5])])
def test_rows_of_one_kind_can_be_asked_for(browser, prices, only, ids):
    field = draft(prices, "price", "int")

    assert [row[0] for row in rows_on(listed(browser, prices, field, only=only))] == ids
    assert [int(line[0]) for line in downloaded(browser, prices, field, only=only)[1:]] == ids


def test_pages_follow_one_another_without_gaps(browser, prices, monkeypatch):
    field = draft(prices, "price", "int")
    monkeypatch.setattr(rows, "PAGE", 2)

    first = listed(browser, prices, field)
    second = listed(browser, prices, field, after=first.context["page"].next)

    assert [row[0] for row in rows_on(first) + rows_on(second)] == [2, 3, 5]
    assert second.context["page"].next is None


@pytest.mark.parametrize("after", ["x", "-1", "9" * 30, "²"])
def test_a_place_that_is_none_is_the_beginning(browser, prices, after):
    field = draft(prices, "price", "int")

    assert len(rows_on(listed(browser, prices, field, after=after))) == 3


def test_the_file_has_all_rows_and_no_formula_of_anybodys(browser, prices):
    field = draft(prices, "price", "int")

    assert downloaded(browser, prices, field) == [
        ["id", "before", "after", "why it does not fit"],
        ["2", "1,200.00", "1200", ""],
        ["3", "n/a", "", "is not a number"],
        ["5", "'=1+1", "", "is not a number"],
    ]


def test_numbers_in_the_file_stay_numbers(browser, prices):
    field = draft(prices, "size", min_value=0)

    assert [line[1] for line in downloaded(browser, prices, field)[1:]] == ["-3", "-2", "-1"]


def test_values_that_go_with_their_field_are_listed(browser, prices):
    field = prices.fields.get(name="price").pk
    prices.fields.get(name="price").delete()

    assert page_url("plan_rows", prices.pk, field) in plan_page(browser, prices).content.decode()
    page = listed(browser, prices, field)

    assert [row[1] for row in rows_on(page)] == [price for price in PRICES if price]


def test_rows_are_not_listed_while_a_question_is_open(browser, tables):
    table = tables.make("sales", day="char")
    table.django_model.objects.create(day="01/02/2013")
    field = draft(table, "day", "date")

    response = listed(browser, table, field)

    assert response.status_code == 302
    assert response["Location"].startswith(page_url("plan", table.pk))


def test_a_field_that_does_not_change_has_no_such_rows(browser, prices):
    draft(prices, "price", "int")

    response = listed(browser, prices, prices.fields.get(name="size").pk)

    assert response.status_code == 302


# --- Who may see values ---


@pytest.fixture
def definer(prices, client):
    """A browser of somebody who may change definitions, and see no rows."""
    user = User.objects.create_user("dora", is_staff=True)
    codenames = ["view_dynamicmodel", "change_dynamicmodel"]
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    return client


def test_who_may_not_see_rows_sees_figures_and_no_value(definer, prices):
    draft(prices, "price", "int", unique=True)

    page = plan_page(definer, prices)

    text = text_of(page)
    assert "is not a number 2" in text
    assert "would not fit (is not a number). " in text
    assert not any(value in text for value in ("n/a", "=1+1", "1,200.00"))
    assert "As CSV" not in text


def test_who_may_not_see_rows_is_told_of_repeated_values_without_them(definer, prices):
    prices.django_model.objects.create(price="n/a")
    draft(prices, "price", unique=True, null=True)

    text = text_of(plan_page(definer, prices))

    assert "cannot be unique: … are there more than once" in text
    assert "n/a" not in text


def test_who_may_not_see_rows_sees_no_examples_of_a_question(definer, tables, prices):
    prices.django_model.objects.all().update(price="01/02/2013")
    draft(prices, "price", "date")

    text = text_of(plan_page(definer, prices))

    assert "In which order are day, month and year?" in text
    assert "01/02/2013" not in text


@pytest.mark.parametrize("page", ["plan_rows", "plan_csv"])
def test_who_may_not_see_rows_has_no_list_of_them(definer, prices, page):
    field = draft(prices, "price", "int")

    assert definer.get(page_url(page, prices.pk, field)).status_code == 403


@pytest.mark.parametrize("page", ["plan_rows", "plan_csv"])
def test_who_may_see_rows_and_not_change_the_table_has_no_list_either(prices, client, page):
    field = draft(prices, "price", "int")
    user = User.objects.create_user("vera", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=[f"view_t{prices.pk}"]))
    client.force_login(user)

    assert client.get(page_url(page, prices.pk, field)).status_code == 403
    assert client.get(page_url("plan", prices.pk)).status_code == 403


@pytest.mark.parametrize("page", ["plan_rows", "plan_csv"])
def test_lists_of_a_definition_that_is_not_there_are_not_found(browser, page):
    assert browser.get(page_url(page, 999, 1)).status_code == 404
