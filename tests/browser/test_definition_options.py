"""The editor of a field's options in a real browser."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.admin.definition_page import page_url
from tests.browser.definition_cards import card, fill_card, save


@pytest.fixture
def page(tables, open_page, administrator) -> Page:
    return open_page(administrator)


@pytest.fixture
def adding(page) -> Page:
    """The page on which a new table is defined."""
    page.goto(page_url("add"))
    return page


def test_the_options_switch_with_the_type_and_keep_what_was_chosen(adding):
    field = fill_card(adding, 0, "Amount")
    field.locator("summary").click()
    field.get_by_label("Longest").fill("7")
    field.get_by_label("Help text").fill("In euros.")
    field.get_by_label("Type:").select_option("decimal")

    expect(field.get_by_label("Help text")).to_have_value("In euros.")
    expect(field.get_by_label("Longest")).to_have_count(0)
    options = json.loads(field.locator("textarea[name$=options]").input_value())
    assert options["help_text"] == "In euros."
    assert options["null"] is True  # usual for numbers, and not so for texts
    assert "max_length" not in options


def test_a_type_that_was_chosen_before_the_script_was_there_gets_its_options(page, tables):
    table = tables.define("guests", nights=("int", {"min_value": 1}))
    # As somebody quick does: the page is there, and its scripts have not begun.
    page.add_init_script(
        """document.addEventListener("readystatechange", () => {
            const select = document.querySelector(".field-card select[name$=type]");
            if (document.readyState === "interactive" && select) select.value = "bool";
        })"""
    )
    page.goto(page_url("change", table.pk))
    field = card(page, 0)

    expect(field.locator("textarea[name$=options]")).not_to_have_value(re.compile("min_value"))
    save(page)
    assert table.fields.get().type == "bool"


def test_every_type_can_be_chosen_and_has_labels(adding, assert_clean):
    field = fill_card(adding, 0, "Any")
    for option in field.get_by_label("Type:").locator("option").all():
        field.get_by_label("Type:").select_option(option.get_attribute("value"))
        expect(field.get_by_label("Help text", exact=True)).to_be_visible()
        assert_clean(adding)


def test_the_folded_line_tells_what_was_chosen(adding):
    field = fill_card(adding, 0, "Code")
    field.locator("summary").click()
    field.get_by_label("Longest").fill("3")
    field.get_by_label("May be empty").uncheck()

    expect(field.locator(".options-summary")).to_have_text("Longest: 3 · May be empty: no")


def test_opening_the_options_changes_nothing(page, tables):
    """Also not what the editor cannot show by itself: a colour of one's own, a default of yes or no."""
    choices = [{"value": "a", "label": "A", "color": "#123456"}]
    table = tables.define(
        "flights", status=("choice", {"choices": choices}), done=("bool", {"default": True})
    )
    before = [field.options for field in table.fields.all()]
    page.goto(page_url("change", table.pk))

    for number in range(2):
        card(page, number).locator("summary").click()
    expect(card(page, 0).get_by_label("Colour")).to_have_value("#123456")
    expect(card(page, 1).get_by_label("Default")).to_have_value("true")
    card(page, 0).get_by_label("Help text", exact=True).fill("x")
    save(page)

    status, done = table.fields.all()
    assert status.options["choices"] == choices
    assert done.options["default"] is True
    assert before[0]["choices"] == choices


def test_an_error_shows_beside_its_option_and_all_input_is_kept(adding, screenshot, assert_clean):
    page = adding
    page.get_by_label("Label:").first.fill("Flights")
    field = fill_card(page, 0, "Code")
    field.locator("summary").click()
    field.get_by_label("Longest").fill("2")
    field.get_by_label("Default", exact=True).fill("too long")

    save(page)

    default = card(page, 0).get_by_label("Default", exact=True)
    expect(default).to_have_value("too long")
    expect(default).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("at most 2 characters")).to_have_count(1)
    expect(page.locator(".rjf-input-group.has-error")).to_contain_text("at most 2 characters")
    screenshot(page, "definition-error")
    assert_clean(page)


def test_options_that_no_form_can_show_are_shown_as_text(page, tables):
    table = tables.define("flights", carrier="char")
    tables.add(table, status="choice")
    table.fields.filter(name="status").update(options={"choices": [None, 3]})
    table.fields.filter(name="carrier").update(options={"max_length": [1, 2]})
    page.goto(page_url("change", table.pk))

    card(page, 1).locator("summary").click()
    status = card(page, 1).get_by_label("Options as JSON")
    expect(status).to_have_value('{"choices": [null, 3]}')
    status.fill('{"choices": ["a"]}')
    card(page, 0).locator("summary").click()
    raw = card(page, 0).get_by_label("Options as JSON")
    expect(raw).to_have_value('{"max_length": [1, 2]}')
    raw.fill('{"max_length": 3}')
    save(page)

    assert table.fields.first().options["max_length"] == 3
    assert table.fields.last().options["choices"][0]["label"] == "a"


def test_a_number_that_a_browser_rounds_is_left_as_it_is(page, tables):
    table = tables.define("flights", id_number=("bigint", {"max_value": 2**63 - 1}))
    page.goto(page_url("change", table.pk))

    card(page, 0).locator("summary").click()
    expect(card(page, 0).get_by_label("Options as JSON")).to_have_value(f'{{"max_value": {2**63 - 1}}}')
    save(page)

    assert table.fields.get().options["max_value"] == 2**63 - 1


def test_what_the_other_type_does_not_offer_is_not_carried_along(adding):
    field = fill_card(adding, 0, "Anything")
    field.locator("summary").click()
    field.get_by_label("Default", exact=True).fill("abc")
    field.get_by_label("Type:").select_option("bool")

    expect(field.get_by_label("Default", exact=True)).to_have_value("")


def test_the_type_of_a_field_in_use_may_be_changed_and_keeps_the_options_of_both(page, tables):
    table = tables.make("flights", carrier=("char", {"help_text": "Two letters", "max_length": 9}))
    table.django_model.objects.create(carrier="UA")
    page.goto(page_url("change", table.pk))

    card(page, 0).get_by_label("Type:").select_option("text")
    save(page)

    expect(page).to_have_url(re.compile("/plan/$"))
    field = table.fields.get()
    assert (field.type, field.options["help_text"], field.options["max_length"]) == ("text", "Two letters", 9)


def test_a_condition_is_on_a_field_of_the_table_that_was_chosen(page, tables):
    planes = tables.make("planes", label="Planes", tail="char", active=("bool", {"null": True}))
    flights = tables.make("flights", number="int")
    page.goto(page_url("change", flights.pk))

    field = fill_card(page, 1, "Plane", "foreignkey")
    field.get_by_label("Refers to").select_option("Planes")
    field.get_by_role("button", name="Add").click()
    expect(field.get_by_label("Field of the target")).to_have_js_property("tagName", "SELECT")
    field.get_by_label("Field of the target").select_option("Active")
    field.get_by_label("Value", exact=True).fill("true")
    save(page)

    limit = flights.fields.get(name="plane").options["limit"]
    active = planes.fields.get(name="active").pk
    assert limit == [{"field": active, "operator": "=", "value": "true"}]
