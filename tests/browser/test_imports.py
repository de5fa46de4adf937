"""A large file from its upload to its undoing, as a person sees it."""

import pytest

from project import worker
from tests.admin.row_pages import url


@pytest.fixture
def flights(tables, settings, tmp_path):
    settings.DYNADMIN = {"UPLOAD_DIR": str(tmp_path / "uploads"), "IMPORT_BACKGROUND_BYTES": 10}
    table = tables.make(
        "flights", label="Flights", carrier=("char", {"max_length": 2}), number="int", notes="text"
    )
    table.django_model.objects.create(carrier="UA", number=1, notes="was here")
    return table


def choose(page, flights, path):
    """Upload a file, and choose how it is taken, while a worker checks it each time."""
    page.goto(url(flights))
    page.get_by_role("link", name="Import", exact=True).click()
    page.set_input_files("[name=import_file]", path)
    page.get_by_role("button", name="Preview").click()
    assert "Waits for a worker" in page.inner_text("#progress")
    worker.work()
    page.wait_for_selector("#transfer-settings")
    page.select_option("[name=column-0]", "carrier")
    page.check("[name=key][value='1']")
    page.click("summary")
    page.fill("[name=constant-notes]", "from the file")
    page.click("text=Preview again")
    worker.work()
    page.wait_for_selector(".transfer-confirm")


def test_a_large_file_goes_from_upload_to_undo(page, flights, tmp_path, assert_clean, screenshot):
    path = tmp_path / "flights.csv"
    path.write_text("airline;number\nUA;1\n" + "".join(f"UA;{n}\n" for n in range(2, 60)) + "LH;soon\n")

    choose(page, flights, path)
    totals = page.locator(".transfer-totals strong").all_inner_texts()
    assert totals == ["58", "1", "0", "1"]
    assert page.get_by_role("columnheader", name="Notes").count() == 2
    assert page.locator("del").first.inner_text() == "was here"
    screenshot(page, "import-preview")
    page.check("[name=skip_refused]")
    page.click("text=Import 59 rows")
    worker.work()
    page.wait_for_selector(".transfer-stage")
    assert flights.django_model.objects.count() == 59
    screenshot(page, "import-done")

    with page.expect_download() as download:
        page.click("text=Download all refused rows")
    assert "LH;soon" in download.value.path().read_text()
    page.click("text=Undo this import")
    page.get_by_role("button", name="Undo the import").click()
    page.wait_for_selector("text=new rows taken out")
    assert list(flights.django_model.objects.values_list("number", "notes")) == [(1, "was here")]
    page.click("text=All imports of this table")
    assert "Undone" in page.inner_text(".transfer-imports")
    assert_clean(page)
