"""From a real messy file, dropped on the home page, to a table with every value right."""

import re
from datetime import date
from decimal import Decimal

from playwright.sync_api import Page, expect

from dynadmin.models import DynamicModel

# Semicolons, decimal commas, the day first, codes with noughts in front, "no value" in words.
MESSY = """Nr;Data zakupu;Kod pocztowy;Telefon;Kwota;Rabat;Zapłacono;Sklep;Uwagi
1001;13.02.2024;02-134;022 601 100;1.234,50 zł;5 %;tak;Centrum;"Dostawa
do domu"
1002;01.03.2024;00-950;048 555 010;99,00 zł;10 %;nie;Północ;-
1003;5.3.2024;31-001;012 422 000;12,99 zł;0 %;tak;Centrum;
1004;31.1.2024;80-288;058 301 000;N/A;2,5 %;tak;Centrum;brak
"""
DROP = """(zone, content) => {
  const files = new DataTransfer();
  files.items.add(new File([content], "Zakupy 2024.csv", { type: "text/csv" }));
  for (const type of ["dragenter", "dragover", "drop"]) {
    zone.dispatchEvent(new DragEvent(type, { dataTransfer: files, bubbles: true, cancelable: true }));
  }
}"""


def card(page: Page, header: str):
    return page.locator(".field-card").filter(has=page.get_by_text(header, exact=True)).first


def create_and_be_told_to_wait(page: Page):
    page.locator(".newtable-form").dispatch_event("submit")
    expect(page.locator(".newtable-news")).to_have_text("Looking through all rows…")
    page.get_by_role("button", name="Create the table").click()


def test_a_messy_file_dropped_on_the_home_page_becomes_a_table(page, tables, screenshot, assert_clean):
    page.goto("/admin/")
    expect(page.get_by_text("Drop a file here")).to_be_visible()
    screenshot(page, "new-table-home")
    assert_clean(page)

    page.locator(".drop-zone").evaluate(DROP, MESSY)

    expect(page.get_by_role("heading", name="New table from Zakupy 2024.csv")).to_be_visible()
    expect(card(page, "Data zakupu").get_by_text("All 4 values are dates, the day first.")).to_be_visible()
    expect(page.get_by_role("cell", name="2024-02-13")).to_be_visible()
    screenshot(page, "new-table-proposal")
    assert_clean(page)

    create_and_be_told_to_wait(page)
    expect(page.get_by_role("alert")).to_contain_text("say what is meant in: Rabat")
    page.get_by_label("12 % becomes 0.12").check()
    store = card(page, "Sklep")
    store.get_by_label("Label").fill("Store")
    store.get_by_label("Name").fill("store")
    store.locator("summary").click()
    expect(store.get_by_label("Longest")).to_have_value("10")
    card(page, "Uwagi").get_by_label("Words for “no value”").fill("-, brak")
    screenshot(page, "new-table-questions")
    page.get_by_role("button", name="Look again").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    screenshot(page, "new-table-checked")

    page.get_by_role("button", name="Create the table").click()

    expect(page).to_have_url(re.compile("/admin/tables/zakupy_2024/$"))
    expect(page.get_by_text("4 rows created")).to_be_visible()
    screenshot(page, "new-table-made")
    rows = list(DynamicModel.objects.get(name="zakupy_2024").django_model.objects.order_by("nr"))
    assert [(r.data_zakupu, r.kod_pocztowy, r.kwota, r.rabat, r.store, r.uwagi) for r in rows] == [
        (date(2024, 2, 13), "02-134", Decimal("1234.50"), Decimal("0.05"), "Centrum", "Dostawa\ndo domu"),
        (date(2024, 3, 1), "00-950", Decimal("99.00"), Decimal("0.10"), "Północ", ""),
        (date(2024, 3, 5), "31-001", Decimal("12.99"), Decimal(0), "Centrum", ""),
        (date(2024, 1, 31), "80-288", None, Decimal("0.025"), "Centrum", ""),
    ]
