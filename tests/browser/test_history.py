"""The history of the tables and undoing, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from dynadmin.models import DynamicField, DynamicModel, SchemaRevision
from tests.admin.definition_page import page_url
from tests.admin.test_revisions import revision_url


@pytest.fixture
def page(tables, open_page, administrator) -> Page:
    return open_page(administrator)


@pytest.fixture
def flights(tables) -> DynamicModel:
    """A table of two rows with a history: made, a field renamed, one retired, one converted."""
    table = tables.make("flights", folder="Air", carrier="char", distance="text", tail="char")
    for distance in ("1,400.0", "n/a"):
        table.django_model.objects.create(carrier="AA", distance=distance, tail="N1")
    change(table, "carrier", name="airline", label="Airline")
    DynamicField.objects.filter(model=table, name="tail").delete()
    table.sync(allow_destructive=True)
    change(table, "distance", type="int", options={"help_text": "Miles"})
    return table


def change(table: DynamicModel, field: str, **attributes) -> None:
    table.fields.filter(name=field).update(**attributes)
    table.sync(on_failure={"distance": "empty"} if field == "distance" else {})


def names(table: DynamicModel) -> list[str]:
    return [field.name for field in table.django_model.table_schema.live_fields]


def test_the_whole_way_back(page, flights, assert_clean, screenshot):
    numbers = list(SchemaRevision.objects.order_by("-pk").values_list("pk", flat=True))
    page.goto(page_url("change", flights.pk))
    page.get_by_role("link", name="History").click()
    expect(page.locator("#table-revisions")).to_contain_text("Rename field “carrier”")
    assert_clean(page)
    screenshot(page, "table-history")
    page.get_by_role("link", name="All revisions of this table").click()
    expect(page.locator("#result_list tbody tr")).to_have_count(4)
    assert_clean(page)
    screenshot(page, "table-revisions")

    for number in numbers[:-1]:
        page.goto(revision_url("change", number))
        assert_clean(page)
        screenshot(page, f"revision-{numbers.index(number)}")
        page.get_by_role("link", name="Undo this revision").click()
        expect(page.locator("#content")).to_contain_text("Nothing of this has happened yet.")
        assert_clean(page)
        screenshot(page, f"undo-{numbers.index(number)}")
        page.get_by_role("button", name="Undo").click()
        expect(page.locator(".messagelist")).to_contain_text(f"Revision {number} is undone.")

    assert names(flights) == ["carrier", "distance", "tail"]
    assert list(flights.django_model.objects.order_by("pk").values_list("distance", "tail")) == [
        ("1,400.0", "N1"),
        ("n/a", "N1"),
    ]
    expect(page.get_by_text("Undoes")).to_be_visible()
    screenshot(page, "undone")


def test_a_conflict_leads_to_what_stands_in_the_way(page, flights, assert_clean, screenshot):
    second = SchemaRevision.objects.order_by("pk")[1]
    change(flights, "airline", name="company", label="Company")
    page.goto(revision_url("undo", second.pk))

    expect(page.locator(".obstacles")).to_contain_text("undo that first")
    assert_clean(page)
    screenshot(page, "undo-conflict")
    page.locator(".obstacles").get_by_role("link").first.click()

    expect(page.locator("#content")).to_contain_text("Rename field “airline” of “Flights” to “company”")


def test_the_pages_are_clean_in_the_dark_and_on_a_narrow_screen(
    tables, flights, open_page, administrator, assert_clean, screenshot
):
    page = open_page(administrator, color_scheme="dark", viewport={"width": 420, "height": 900})
    newest = SchemaRevision.objects.latest("pk").pk
    for name in ("change", "undo"):
        page.goto(revision_url(name, newest))
        assert_clean(page)
        screenshot(page, f"revision-{name}-dark")
        assert page.evaluate("document.documentElement.scrollWidth") <= 420
