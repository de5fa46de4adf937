"""Relations in a browser: defined, chosen, added in a popup, filtered by, and asked about before deletion."""

import pytest

from tests.test_relations import to


@pytest.fixture
def fleet(tables):
    """Forty planes, and flights of them with tags and pilots."""
    makers = tables.make("makers", label="Makers", title="char")
    planes = tables.make("planes", label="Planes", tail="char", seats="int", maker=to(makers))
    tags = tables.make("tags", label="Tags", word="char")
    flights = tables.make(
        "flights",
        label="Flights",
        number="char",
        plane=to(planes),
        pilot=to("auth.User", null=True, blank=True),
        tags=to(tags, "manytomany", blank=True),
        day="date",
    )
    planes.set_display("{tail} ({seats} seats)")
    planes.save()
    planes.sync()
    maker = makers.django_model.objects.create(title="Boeing")
    model = planes.django_model
    built = [model.objects.create(tail=f"N{n:03}", seats=100 + n, maker=maker) for n in range(40)]
    words = [tags.django_model.objects.create(word=word) for word in ("late", "full", "charter")]
    for number in range(60):
        flight = flights.django_model.objects.create(
            number=f"UA {number}", plane=built[number % 5], day=f"2013-01-{number % 28 + 1:02}"
        )
        flight.tags.set(words[: number % 4])
    return makers, planes, tags, flights


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_list_names_what_rows_refer_to(open_page, administrator, fleet, assert_clean, screenshot, scheme):
    page = open_page(administrator, color_scheme=scheme)
    page.goto("/admin/tables/flights/")
    page.locator("#changelist-filter summary", has_text="Plane").click()
    page.locator("#changelist-filter .select2-selection").first.click()
    page.locator(".select2-search__field").fill("N003")
    # The answer to nothing typed comes first, and would go as one clicks it.
    page.locator(".select2-results__option", has_text="N001").wait_for(state="detached")
    page.locator(".select2-results__option", has_text="N003").first.wait_for()
    screenshot(page, f"relations-list-{scheme}")
    page.locator(".select2-results__option", has_text="N003").first.click()
    page.locator("#changelist-filter details[open] button").first.click()

    page.locator(".asked", has_text="filtered by Plane").wait_for()
    assert page.locator("#result_list tbody tr").count() == 12
    assert "N003 (103 seats)" in page.locator("#result_list tbody").inner_text()
    screenshot(page, f"relations-filtered-{scheme}")
    assert_clean(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_rows_are_chosen_and_added_in_a_form(
    open_page, administrator, fleet, assert_clean, screenshot, scheme
):
    page = open_page(administrator, color_scheme=scheme)
    page.goto("/admin/tables/flights/add/")
    page.locator("#id_number").fill("LH 1")
    page.locator(".field-tags .select2-selection").click()
    page.locator(".select2-results__option", has_text="late").click()
    page.locator(".field-plane .select2-selection").click()
    page.locator(".select2-search__field").last.fill("N01")
    page.locator(".select2-results__option", has_text="N011").wait_for()
    screenshot(page, f"relations-form-{scheme}")
    page.keyboard.press("Escape")
    with page.expect_popup() as opened:
        page.locator("#add_id_plane").click()
    popup = opened.value
    popup.locator("#id_tail").fill("N999")
    popup.locator(".field-maker .select2-selection").click()
    popup.locator(".select2-results__option", has_text="Boeing").click()
    popup.locator("#id_seats").fill("7")
    screenshot(popup, f"relations-popup-{scheme}")
    with popup.expect_event("close"):
        popup.locator("input[name=_save]").click()
    page.locator(".field-plane .select2-selection__rendered", has_text="N999 (7 seats)").wait_for()
    assert_clean(page)
    page.locator("input[name=_save]").click()

    page.locator("#result_list").wait_for()
    flight = fleet[3].django_model.objects.get(number="LH 1")
    assert (flight.plane.tail, flight.tags.get().word) == ("N999", "late")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_before_deletion(open_page, administrator, fleet, assert_clean, screenshot, scheme):
    page = open_page(administrator, color_scheme=scheme)
    plane = fleet[1].django_model.objects.first()
    page.goto(f"/admin/tables/planes/{plane.pk}/change/")
    assert "12 rows" in page.locator(".referring").inner_text()
    screenshot(page, f"relations-referring-{scheme}")
    assert_clean(page)
    page.goto(f"/admin/tables/planes/{plane.pk}/delete/")

    assert "12 rows of “Flights”" in page.locator("#content").inner_text()
    screenshot(page, f"relations-delete-{scheme}")
    assert_clean(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_relation_is_defined(open_page, administrator, fleet, assert_clean, screenshot, scheme):
    page = open_page(administrator, color_scheme=scheme)
    page.goto(f"/admin/dynadmin/dynamicmodel/{fleet[3].pk}/change/")
    card = page.locator(".field-card", has=page.locator("input[value=plane]"))
    card.locator("summary").click()
    card.locator(".rjf-form-wrapper").wait_for()
    screenshot(page, f"relations-definition-{scheme}")
    assert_clean(page)
