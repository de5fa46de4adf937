"""Definitions leave one installation as a file and come into it again, in a real browser."""

import json
from pathlib import Path

from playwright.sync_api import Page, expect

from dynadmin.models import DynamicModel
from dynadmin.registry import registry
from tests.admin.definition_page import page_url


def upload(page: Page, path: Path, content: dict) -> None:
    """Choose a file on the page of loading, and ask for its preview."""
    path.write_text(json.dumps(content))
    page.goto(page_url("changelist"))
    page.get_by_role("link", name="Load definitions").click()
    page.get_by_label("File").set_input_files(path)
    page.get_by_role("button", name="Preview").click()


def test_definitions_leave_as_a_file_and_come_in_changed(page, tables, tmp_path, assert_clean, screenshot):
    flights = tables.make("flights", folder="Aviation", carrier="char", distance="int")
    flights.django_model.objects.create(distance=7)
    tables.make("notes", note="text")
    page.goto(page_url("changelist"))
    page.get_by_role("link", name="Export definitions").click()
    assert_clean(page)
    screenshot(page, "schema_export")
    page.get_by_label("Notes").uncheck()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    content = json.loads(Path(download.value.path()).read_text())
    fields = content["tables"][0]["fields"]
    fields[0]["name"] = "airline"
    del fields[1]

    upload(page, tmp_path / "schema.json", content)
    expect(page.locator(".plan-steps")).to_contain_text("Rename field “carrier” of “Flights” to “airline”")
    expect(page.locator(".plan-steps")).to_contain_text("1 value goes out of sight")
    assert_clean(page)
    screenshot(page, "schema_load")
    page.get_by_role("button", name="Apply").click()

    expect(page.locator(".messagelist")).to_contain_text("Rename field “carrier”")
    registry.refresh()
    assert [f.name for f in registry.newest.schema.tables[flights.pk].live_fields] == ["airline"]
    assert_clean(page)


def test_what_stands_in_the_way_leads_to_a_draft(page, tables, tmp_path, assert_clean, screenshot):
    flights = tables.make("flights", carrier="char")
    flights.django_model.objects.create(carrier="Lufthansa")
    field = {"name": "carrier", "type": "char", "options": {"max_length": 2}}
    content = {"dynadmin": 1, "tables": [{"name": "flights", "fields": [field]}]}

    upload(page, tmp_path / "schema.json", content)
    expect(page.get_by_role("button", name="Apply")).to_have_count(0)
    assert_clean(page)
    screenshot(page, "schema_load_obstacle")
    page.get_by_role("button", name="Save as drafts").click()

    expect(page).to_have_url(f"{page.url.split('/admin/')[0]}{page_url('plan', flights.pk)}")
    assert DynamicModel.objects.get().fields.get().options["max_length"] == 2


def test_a_bad_file_is_told_of_where_it_was_chosen(page, tables, tmp_path, assert_clean, screenshot):
    upload(page, tmp_path / "schema.json", {"dynadmin": 1, "tables": [{"name": "flights", "lable": "F"}]})

    expect(page.locator(".errorlist")).to_contain_text("Did you mean “label”?")
    assert_clean(page)
    screenshot(page, "schema_load_bad")
