"""The page of a plan in a real browser: what a change does, decided on before it happens."""

import re

import pytest
from playwright.sync_api import expect

from dynadmin.executor import sampling
from tests.admin.definition_page import page_url
from tests.admin.plan_page import chosen, draft
from tests.browser.definition_cards import card, save

WINDOWS = {
    "light": {"color_scheme": "light"},
    "narrow dark": {"color_scheme": "dark", "viewport": {"width": 390, "height": 844}},
}


@pytest.fixture
def sales(tables):
    """A table with prices of which two are no numbers, and days in either order."""
    table = tables.make("sales", label="Sales", price="char", day="char", shop="char", size="int")
    model = table.django_model
    model.objects.bulk_create(
        model(price=price, day=f"0{number}/0{number}/2013", shop=f"Shop {number % 3}", size=number)
        for number, price in enumerate(["7", "1,200.00", "n/a", "12", "soon"], 1)
    )
    return table


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def test_a_person_changes_a_type_sees_what_it_does_and_decides(page, sales, assert_clean):
    page.goto(page_url("change", sales.pk))
    card(page, 0).get_by_label("Type:").select_option("int")
    save(page)

    expect(page).to_have_url(re.compile("/plan/$"))
    expect(page.get_by_role("heading", name="What stands in the way")).to_be_visible()
    expect(button(page, "Apply")).to_have_count(0)
    page.get_by_label("Leave them empty, and keep their text").check()
    button(page, "Show figures again").click()

    expect(page.locator(".plan-counts")).to_contain_text("their text is kept")
    assert_clean(page)
    button(page, "Apply").click()

    expect(page).to_have_url(re.compile("/admin/tables/sales/$"))
    prices = sales.django_model.objects.order_by("pk").values_list("price", "price_original")
    assert list(prices) == [(7, ""), (1200, ""), (None, "n/a"), (12, ""), (None, "soon")]


def test_choices_are_made_from_the_values(page, sales, assert_clean):
    page.goto(page_url("change", sales.pk))
    field = card(page, 2)
    field.get_by_label("Type:").select_option("choice")
    save(page)

    expect(field).to_contain_text("Shop 1 (2), Shop 2 (2), Shop 0 (1)")
    expect(field.get_by_label("Value", exact=True)).to_have_count(3)
    assert_clean(page)
    save(page)

    expect(page).to_have_url(re.compile("/plan/$"))
    expect(page.locator(".plan-counts")).to_contain_text("5")
    button(page, "Apply").click()
    expect(page).to_have_url(re.compile("/admin/tables/sales/$"))


def test_figures_that_a_choice_makes_outdated_say_so(page, sales):
    field = draft(sales, "price", "int")
    query = "&".join(f"{name}={value}" for name, value in chosen(field, "empty").items())
    page.goto(f"{page_url('plan', sales.pk)}?{query}")
    expect(button(page, "Apply")).to_be_enabled()

    page.get_by_label("The value").fill("0")

    expect(page.get_by_label("Give them this value:")).to_be_checked()
    expect(page.locator(".plan-outdated")).to_contain_text("show the figures again")
    expect(button(page, "Apply")).to_be_disabled()
    page.get_by_label("The value").fill("")
    page.get_by_label("Leave them empty", exact=True).check()
    expect(button(page, "Apply")).to_be_enabled()


def test_a_question_is_answered_on_the_page(page, sales):
    draft(sales, "day", "date")
    page.goto(page_url("plan", sales.pk))

    question = page.get_by_role("group", name="In which order are day, month and year?")
    expect(question).to_contain_text("01/01/2013")
    question.get_by_label("Day, month, year").check()
    button(page, "Show figures again").click()

    expect(button(page, "Apply")).to_be_visible()
    expect(question.get_by_label("Day, month, year")).to_be_checked()


def test_all_rows_are_a_click_away_and_lead_back(page, sales, assert_clean):
    draft(sales, "price", "int")
    page.goto(page_url("plan", sales.pk))

    page.get_by_role("link", name="All rows that are affected").click()

    expect(page.get_by_role("row", name="3 n/a ∅ is not a number")).to_be_visible()
    assert_clean(page)
    page.get_by_role("link", name="Back to the plan").click()
    expect(page).to_have_url(re.compile(r"/plan/$"))


def everything_at_once(sales):
    """Make a draft with each kind of card on its page."""
    draft(sales, "price", "int")
    draft(sales, "day", "date")
    draft(sales, "shop", unique=True, null=True)
    sales.fields.get(name="size").delete()


@pytest.mark.parametrize("window", WINDOWS)
def test_the_page_is_open_to_all_and_fits_the_window(
    open_page, administrator, sales, assert_clean, screenshot, window
):
    everything_at_once(sales)
    page = open_page(administrator, **WINDOWS[window])
    page.goto(page_url("plan", sales.pk))
    for summary in page.locator("details > summary").all():
        if not summary.evaluate("e => e.parentElement.open"):
            summary.click()

    assert_clean(page)
    screenshot(page, f"plan {window}")
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def test_figures_of_some_rows_give_way_to_those_of_all_and_choices_stay(page, sales, monkeypatch):
    for name, value in {"SMALL": 3, "PLACES": 2, "ROWS_AT_EACH": 1}.items():
        monkeypatch.setattr(sampling, name, value)
    draft(sales, "price", "int")
    held = []
    page.route("**/*exact=1", lambda route: held.append(route))
    page.goto(page_url("plan", sales.pk))

    expect(page.locator(".plan-counting")).to_contain_text("the exact figures follow")
    expect(page.locator(".plan-counts .is-same td").first).to_have_text("0")
    page.get_by_label("Leave them empty", exact=True).check()
    held[0].continue_()

    expect(page.locator(".plan-counts .is-same td").first).to_have_text("2")
    expect(page.locator(".plan-counting")).to_have_count(0)
    expect(page.get_by_label("Leave them empty", exact=True)).to_be_checked()
    expect(page.get_by_text("show the figures again")).to_be_visible()
