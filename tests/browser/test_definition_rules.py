"""Making rules on whole rows in a real browser: one of each kind, on fields that are new on the same page."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from dynadmin.models import DynamicModel
from tests.admin.definition_page import page_url
from tests.browser.definition_cards import card, fill_card, save
from tests.test_rules import add_rule


@pytest.fixture
def page(tables, open_page, administrator) -> Page:
    return open_page(administrator)


@pytest.fixture
def flights(tables) -> DynamicModel:
    table = tables.define(
        "flights", label="Flights", carrier=("char", {"max_length": 5}), departure="time", arrival="time"
    )
    add_rule(table, "check", "departure", operator="<", other="arrival")
    table.sync()
    return table


def add(page: Page, kind: str) -> Locator:
    """Add a rule of a kind and return its card."""
    page.get_by_role("button", name="Add a rule").click()
    rule = page.locator(".rule-card").last
    rule.get_by_label("Rule:").select_option(kind)
    return rule


def choose(rule: Locator, *fields: str) -> None:
    for number, field in enumerate(fields, 1):
        rule.get_by_label(f"Field {number}").select_option(field)


def add_comparison(page: Page, field: str, *, operator: str, other: str = "", value: str = "") -> Locator:
    rule = add(page, "check")
    choose(rule, field)
    rule.get_by_label("Is:").select_option(operator)
    if other:
        rule.get_by_label("Compared with:").select_option(other)
        expect(rule.get_by_label("Value:")).to_be_hidden()
    else:
        rule.get_by_label("Value:").fill(value)
    return rule


@pytest.fixture
def new_flights(page) -> Page:
    """The page of a new table with four fields."""
    page.goto(page_url("add"))
    page.get_by_label("Label:").first.fill("Flights")
    carrier = fill_card(page, 0, "Carrier")
    carrier.locator("summary").click()
    carrier.get_by_label("Longest").fill("5")
    for number, (label, type) in enumerate(
        [("Flight", "int"), ("Departure", "time"), ("Arrival", "time")], 1
    ):
        fill_card(page, number, label, type)
    return page


def test_a_rule_of_each_kind_is_made_with_the_table(new_flights, assert_clean, screenshot):
    page = new_flights
    choose(add(page, "unique"), "Carrier", "Flight")
    early = add_comparison(page, "Departure", operator="<", other="Arrival")
    early.get_by_label("Message:").fill("A flight arrives after it departs.")
    add_comparison(page, "Flight", operator=">=", value="1")
    index = add(page, "index")
    choose(index, "Departure", "Carrier")
    expect(index.get_by_label("Message:")).to_be_hidden()
    assert_clean(page)
    screenshot(page, "rules")

    save(page)

    expect(page.locator(".messagelist")).to_contain_text("Require Departure < Arrival in “Flights”")
    table = DynamicModel.objects.get()
    names = dict(table.fields.values_list("pk", "name"))
    assert [(r.kind, [names[pk] for pk in r.fields]) for r in table.constraints.all()] == [
        ("unique", ["carrier", "flight"]),
        ("check", ["departure"]),
        ("check", ["flight"]),
        ("index", ["departure", "carrier"]),
    ]


def test_a_row_that_breaks_a_rule_reads_why(page, flights, assert_clean, screenshot):
    page.goto("/admin/tables/flights/add/")
    page.get_by_label("Departure:").fill("12:00")
    page.get_by_label("Arrival:").fill("11:00")

    save(page)

    words = "“Departure” must be earlier than “Arrival”."
    expect(page.locator(".errorlist.nonfield")).to_have_text(words)
    assert_clean(page)
    screenshot(page, "rule-broken")


def test_fields_are_offered_as_they_stand_on_the_page(page, flights, assert_clean):
    page.goto(page_url("change", flights.pk))
    rule = page.locator(".rule-card").first
    fill_card(page, 3, "Gate")
    card(page, 0).get_by_label("Label:").fill("Airline")

    options = rule.get_by_label("Field 1").locator("option").all_inner_texts()

    assert options == ["choose a field", "Airline", "Departure", "Arrival", "Gate"]
    assert rule.get_by_label("Field 1").locator("option:checked").inner_text() == "Departure"
    assert_clean(page)


def test_a_rule_tells_that_it_goes_with_a_field_that_is_removed(page, flights, assert_clean, screenshot):
    page.goto(page_url("change", flights.pk))
    rule = page.locator(".rule-card").first
    card(page, 2).get_by_text("Remove").click()
    expect(rule.locator(".rule-note")).to_have_text(
        "Goes with the field “Arrival”, which is removed when you save."
    )
    screenshot(page, "rule-goes")

    card(page, 2).get_by_text("Keep").click()
    expect(rule.locator(".rule-note")).to_be_empty()
    assert_clean(page)


def test_an_error_stands_beside_its_rule_and_the_input_stays(page, flights, assert_clean, screenshot):
    page.goto(page_url("change", flights.pk))
    rule = add(page, "check")
    choose(rule, "Carrier")
    rule.get_by_label("Value:").fill("UA")
    fill_card(page, 3, "Gate")
    other = add(page, "unique")
    choose(other, "Carrier", "Gate", "Departure")

    save(page)

    broken = page.locator(".rule-card.has-errors")
    expect(broken.locator(".part-operator .errorlist")).to_contain_text("equal or different")
    assert broken.get_by_label("Value:").input_value() == "UA"
    last = page.locator(".rule-card").last
    chosen = [s.locator("option:checked").inner_text() for s in last.locator(".field-selects select").all()]
    assert chosen == ["Carrier", "Gate", "Departure", "choose a field"]
    screenshot(page, "rule-error")

    broken.get_by_label("Is:").select_option("!=")
    save(page)
    expect(page.locator(".messagelist")).to_contain_text("Require Carrier ≠ UA in “Flights”")
    assert flights.constraints.count() == 3
    assert_clean(page)


def test_rows_that_break_a_new_rule_are_named_on_the_plan(page, flights, assert_clean, screenshot):
    flights.django_model.objects.create(carrier="UA", departure="10:00")
    page.goto(page_url("change", flights.pk))
    rule = add(page, "check")
    choose(rule, "Departure")
    rule.get_by_label("Is:").select_option(">")
    rule.get_by_label("Value:").fill("12:00")

    save(page)

    expect(page.locator(".obstacles")).to_contain_text(
        "1 row of “Flights” breaks the rule “Departure > 12:00:00”"
    )
    assert_clean(page)
    screenshot(page, "rule-obstacle")

    page.get_by_role("link", name="All rows that break it").click()
    expect(page.get_by_role("row").last).to_have_text(re.compile(r"\d+\s*10:00:00"))
    assert_clean(page)
    screenshot(page, "rule-rows")
