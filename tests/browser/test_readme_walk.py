"""The first five minutes of the README, done as they are written there."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

README = (Path(__file__).parent.parent.parent / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def sample(tables):
    """The sample tables, as `make run` leaves them."""
    call_command("loadsample", verbosity=0)


@pytest.fixture
def guests_file(tmp_path) -> Path:
    """The file that the README asks the reader to save."""
    lines = re.search(r"`guests\.csv`[^`]*?\n\n((?: {8}[^\n]*\n)+)", README.partition("Save this as ")[2])[1]
    path = tmp_path / "guests.csv"
    path.write_text("".join(f"{line.strip()}\n" for line in lines.splitlines()), encoding="utf-8")
    return path


def choose(page, summary, name: str) -> None:
    """Filter by the row of another table that is found under this name."""
    details, label = summary.locator("xpath=.."), summary.inner_text().strip()
    summary.click()
    details.locator(".select2-selection").click()
    page.locator(".select2-search__field").fill(name)
    page.locator(".select2-results__option", has_text=name).first.click()
    details.get_by_role("button", name="Filter").click()
    expect(page.locator(".asked", has_text=label)).to_be_visible()


def test_looking_at_the_flights(sample, page, tmp_path):
    page.goto("/admin/")
    for table in ("Airlines", "Airports", "Planes", "Weather", "Flights"):
        expect(page.get_by_role("link", name=table, exact=True).first).to_be_visible()
    page.get_by_role("link", name="Flights", exact=True).first.click()
    filters = page.locator("#changelist-filter")
    for name, found in {"Airline": "United Air Lines", "From": "EWR"}.items():
        choose(page, filters.locator("summary", has_text=re.compile(rf"^\s*{name}\s*$")), found)
    page.get_by_role("columnheader", name="Departure delay").get_by_role("link").first.click()
    page.get_by_role("searchbox", name="Search").fill("N14228")
    page.get_by_role("button", name="Search").click()
    page.locator("#result_list tbody a").first.click()
    page.get_by_label("Distance").fill("1401")
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator("#result_list").get_by_text("1401").wait_for()
    page.locator("#result_list tr", has_text="1401").get_by_role("link").first.click()
    page.get_by_role("link", name="History").click()
    expect(page.locator("#content ins", has_text="1401")).to_be_visible()
    page.go_back()
    page.go_back()
    page.get_by_role("link", name="Export", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    assert download.value.suggested_filename.startswith("flights-")


def test_making_a_table_of_guests(sample, page, guests_file, screenshot):
    page.goto("/admin/")
    page.get_by_role("link", name="New table").click()
    page.get_by_label("Label").first.fill("Guests")
    expect(page.get_by_label("Name").first).to_have_value("guests")
    for number, (label, kind) in enumerate(
        {"Name": "Text", "Arrives on": "Date", "Nights": "Whole number"}.items()
    ):
        if number:
            page.get_by_role("button", name="Add another field").click()
        card = page.locator(".field-card").nth(number)
        card.get_by_label("Label").fill(label)
        card.get_by_role("combobox", name="Type").select_option(label=kind)
    if not card.get_by_label("Lowest").is_visible():
        card.locator("summary").click()
    card.get_by_label("Lowest").fill("1")
    screenshot(page, "walk-guests-defined")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Guests").first).to_be_visible()

    page.get_by_role("link", name="Import", exact=True).click()
    page.get_by_label("File").set_input_files(guests_file)
    page.get_by_role("button", name="Preview").click()
    screenshot(page, "walk-guests-preview")
    expect(page.locator(".transfer-reasons")).to_contain_text("Nights")
    page.get_by_label("Leave out the 1 refused row").check()
    page.get_by_role("button", name="Import 1 row").click()
    expect(page.locator("#result_list")).to_contain_text("Ada")


@pytest.fixture
def guests(tables):
    """The table of guests, as the steps before leave it."""
    table = tables.make("guests", guest="char", arrives_on="date", nights=("int", {"min_value": 1}))
    table.django_model.objects.create(guest="Ada", arrives_on="2026-07-01", nights=3)
    return table


def test_changing_ones_mind(guests, page, screenshot):
    page.goto("/admin/tables/guests/")
    page.get_by_role("link", name="Edit fields", exact=True).click()
    page.wait_for_load_state()
    page.locator(".field-card").nth(2).get_by_label("Type:").select_option(label="Yes or no")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#content")).to_contain_text("Nothing of this has happened yet.")
    page.get_by_label("Leave them empty, and keep their text").check()
    page.get_by_role("button", name="Show figures again").click()
    screenshot(page, "walk-guests-plan")
    page.get_by_role("button", name="Apply", exact=True).click()
    expect(page.locator("#result_list")).to_contain_text("Nights (original)")

    page.get_by_role("link", name="Edit fields", exact=True).click()
    page.get_by_role("link", name="History").click()
    screenshot(page, "walk-guests-history")
    page.locator("#table-revisions").get_by_role("link").first.click()
    page.get_by_role("link", name="Undo this revision").click()
    screenshot(page, "walk-guests-undo")
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("is undone")
    assert list(guests.django_model.objects.values_list("nights", flat=True)) == [3]
