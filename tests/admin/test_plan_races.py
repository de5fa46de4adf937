"""Two people who change one table at the same time: one applies, the other gets a fresh plan; never a mix."""

import threading
from http import HTTPStatus

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from dynadmin.models import SchemaRevision
from tests.admin.definition_page import page_url
from tests.admin.plan_page import chosen, draft, plan_page


@pytest.fixture
def prices(tables):
    table = tables.make("prices", price="char", note="char")
    for price in ("1", "2", "many"):
        table.django_model.objects.create(price=price)
    return table


@pytest.fixture
def people(prices):
    """Return the browsers of two administrators."""
    browsers = []
    for name in ("ada", "bob"):
        browser = Client()
        browser.force_login(User.objects.create_superuser(name, "", "secret"))
        browsers.append(browser)
    return browsers


def apply_at_once(people, table, answers):
    """Apply in both browsers at the same moment; return the responses."""
    start, responses = threading.Barrier(len(people)), {}

    def press(number):
        start.wait()
        responses[number] = people[number].post(page_url("plan", table.pk), answers[number])
        connection.close()

    threads = [threading.Thread(target=press, args=[number]) for number in range(len(people))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [responses[number] for number in range(len(people))]


def answer(browser, table, field, *decision):
    """Return what applying sends, once the figures of a decision were looked at."""
    shown = plan_page(browser, table, **chosen(field, *decision)).context["shown"]
    return {**chosen(field, *decision), "shown": shown, "_apply": ""}


def test_the_same_plan_applied_twice_at_once_is_done_once(people, prices):
    field = draft(prices, "price", "int")
    answers = [answer(browser, prices, field, "empty") for browser in people]

    responses = apply_at_once(people, prices, answers)

    assert SchemaRevision.objects.count() == 2
    assert all(response.status_code in {HTTPStatus.OK, HTTPStatus.FOUND} for response in responses)
    assert sorted(prices.django_model.objects.values_list("price", flat=True), key=str) == [1, 2, None]


def test_of_two_decisions_made_at_once_one_is_carried_out_whole(people, prices):
    field = draft(prices, "price", "int")
    answers = [answer(people[0], prices, field, "empty"), answer(people[1], prices, field, "value", "-1")]

    apply_at_once(people, prices, answers)

    assert SchemaRevision.objects.count() == 2
    values = list(prices.django_model.objects.order_by("pk").values_list("price", flat=True))
    assert values in ([1, 2, None], [1, 2, -1])


def test_who_comes_second_sees_a_fresh_plan(people, prices):
    field = draft(prices, "price", "int")
    first, second = (answer(browser, prices, field, "empty") for browser in people)
    people[0].post(page_url("plan", prices.pk), first)
    draft(prices, "price", "decimal", max_digits=9, decimal_places=2)

    page = people[1].post(page_url("plan", prices.pk), second, follow=True)

    assert SchemaRevision.objects.count() == 2
    assert "from Whole number to Number, exact" in page.content.decode()
