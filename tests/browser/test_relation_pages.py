"""Relations in a real browser: imports by natural key, columns that become relations, or a table."""

import re

import pytest
from playwright.sync_api import expect

from dynadmin.schema import target_of
from tests.admin.definition_page import page_url
from tests.admin.plan_page import draft
from tests.admin.row_pages import url


@pytest.fixture
def airlines(tables):
    table = tables.make("airlines", label="Airlines", code=("char", {"unique": True}), title="char")
    for code, title in (("UA", "United"), ("AA", "American")):
        table.django_model.objects.create(code=code, title=title)
    return table


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def test_a_file_names_rows_by_a_column_that_is_proposed(
    page, tables, airlines, tmp_path, assert_clean, screenshot
):
    options = {"target": target_of(airlines.pk)}
    flights = tables.make("flights", label="Flights", number="int", carrier=("foreignkey", options))
    file = tmp_path / "flights.csv"
    file.write_text("number,carrier\n1,UA\n2,AA\n3,B6\n", encoding="utf-8")

    page.goto(url(flights, "import"))
    page.get_by_label("File:").set_input_files(file)
    button(page, "Preview").click()

    by = page.get_by_label("By which column of Airlines carrier finds rows")
    expect(by).to_have_value("code")
    expect(page.get_by_text("No row of “Airlines” has “B6” as its “Code”.").first).to_be_visible()
    assert_clean(page)
    screenshot(page, "import-relations")
    page.get_by_label("Make rows of “Airlines” for what is not found").check()
    button(page, "Preview again").click()
    expect(page.get_by_text("1 new row of “Airlines”")).to_be_visible()
    button(page, "Import 3 rows").click()

    expect(page.get_by_text("3 rows created")).to_be_visible()
    codes = flights.django_model.objects.order_by("number").values_list("carrier__code", flat=True)
    assert list(codes) == ["UA", "AA", "B6"]


@pytest.fixture
def flat(tables):
    """Flights whose carriers are texts."""
    table = tables.make("flights", label="Flights", number="int", carrier="char", carrier_name="char")
    model = table.django_model
    rows = [("UA", "United"), ("AA", "American"), ("UA", "United"), ("B6", "JetBlue")]
    model.objects.bulk_create(
        model(number=n, carrier=c, carrier_name=name) for n, (c, name) in enumerate(rows)
    )
    return table


def test_a_column_becomes_a_relation_on_the_page_of_the_plan(page, flat, airlines, assert_clean, screenshot):
    draft(flat, "carrier", "foreignkey", target=target_of(airlines.pk))

    page.goto(page_url("plan", flat.pk))
    expect(page.get_by_label("Code (finds 2 of 3 values)")).to_be_checked()
    page.get_by_label("Make new rows of the table").check()
    button(page, "Show figures again").click()
    expect(page.locator(".plan-counts")).to_contain_text("new rows are made")
    assert_clean(page)
    screenshot(page, "plan-relation")
    button(page, "Apply").click()

    expect(page).to_have_url(re.compile("/admin/tables/flights/$"))
    codes = flat.django_model.objects.order_by("number").values_list("carrier__code", flat=True)
    assert list(codes) == ["UA", "AA", "UA", "B6"]


def test_columns_become_a_table(page, flat, assert_clean, screenshot):
    page.goto(page_url("change", flat.pk))
    page.get_by_role("link", name="Extract a table").click()
    page.get_by_label("Told by").select_option("carrier")
    page.get_by_role("checkbox", name="Carrier name").check()
    page.get_by_label("Name of the table").fill("airlines")
    button(page, "Preview").click()

    expect(page.get_by_text("The new table has 3 rows.")).to_be_visible()
    assert_clean(page)
    screenshot(page, "extract-table")
    button(page, "Make the table").click()

    expect(page.get_by_text("which “Flights” refers to")).to_be_visible()
    names = flat.django_model.objects.order_by("number").values_list("carrier__carrier_name", flat=True)
    assert list(names) == ["United", "American", "United", "JetBlue"]
