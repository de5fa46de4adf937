"""The whole way of an analyst: define a table, import a real file, find, edit and export its rows."""

import csv
import io
import re
import zipfile
from itertools import islice
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from dynadmin.models import DynamicModel
from tests.browser.conftest import SCREENSHOTS
from tests.nycflights import package_data

ROWS = 8_000
PLANE, LATE, EDITED = "N725MQ", 15, "999"
# Label and type as one types and picks them; the names that are proposed are the headers of the file.
FIELDS = {
    "Time hour": "datetime",
    "Carrier": "char",
    "Flight": "int",
    "Origin": "char",
    "Dest": "char",
    "Tailnum": "char",
    "Dep time": "int",
    "Sched dep time": "int",
    "Dep delay": "int",
    "Arr time": "int",
    "Sched arr time": "int",
    "Arr delay": "int",
    "Air time": "int",
    "Distance": "int",
    "Year": "int",
    "Month": "int",
    "Day": "int",
    "Hour": "int",
    "Minute": "int",
}


# Short pages, as axe-core looks at every cell.
SAMPLE_PAGES = {
    "home": "",
    "list": "tables/flights/?q=N725MQ&origin__exact=LGA",
    "nothing-found": "tables/flights/?q=nowhere",
    "row": "tables/airports/1/change/",
    "add": "tables/flights/add/",
    "history": "tables/airports/1/history/",
    "import": "tables/airports/import/",
    "export": "tables/airports/export/?dst__exact=N",
    "definition": "dynadmin/dynamicmodel/{airlines}/change/",
    "definitions": "dynadmin/dynamicmodel/",
    "revisions": "dynadmin/schemarevision/",
}


@pytest.fixture
def flights_file(tmp_path) -> Path:
    """The first flights of the year as the package has them, NA where there is no value."""
    path = tmp_path / "flights.csv"
    archive = zipfile.ZipFile(package_data() / "flights.csv.zip")
    with io.TextIOWrapper(archive.open("flights.csv"), encoding="utf-8") as lines:
        path.write_text("".join(islice(lines, ROWS + 1)), encoding="utf-8")
    return path


def test_from_nothing_to_an_exported_selection(
    tables, page, flights_file, screenshot, assert_clean, tmp_path
):
    def seen(name: str, *, is_long: bool = False) -> None:
        # axe-core takes minutes for thousands of cells; shorter pages of the same kind stand for those.
        assert is_long or assert_clean(page) is None
        screenshot(page, f"journey-{name}")

    page.goto("/admin/")
    seen("01-home-empty")
    define(page, "Flights", FIELDS, seen)
    import_file(page, flights_file, seen)
    find_delayed_flights_of(page, PLANE, seen)
    edit_the_first(page, seen)
    exported = export_the_list(page, tmp_path / "export.csv", seen)
    page.goto("/admin/")
    seen("13-home")

    assert [without_id(row) for row in exported] == expected_export(flights_file, PLANE)


def test_the_sample_tables_look_well_by_day_and_by_night(
    tables, open_page, administrator, tmp_path, screenshot, assert_clean
):
    call_command("loadsample", "airlines", "airports", "planes", "flights", verbosity=0)
    for scheme in ("light", "dark"):
        page = open_page(administrator, color_scheme=scheme)
        look_at_samples(page, scheme, tmp_path, screenshot, assert_clean)


def look_at_samples(page: Page, scheme: str, tmp_path, screenshot, assert_clean) -> None:
    refused = tmp_path / "airports.csv"
    refused.write_text(
        "faa,name,lat,dst\nXX1,New,41.5,A\nXX2,Too far north,91,A\n,No code,40,B\n04G,Lansdowne,,N\n"
    )

    airlines = DynamicModel.objects.get(name="airlines").pk
    for name, path in SAMPLE_PAGES.items():
        page.goto(f"/admin/{path.format(airlines=airlines)}")
        assert_clean(page)
        screenshot(page, f"sample-{name}-{scheme}")
    page.goto("/admin/tables/airports/import/")
    page.get_by_label("File").set_input_files(refused)
    page.get_by_role("button", name="Preview").click()
    page.get_by_label("faa is part of the key").check()
    page.get_by_role("button", name="Preview again").click()
    expect(page.get_by_text("refused").first).to_be_visible()
    assert_clean(page)
    screenshot(page, f"sample-preview-{scheme}")
    page.set_viewport_size({"width": 1600, "height": 1000})
    page.goto("/admin/tables/flights/?dep_delay__gte=60")
    page.screenshot(path=SCREENSHOTS / f"readme-{scheme}.png")


def define(page: Page, label: str, fields: dict[str, str], seen) -> None:
    page.get_by_role("link", name="Define the first table").click()
    page.get_by_label("Label").first.fill(label)
    expect(page.get_by_label("Name").first).to_have_value("flights")
    for number, (field, slug) in enumerate(fields.items()):
        if number:
            page.get_by_role("button", name="Add another field").click()
        card = page.locator(".field-card").nth(number)
        card.get_by_label("Label").fill(field)
        card.get_by_role("combobox", name="Type").select_option(slug)
        expect(card.get_by_label("Name")).to_have_value(field.lower().replace(" ", "_"))
    require_a_destination(page)
    seen("02-definition")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("This table has no rows yet")).to_be_visible()
    seen("03-table-made")


def require_a_destination(page: Page) -> None:
    card = page.locator(".field-card").nth(list(FIELDS).index("Dest"))
    if not card.get_by_label("Longest").is_visible():
        card.locator("summary").click()
    card.get_by_label("Longest").fill("3")
    card.get_by_label("May be empty").uncheck()


def import_file(page: Page, path: Path, seen) -> None:
    page.locator(".nothing").get_by_role("link", name="Import a file").click()
    page.get_by_label("File").set_input_files(path)
    seen("04-import")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="Refused rows")).to_be_visible()
    seen("05-preview-refused", is_long=True)
    page.get_by_label("Read as empty").fill("NA")
    page.get_by_role("button", name="Preview again").click()
    page.get_by_role("button", name=re.compile(f"Import {ROWS:,}|Import {ROWS}")).wait_for()
    seen("06-preview", is_long=True)
    page.get_by_role("button", name=re.compile(r"^Import \d")).click()
    expect(page.get_by_text(re.compile(r"Imported flights\.csv"))).to_be_visible()
    seen("07-imported", is_long=True)


def find_delayed_flights_of(page: Page, plane: str, seen) -> None:
    page.get_by_role("searchbox", name="Search").fill(plane)
    page.get_by_role("button", name="Search").click()
    seen("08-searched")
    filter_by_delay = page.locator("#changelist-filter details").filter(has_text="Dep delay")
    filter_by_delay.locator("summary").click()
    filter_by_delay.get_by_label("From").fill(str(LATE))
    filter_by_delay.get_by_role("button", name="Filter").click()
    page.get_by_role("columnheader", name="Dep delay").get_by_role("link").click()
    seen("09-found")


def edit_the_first(page: Page, seen) -> None:
    page.locator("#result_list tbody tr").first.get_by_role("link").first.click()
    page.get_by_label("Dep delay").fill(EDITED)
    seen("10-row")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    seen("11-changed")


def export_the_list(page: Page, path: Path, seen) -> list[dict[str, str]]:
    page.get_by_role("link", name="Export", exact=True).click()
    page.locator("select[name=columns]").select_option("all")
    seen("12-export")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    download.value.save_as(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def expected_export(path: Path, plane: str) -> list[dict[str, str]]:
    """Return what the export must be, made from the file that was imported by plain means."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            {name: "" if text == "NA" else text for name, text in row.items()} for row in csv.DictReader(file)
        ]
    found = [row for row in rows if row["tailnum"] == plane and int(row["dep_delay"] or 0) >= LATE]
    found.sort(key=lambda row: int(row["dep_delay"]))
    # The edit has made the first the last.
    first, *others = found
    return [*others, {**first, "dep_delay": EDITED}]


def without_id(row: dict[str, str]) -> dict[str, str]:
    """Return a row of the export as the file had it: without its id, and with UTC written as Z."""
    hour = row["time_hour"].replace("+00:00", "Z")
    return {name: text for name, text in row.items() if name != "id"} | {"time_hour": hour}
