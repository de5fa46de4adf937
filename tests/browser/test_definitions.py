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
    page.get_by_role("button", name="Add another field").click()
    card(page, 1).get_by_label("Label:").fill("Status")
    card(page, 1).get_by_label("Type:").select_option("choice")
    page.wait_for_timeout(500)
    screenshot(page, "definition-look")
    assert_clean(page)
