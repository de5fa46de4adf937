"""The cards of fields on the definitions page, as a person uses them."""

from playwright.sync_api import Locator, Page


def card(page: Page, number: int) -> Locator:
    """Return the card of the field at a place, counted from 0."""
    return page.locator(".field-card").nth(number)


def fill_card(page: Page, number: int, label: str, type: str = "") -> Locator:
    """Fill in the card at a place, a new one if there is none, and return it."""
    if page.locator(".field-card").count() == number:
        page.get_by_role("button", name="Add another field").click()
    field = card(page, number)
    field.get_by_label("Label:").fill(label)
    if type:
        field.get_by_label("Type:").select_option(type)
    return field


def labels(page: Page) -> list[str]:
    return [field.get_by_label("Label:").input_value() for field in page.locator(".field-card").all()]


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_load_state()
