"""The pages of the API: looked around in, and used to add, change and delete a row."""

import pytest
from playwright.sync_api import expect

from tests.browser.watch import problems_of

CHOICES = [{"value": "red", "label": "Red"}, {"value": "blue", "label": "Blue"}]


@pytest.fixture
def things(tables):
    """A table with the kinds of inputs that differ most."""
    table = tables.make(
        "things",
        label="Things",
        title=("char", {"max_length": 5, "blank": False, "help_text": "As on <the> label."}),
        size="int",
        broken="bool",
        colors=("multichoice", {"choices": CHOICES}),
        notes="json",
        seen="datetime",
        scan="file",
    )
    for number in range(3):
        table.django_model.objects.create(title=f"T{number}", notes={"link": "https://example.com/?a=<b>"})
    return table


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_shut_nobody_out(open_page, administrator, things, assert_clean, screenshot, scheme):
    page = open_page(administrator, color_scheme=scheme)
    row = things.django_model.objects.first()

    for name, path in {
        "index": "",
        "list": "tables/things/?page_size=2",
        "row": f"tables/things/{row.pk}/",
    }.items():
        page.goto(f"/api/{path}")
        assert_clean(page)
        screenshot(page, f"api-{name}-{scheme}")


def test_one_finds_the_way_from_the_index_to_a_row_and_back(page, things, assert_clean):
    page.goto("/api/")
    page.locator(".api-body a").click()
    expect(page.get_by_role("heading", name="Things", level=1)).to_be_visible()
    page.goto(page.url + "?page_size=2")
    page.get_by_role("link", name="Next").click()
    expect(page.locator(".api-body")).to_contain_text('"title": "T2"')
    page.get_by_role("link", name="API", exact=True).click()
    expect(page.locator(".api-line").first).to_have_text("GET /api/")


def test_a_row_is_added_changed_and_deleted_by_forms(page, things):
    page.goto("/api/tables/things/")
    page.get_by_label("Title").fill("New")
    page.get_by_label("Size").fill("7")
    page.get_by_label("Broken").select_option(label="Yes")
    page.get_by_label("Red").check()
    page.get_by_label("Scan").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"hello"})
    page.get_by_role("button", name="POST").first.click()
    page.wait_for_url("**/api/tables/things/*/")
    row = things.django_model.objects.get(title="New")
    assert (row.size, row.broken, row.colors, row.scan.read()) == (7, True, ["red"], b"hello")
    row.scan.close()

    page.get_by_label("Size").fill("8")
    page.get_by_label("Red").uncheck()
    with page.expect_navigation():
        page.get_by_role("button", name="PATCH").first.click()
    row = things.django_model.objects.get(title="New")
    assert (row.size, row.broken, row.colors, bool(row.scan)) == (8, True, None, True)

    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Delete this row").click()
    page.wait_for_url("**/api/tables/things/")
    assert not things.django_model.objects.filter(title="New").exists()


def test_a_row_is_changed_as_json(page, things):
    row = things.django_model.objects.first()
    page.goto(f"/api/tables/things/{row.pk}/")
    page.get_by_text("As JSON").click()

    page.get_by_label("Body", exact=True).fill('{"title": "json"}')
    with page.expect_navigation():
        page.get_by_role("button", name="PATCH").last.click()

    row.refresh_from_db()
    assert row.title == "json"
    assert row.notes == {"link": "https://example.com/?a=<b>"}


def test_what_is_wrong_stands_beside_its_input_and_nothing_typed_is_lost(page, things, assert_clean):
    page.goto("/api/tables/things/")
    page.get_by_label("Title").fill("much too long")
    page.get_by_label("Title").evaluate("input => input.removeAttribute('maxlength')")
    page.get_by_label("Title").fill("much too long")
    page.get_by_role("button", name="POST").first.click()

    expect(page.get_by_role("alert").first).to_contain_text("cannot be accepted")
    expect(page.locator('.errorlist[data-field="title"]')).to_contain_text("at most 5")
    expect(page.get_by_label("Title")).to_have_value("much too long")
    # The browser notes the refusal itself as an error of the network.
    problems_of(page).clear()
    assert_clean(page)


def test_without_script_a_row_can_still_be_added(open_page, administrator, things):
    page = open_page(administrator, java_script_enabled=False)
    page.goto("/api/tables/things/")
    page.get_by_label("Title").fill("plain")
    page.get_by_role("button", name="POST").first.click()

    expect(page.locator(".api-body")).to_contain_text('"title": "plain"')
    assert things.django_model.objects.filter(title="plain").exists()


def test_who_is_not_logged_in_is_led_to_the_login(open_page, things):
    page = open_page(None)
    page.goto("/api/tables/things/")
    problems_of(page).clear()

    expect(page.get_by_role("link", name="Log in")).to_be_visible()
    assert "T0" not in page.content()
