"""Defining a table in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from dynadmin.models import DynamicModel
from dynadmin.naming import propose_name

ADD = "/admin/dynadmin/dynamicmodel/add/"


@pytest.fixture
def page(tables, open_page, administrator) -> Page:
    return open_page(administrator)


@pytest.fixture
def adding(page) -> Page:
    """The page on which a new table is defined."""
    page.goto(ADD)
    return page


def card(page: Page, number: int):
    """Return the card of the field at a place, counted from 0."""
    return page.locator(".field-card").nth(number)


def test_look(adding, screenshot, assert_clean):
    page = adding
    page.get_by_label("Label:").first.fill("Flights")
    first = card(page, 0)
    first.get_by_label("Label:").fill("Carrier")
    first.locator("summary").click()
    page.get_by_role("button", name="Add another field").click()
    second = card(page, 1)
    second.get_by_label("Label:").fill("Status")
    second.get_by_label("Type:").select_option("choice")
    for n in range(2):
        second.get_by_role("button", name="Add item").click()
        group = second.get_by_role("group", name=f"Entry {n+1}")
        group.get_by_label("Value").fill(f"v{n}")
    page.wait_for_timeout(500)
    screenshot(page, "definition-look")
    assert_clean(page)
    second.get_by_label("Default").fill("zzz")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_timeout(1000)
    screenshot(page, "definition-look2")
    page.emulate_media(color_scheme="dark")
    screenshot(page, "definition-look3")
    assert_clean(page)
