"""Defining a table in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from dynadmin.models import DynamicField, DynamicModel
from dynadmin.naming import propose_name
from tests.admin.definition_page import page_url
from tests.browser.definition_cards import card, fill_card, labels, save


@pytest.fixture
def page(tables, open_page, administrator) -> Page:
    return open_page(administrator)


@pytest.fixture
def adding(page) -> Page:
    """The page on which a new table is defined."""
    page.goto(page_url("add"))
    return page


# --- The whole way ---


def test_a_table_is_defined_and_there(adding, assert_clean, screenshot):
    page = adding
    page.get_by_label("Label:").first.fill("Große Flüge")
    fill_card(page, 0, "Tail number")
    status = fill_card(page, 1, "Status", "choice")
    for number, value in enumerate(["planned", "landed"], 1):
        status.get_by_role("button", name="Add item").click()
        entry = status.get_by_role("group", name=f"Entry {number}")
        entry.get_by_label("Value").fill(value)
        entry.get_by_label("Label").fill(value.title())
    status.get_by_role("group", name="Entry 2").get_by_label("Colour").select_option("Green")
    fill_card(page, 2, "Distance", "int").get_by_label("Lowest").fill("0")
    assert_clean(page)
    screenshot(page, "definition")

    save(page)

    expect(page).to_have_url(re.compile("/admin/tables/grosse_fluge/$"))
    expect(page.locator(".messagelist")).to_contain_text("Create table “Große Flüge”")
    tail, choice, distance = DynamicModel.objects.get().fields.all()
    assert (tail.name, distance.options["min_value"]) == ("tail_number", 0)
    assert choice.options["choices"] == [
        {"value": "planned", "label": "Planned", "color": ""},
        {"value": "landed", "label": "Landed", "color": "#c2e5b3"},
    ]
    assert_clean(page)


# --- Names ---

LABELS = [
    *[
        "Tail number",
        "  Größe (m²) ",
        "Straße",
        "ŁÓDŹ",
        "123 things",
        "get it",
        "class",
        "in",
        "save",
        "日本",
    ],
    *["__x__", "İstanbul", "ﬁne", "½ cup", "a" * 60, "Æther œuvre", "", "x" * 47 + " yz", "e\u0301te\u0301"],
]


@pytest.mark.parametrize("kind", ["field", "table"])
def test_both_sides_propose_the_same_names(adding, kind):
    taken = ["tail_number", "strasse", "strasse_2"]
    proposed = adding.evaluate(
        """([labels, taken, kind]) => {
            const page = JSON.parse(document.getElementById("definition-data").textContent);
            const propose = dynadmin.makeProposer(page.naming);
            return labels.map((label) => propose(label, new Set(taken), kind));
        }""",
        [LABELS, taken, kind],
    )

    assert proposed == [propose_name(label, taken, kind=kind) for label in LABELS]


def test_a_name_is_proposed_until_somebody_writes_one(adding):
    field = fill_card(adding, 0, "Carrier")
    name = field.get_by_label("Name:")
    expect(name).to_have_value("carrier")

    name.fill("airline")
    field.get_by_label("Label:").fill("Carrier code")
    expect(name).to_have_value("airline")

    name.fill("")
    field.get_by_label("Label:").fill("Carrier codes")
    expect(name).to_have_value("carrier_codes")


def test_the_name_of_a_saved_field_does_not_follow_its_label(page, tables):
    table = tables.make("flights", carrier="char")
    page.goto(page_url("change", table.pk))

    expect(fill_card(page, 0, "Airline").get_by_label("Name:")).to_have_value("carrier")


# --- Order ---


@pytest.fixture
def three_fields(page, tables) -> DynamicModel:
    table = tables.make("flights", carrier="char", origin="char", dest="char")
    page.goto(page_url("change", table.pk))
    return table


def test_fields_are_moved_with_the_keyboard(page, three_fields):
    down = card(page, 0).get_by_role("button", name="Move down")
    down.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".field-news")).to_have_text("Carrier is now field 2 of 3.")
    page.keyboard.press("Enter")

    expect(card(page, 2).get_by_role("button", name="Move up")).to_be_focused()
    save(page)

    assert [field.name for field in three_fields.fields.all()] == ["origin", "dest", "carrier"]


def test_fields_are_dragged(page, three_fields):
    card(page, 2).locator(".drag-handle").drag_to(card(page, 0), target_position={"x": 60, "y": 4})

    assert labels(page)[0] == "Dest"
    save(page)
    assert [field.name for field in three_fields.fields.all()] == ["dest", "carrier", "origin"]


def test_a_new_field_can_stand_first_and_its_options_are_its_own(page, three_fields):
    field = fill_card(page, 3, "Year", "int")
    field.get_by_label("Highest").fill("2100")
    for _ in range(3):
        page.locator(".field-card", has=page.get_by_role("group", name="Year")).get_by_role(
            "button", name="Move up"
        ).click()
    save(page)

    first = three_fields.fields.first()
    assert (first.name, first.options["max_value"]) == ("year", 2100)
    assert "max_value" not in three_fields.fields.last().options


# --- Removing, and what it asks ---


def test_removing_a_field_asks_first(page, three_fields, screenshot, assert_clean):
    three_fields.django_model.objects.create(carrier="AA", origin="JFK", dest="LAX")
    page.reload()
    card(page, 1).get_by_text("Remove").click()
    expect(card(page, 1)).to_contain_text("Keep")
    save(page)

    expect(page.locator(".plan-steps")).to_contain_text("Retire field “Origin”")
    expect(page.locator(".plan-steps")).to_contain_text("1 value goes out of sight")
    screenshot(page, "plan")
    assert_clean(page)
    page.get_by_role("button", name="Apply").click()

    expect(page.locator(".messagelist")).to_contain_text("Retire field “Origin”")
    assert "origin" not in {field.name for field in three_fields.django_model._meta.fields}


def test_a_new_card_that_is_removed_again_is_no_field(page, three_fields):
    fill_card(page, 3, "Mistake").get_by_text("Remove").click()
    save(page)

    assert not DynamicField.objects.filter(name="mistake").exists()


def test_a_table_is_deleted_after_a_page_that_says_what_it_means(
    page, three_fields, screenshot, assert_clean
):
    page.get_by_role("link", name="Delete").click()
    expect(page.locator("#content")).to_contain_text("0 rows go out of sight")
    screenshot(page, "retire")
    assert_clean(page)
    page.get_by_role("button", name="Delete the table").click()

    expect(page.locator(".messagelist")).to_contain_text("“Flights” is deleted. Its rows are kept.")


# --- The other pages, and the dark ---


def test_lists_are_clean_and_tell_the_state(page, three_fields, tables, screenshot, assert_clean):
    tables.define("planes", tail="char")
    page.goto(page_url("changelist"))
    expect(page.locator("#result_list")).to_contain_text("Never applied")
    assert_clean(page)
    screenshot(page, "definitions")
    page.goto("/admin/dynadmin/schemarevision/")
    assert_clean(page)
    screenshot(page, "revisions")


def test_somebody_elses_save_is_shown(page, three_fields, screenshot, assert_clean):
    fill_card(page, 0, "Mine")
    DynamicModel.objects.update(version=5, folder="Theirs")
    save(page)

    expect(page.get_by_role("region", name="What was saved meanwhile")).to_contain_text("“Theirs” is saved")
    expect(card(page, 0).get_by_label("Label:")).to_have_value("Mine")
    screenshot(page, "conflict")
    assert_clean(page)


def test_the_page_is_clean_in_the_dark(tables, open_page, administrator, screenshot, assert_clean):
    page = open_page(administrator, color_scheme="dark")
    page.goto(page_url("add"))
    fill_card(page, 0, "Carrier").locator("summary").click()
    fill_card(page, 1, "Status", "choice").get_by_role("button", name="Add item").click()

    screenshot(page, "definition-dark")
    assert_clean(page)


def test_the_page_fits_a_narrow_screen(tables, open_page, administrator, screenshot):
    page = open_page(administrator, viewport={"width": 420, "height": 900})
    page.goto(page_url("add"))
    fill_card(page, 0, "Carrier").locator("summary").click()

    screenshot(page, "definition-narrow")
    assert page.evaluate("document.documentElement.scrollWidth") <= 420


def test_a_hundred_fields_are_usable(page, tables, assert_clean):
    table = tables.define("wide", **{f"field{number}": "char" for number in range(100)})
    page.goto(page_url("change", table.pk))

    assert page.locator(".field-card").count() == 100
    last = card(page, 99)
    last.locator("summary").click()
    expect(last.get_by_label("Longest")).to_be_visible()
    last.get_by_label("Longest").fill("9")
    save(page)

    assert table.fields.last().options["max_length"] == 9


# --- Columns that the kind of the table brings along ---


def test_a_new_field_comes_before_the_columns_of_the_kind(page, tables, assert_clean, screenshot):
    table = tables.make("trip", of_kind="record", title="char")
    page.goto(page_url("change", table.pk))
    locked = page.locator(".field-card.is-locked")
    expect(locked).to_have_count(4)
    expect(locked.first).to_contain_text("Every table of the kind “Records” has it")
    assert_clean(page)

    page.get_by_role("button", name="Add another field").click()
    card(page, 1).get_by_label("Label").fill("Weight")
    screenshot(page, "definition-kind")
    save(page)

    names = ["title", "weight", "created_at", "created_by", "changed_at", "changed_by"]
    assert [field.name for field in table.fields.all()] == names


def test_another_kind_is_chosen_from_a_list_that_says_what_each_is(page, tables):
    table = tables.make("trip", of_kind="record", title="char")
    page.goto(page_url("change", table.pk))

    page.get_by_label("Kind").select_option("Plain table")
    save(page)

    table.refresh_from_db()
    assert table.kind == "plain"
    page.goto(page_url("change", table.pk))
    expect(page.locator(".field-card.is-locked")).to_have_count(0)
