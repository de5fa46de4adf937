"""The pages of a table's rows in a browser: what people see and do there, without barriers."""

import pytest

from tests.browser.watch import problems_of

ORIGINS = {
    "choices": [
        {"value": "EWR", "label": "Newark", "color": "#e11d48"},
        {"value": "JFK", "label": "Kennedy", "color": "#2563eb"},
    ]
}


@pytest.fixture
def flights(tables):
    table = tables.make(
        "flights",
        label="Flights",
        carrier="char",
        distance="int",
        origin=("choice", ORIGINS),
        tags=("multichoice", ORIGINS),
        is_late="bool",
        day="date",
        left_at="datetime",
        homepage="url",
        contact="email",
        details="json",
        notes="text",
    )
    model = table.django_model
    model.objects.bulk_create(
        model(
            carrier=["UA", "AA", "LH"][n % 3],
            distance=n * 10,
            origin=["EWR", "JFK"][n % 2],
            tags=["EWR", "JFK"],
            is_late=[True, False, None][n % 3],
            day=f"2013-{n % 12 + 1:02}-01",
            left_at=f"2013-01-01T05:{n % 60:02}Z",
            homepage="https://example.com/flights",
            contact="gate@example.com",
            details={"gate": n},
            notes="A long note. " * 20,
        )
        for n in range(250)
    )
    return table


def test_a_list_shows_values_as_what_they_are(page, flights, assert_clean, screenshot):
    page.goto("/admin/tables/flights/")

    assert page.locator("#result_list tbody tr").count() == 100
    assert page.locator(".chip svg circle").first.get_attribute("fill") == "#2563eb"
    assert "250 rows" in page.locator("nav.paginator").inner_text()
    screenshot(page, "rows-list")
    assert_clean(page)


def test_filters_are_set_and_cleared(page, flights, assert_clean, screenshot):
    page.goto("/admin/tables/flights/")
    page.locator("summary", has_text="Distance").click()
    page.locator("details input[name=distance__gte]").fill("2000")
    page.locator("details input[name=distance__gte]").press("Enter")
    page.locator("#changelist-filter a", has_text="Newark").first.click()

    assert "25 rows · filtered by Distance, Origin" in page.locator(".asked").inner_text()
    screenshot(page, "rows-filtered")
    assert_clean(page)
    page.locator("a", has_text="Clear all filters").click()
    assert "250 rows" in page.locator("nav.paginator").inner_text()


def test_nonsense_in_a_filter_stays_where_it_was_typed(page, flights, assert_clean):
    page.goto("/admin/tables/flights/?distance__gte=far&day__lte=soon")

    assert page.locator(".filter-form [aria-invalid]").evaluate_all("inputs => inputs.map(i => i.value)") == [
        "far",
        "soon",
    ]
    assert page.locator("[role=alert]").inner_text().count("is not") == 2
    assert_clean(page)


def test_a_search_without_result_leads_back(page, flights, assert_clean, screenshot):
    page.goto("/admin/tables/flights/")
    page.locator("#searchbar").fill("nothing of the kind")
    page.locator("#searchbar").press("Enter")

    assert "No row matches" in page.locator(".nothing").inner_text()
    screenshot(page, "rows-no-match")
    assert_clean(page)
    page.locator(".nothing a").click()
    page.locator("#result_list").wait_for()
    assert page.locator("#result_list tbody tr").count() == 100


def test_an_empty_table_offers_the_first_steps(page, tables, assert_clean, screenshot):
    tables.make("empty", label="Empty", title="char")
    page.goto("/admin/tables/empty/")

    assert [text.strip() for text in page.locator(".nothing .button").all_inner_texts()] == [
        "Add a row",
        "Import a file",
    ]
    screenshot(page, "rows-empty")
    assert_clean(page)


def test_a_row_is_added_with_the_widgets_of_its_types(page, flights, assert_clean, screenshot):
    page.goto("/admin/tables/flights/add/")
    page.locator("#id_carrier").fill("LH")
    page.locator("#id_origin").select_option("JFK")
    page.get_by_label("Newark").check()
    page.locator("#id_day").fill("2024-02-29")
    page.locator("#id_details").fill('{"gate": ')
    page.locator("input[name=_save]").click()

    assert page.locator("#id_details").input_value() == '{"gate": '
    assert "This is not JSON" in page.locator(".errorlist").inner_text()
    screenshot(page, "rows-form-error")
    assert_clean(page)
    page.locator("#id_details").fill('{"gate": 5}')
    page.locator("input[name=_save]").click()
    row = flights.django_model.objects.latest("pk")
    assert (row.carrier, row.origin, row.tags, row.details) == ("LH", "JFK", ["EWR"], {"gate": 5})


def test_two_people_change_the_same_field(page, flights, assert_clean, screenshot):
    row = flights.django_model.objects.first()
    page.goto(f"/admin/tables/flights/{row.pk}/change/")
    flights.django_model.objects.filter(pk=row.pk).update(carrier="ZZ")
    page.locator("#id_carrier").fill("MINE")
    page.locator("input[name=_continue]").click()

    assert "Somebody else changed this to: ZZ" in page.locator(".field-carrier").inner_text()
    assert page.locator("#id_carrier").input_value() == "MINE"
    problems_of(page).clear()  # the browser notes the status 409
    screenshot(page, "rows-conflict")
    assert_clean(page)
    page.locator("input[name=_continue]").click()
    row.refresh_from_db()
    assert row.carrier == "MINE"


def test_all_rows_of_all_pages_are_selected_and_deleted(page, flights, assert_clean, screenshot):
    page.goto("/admin/tables/flights/?distance__gte=1000")
    page.locator("#action-toggle").check()
    page.locator("span.question a").click()
    page.locator("select[name=action]").select_option("delete_selected")
    page.locator("button[name=index]").click()

    assert "150 rows" in page.locator("#content").inner_text()
    screenshot(page, "rows-delete")
    assert_clean(page)
    page.locator("input[type=submit]").click()
    assert flights.django_model.objects.count() == 100


def test_the_history_of_a_row(page, flights, assert_clean):
    row = flights.django_model.objects.first()
    page.goto(f"/admin/tables/flights/{row.pk}/change/")
    page.locator("#id_carrier").fill("MINE")
    page.locator("input[name=_save]").click()

    page.goto(f"/admin/tables/flights/{row.pk}/history/")

    change = page.locator(".row-change").first
    assert change.get_by_role("row", name="Carrier").locator("ins").inner_text() == "MINE"
    assert_clean(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_lists_and_forms_fit_a_phone(open_page, administrator, flights, assert_clean, screenshot, scheme):
    page = open_page(administrator, viewport={"width": 390, "height": 844}, color_scheme=scheme)
    row = flights.django_model.objects.first()

    for name, path in {"list": "", "form": f"{row.pk}/change/"}.items():
        page.goto(f"/admin/tables/flights/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        screenshot(page, f"rows-{name}-phone-{scheme}")
        assert_clean(page)
