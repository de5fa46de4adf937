"""Looking at some of very many values first, and at all of them before anybody agrees to anything."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dynadmin import executor
from dynadmin.executor import sampling, tallies
from dynadmin.models import SchemaRevision
from tests.admin.plan_page import answered, chosen, counts, draft, plan_page, text_of

ROWS = 300


def is_sampled(preview) -> bool:
    """Whether not all rows were looked at."""
    return any(report.sampled for report in preview.reports)


@pytest.fixture(autouse=True)
def _small_samples(monkeypatch):
    monkeypatch.setattr(sampling, "SMALL", 100)
    monkeypatch.setattr(sampling, "PLACES", 10)
    monkeypatch.setattr(sampling, "ROWS_AT_EACH", 4)


@pytest.fixture
def sales(tables):
    """A table of which one column has another value in each row, and one the same in many; a tenth is odd."""
    table = tables.make("sales", label="Sales", ticket="char", shop="char")
    model = table.django_model
    model.objects.bulk_create(
        model(ticket=f"T{n}" if n % 10 == 9 else str(n), shop=f"Shop {n // 20}") for n in range(ROWS)
    )
    return table


def first_look(table):
    return executor.preview(table.plan(), at_once=True)


def test_very_many_values_are_looked_at_in_rows_from_all_over(sales):
    draft(sales, "ticket", "int")

    found = first_look(sales)

    (report,) = found.reports
    assert report.sampled == report.total == 40
    assert found.obstacles == ()
    pks = [sample.pk for sample in report.misfits]
    assert (report.same, len(pks)) == (30, 10)
    assert max(pks) - min(pks) > ROWS // 2


@pytest.mark.parametrize(("name", "type"), [("shop", "int"), ("shop", "text")])
def test_values_that_many_rows_share_are_all_looked_at_at_once(sales, name, type):
    draft(sales, name, type)

    found = first_look(sales)

    assert not is_sampled(found)
    assert found.reports[0].total == ROWS


def test_values_of_rows_that_follow_one_another_are_seen_to_be_shared(sales):
    rows = sales.django_model.objects.order_by("pk")
    for number, row in enumerate(rows):
        row.ticket = f"{number // 8}"
        row.save()
    draft(sales, "ticket", "int")

    assert not is_sampled(first_look(sales))


def test_small_tables_and_those_of_which_most_is_deleted_are_looked_at_whole(sales, monkeypatch):
    draft(sales, "ticket", "int")
    ids = list(sales.django_model.objects.order_by("pk").values_list("pk", flat=True))
    sales.django_model.objects.filter(pk__in=ids[1:-1:2] + ids[2:-1:4]).delete()
    assert not is_sampled(first_look(sales))

    monkeypatch.setattr(sampling, "SMALL", ROWS)
    assert not is_sampled(first_look(sales))


def test_nobody_is_shown_a_sample_who_did_not_ask_for_it(sales):
    draft(sales, "ticket", "int")

    assert not is_sampled(executor.preview(sales.plan()))


# --- All values are asked for once ---


@pytest.mark.parametrize("type", ["text", "int", "date"])
def test_the_database_is_asked_for_the_values_once(sales, type):
    draft(sales, "shop", type)
    plan = sales.plan()

    with CaptureQueriesContext(connection) as queries:
        executor.preview(plan)

    assert sum("GROUP BY 1" in query["sql"] for query in queries) == 1


@pytest.mark.parametrize("most", [0, 1, 5, 299, 300, 1000])
def test_more_values_than_can_be_remembered_give_the_same_figures(sales, monkeypatch, most):
    draft(sales, "ticket", "int")
    expected = executor.preview(sales.plan()).reports[0]
    monkeypatch.setattr(tallies, "MOST_REMEMBERED", most)

    report = executor.preview(sales.plan()).reports[0]

    assert (report.total, report.figures) == (ROWS, expected.figures)


def test_long_texts_are_asked_for_again_rather_than_remembered(tables, monkeypatch):
    table = tables.make("notes", note="text")
    for letter in "abc":
        table.django_model.objects.create(note=letter * 2000)
    draft(table, "note", "int")
    monkeypatch.setattr(tallies, "MOST_REMEMBERED", 20)

    with CaptureQueriesContext(connection) as queries:
        report = executor.preview(table.plan()).reports[0]

    assert sum("GROUP BY 1" in query["sql"] for query in queries) == 2
    assert report.failed == 3


# --- The page ---


@pytest.fixture
def browser(tables, admin_client):
    return admin_client


def test_the_page_of_a_sample_says_so_and_leads_to_all(browser, sales):
    field = draft(sales, "ticket", "int")

    page = plan_page(browser, sales, **chosen(field, "empty"))

    assert "These are the figures of 40 rows from all over the table." in text_of(page)
    assert 'name="_apply"' not in page.content.decode()
    exact = browser.get(page.context["exact_url"])
    assert counts(exact)["is not a number"] == "30"
    assert 'name="_apply"' in exact.content.decode()


def test_nobody_can_agree_to_a_sample(browser, sales):
    field = draft(sales, "ticket", "int")
    page = plan_page(browser, sales, **chosen(field, "empty"))

    again = answered(browser, sales, page, **chosen(field, "empty"))

    assert SchemaRevision.objects.count() == 1
    assert counts(again)["is not a number"] == "30"
    answered(browser, sales, again, **chosen(field, "empty"))
    assert sales.django_model.objects.filter(ticket=None).count() == 30
