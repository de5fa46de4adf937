"""The trash, as a person finds and uses it."""

import pytest
from playwright.sync_api import Page, expect

from dynadmin.models.retired import trash
from tests.test_rules import add_rule
from tests.trash.retiring import retire
from tests.trash.test_limits import use_up


@pytest.fixture
def page(tables, open_page, administrator) -> Page:
    return open_page(administrator)


@pytest.fixture
def event(tables, administrator):
    """A table with two fields in the trash, one of which was required; another table is in it whole."""
    table = tables.make(
        "event", label="Events", country="char", size=("int", {"null": False, "blank": False}), note="text"
    )
    model = table.django_model
    model.objects.bulk_create(model(country="PL", size=n, note=f"note {n}") for n in range(300))
    retire(table, "size", "note")
    table.django_model.objects.create(country="made meanwhile")
    other = tables.make("guests", label="Guests of last year", called="char")
    other.django_model.objects.create(called="Ada")
    other.retire(user=administrator)
    return table


def row(page: Page, label: str):
    return page.get_by_role("row", name=label)


def test_what_was_deleted_is_found_and_restored(page, event, screenshot, assert_clean):
    page.goto("/admin/")
    page.get_by_role("link", name="Trash").first.click()
    expect(row(page, "Guests of last year")).to_contain_text("ada")
    expect(row(page, "Note")).to_contain_text("300")
    screenshot(page, "trash")
    assert_clean(page)

    row(page, "Note").get_by_role("button", name="Restore").click()

    expect(page.locator(".messagelist")).to_contain_text("Restore field “Note” of “Events”")
    assert_clean(page)
    page.get_by_role("link", name="Open the table").click()
    expect(page.locator("#result_list")).to_contain_text("note 299")


def test_a_field_that_rows_lack_is_asked_about(page, event, screenshot, assert_clean):
    page.goto("/admin/dynadmin/trash/")
    row(page, "Size").get_by_role("button", name="Restore").click()

    expect(page.locator(".obstacles")).to_contain_text("1 row of “Events” has none")
    screenshot(page, "trash-restore")
    assert_clean(page)
    page.get_by_label("are all given this value").check()
    page.get_by_label("Value for these rows").fill("7")
    page.get_by_role("button", name="Restore").click()

    expect(page.locator(".messagelist")).to_contain_text("Restore field “Size”")
    assert event.django_model.objects.get(country="made meanwhile").size == 7


def test_what_goes_for_good_is_asked_first(page, event, screenshot, assert_clean):
    page.goto("/admin/dynadmin/trash/")
    page.get_by_label("Guests of last year").check()
    page.get_by_label("Note").check()
    button = page.get_by_role("button", name="Delete the chosen for good")
    expect(button).to_have_css("border-radius", "6px")
    button.click()

    expect(page.locator(".purge-items")).to_contain_text("rows: 1")
    expect(page.locator(".purge-items")).to_contain_text("values: 300")
    screenshot(page, "trash-purge")
    assert_clean(page)
    page.get_by_role("button", name="Delete for good").click()

    expect(page.locator(".messagelist")).to_contain_text(
        "Delete table “Guests of last year” with all its rows"
    )
    assert [item.label for item in trash()] == ["Size"]


@pytest.mark.parametrize("is_empty", [True, False])
def test_the_trash_is_open_to_all_in_the_dark_and_on_a_telephone(
    tables, open_page, administrator, request, screenshot, assert_clean, is_empty
):
    if not is_empty:
        request.getfixturevalue("event")
    page = open_page(administrator, color_scheme="dark", viewport={"width": 390, "height": 844})
    page.goto("/admin/dynadmin/trash/")

    screenshot(page, "trash-empty" if is_empty else "trash-narrow-dark")
    assert_clean(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.only_on("postgresql")
def test_a_table_that_runs_out_of_columns_is_rebuilt(page, event, screenshot, assert_clean):
    use_up(event, 1500)
    page.goto("/admin/dynadmin/trash/")
    screenshot(page, "trash-crowded")
    assert_clean(page)
    page.get_by_role("link", name="Rebuild the table").click()
    expect(page.locator("#content")).to_contain_text("nobody can save one")
    screenshot(page, "trash-rebuild")
    assert_clean(page)

    page.get_by_role("button", name="Rebuild the table").click()

    expect(page.locator(".messagelist")).to_contain_text("Rebuild table “Events”")
    expect(page.get_by_role("heading", name="Tables that run out of columns")).to_have_count(0)


def test_rows_in_the_way_of_a_rule_are_shown_and_it_may_be_left_out(page, tables, screenshot, assert_clean):
    table = tables.make("loans", label="Loans", lent="int", returned="int", note="text")
    add_rule(table, "check", "lent", operator="<=", other="returned", label="Nothing returns before it goes.")
    add_rule(table, "index", "lent", "returned")
    table.sync()
    table.django_model.objects.bulk_create(table.django_model(lent=n, returned=n) for n in range(20))
    retire(table, "lent")
    table.django_model.objects.filter(pk__gt=17).update(returned=0)
    page.goto("/admin/dynadmin/trash/")
    row(page, "Lent").get_by_role("button", name="Restore").click()

    expect(page.locator("fieldset.restore-how")).to_contain_text("3 rows break this rule.")
    screenshot(page, "trash-restore-rules")
    assert_clean(page)
    page.get_by_label("Restore without this rule").first.check()
    page.get_by_role("button", name="Restore").click()
    expect(page.locator(".messagelist")).to_contain_text("Restore field “Lent” of “Loans”")
    assert_clean(page)
