"""The page of a plan: figures and choices before anything happens, and then exactly that."""

import pytest

from dynadmin.admin.plans.timing import roughly
from dynadmin.models import DynamicField, SchemaRevision
from tests.admin.definition_page import form_data, page_url, rows_of
from tests.admin.plan_page import answered, chosen, counts, draft, plan_page, text_of

PRICES = ["7", " 1,200.00", "n/a", "", "12", "n/a", "<b>"]


@pytest.fixture
def browser(tables, admin_client):
    return admin_client


@pytest.fixture
def prices(tables):
    """A table whose prices and days are texts."""
    table = tables.make("prices", label="Prices", price="char", day="char", size="int")
    for number, price in enumerate(PRICES, 1):
        table.django_model.objects.create(price=price, day=f"0{number}/0{number % 4 + 1}/2013")
    return table


def values(table, name="price"):
    return list(table.django_model.objects.order_by("pk").values_list(name, flat=True))


LONG = [("é" * 1000, "é" * 70), ("9" * 100_000, "at most 2000 characters")]


@pytest.mark.parametrize(("value", "words"), LONG)
def test_what_is_too_long_for_an_address_is_counted_and_stays_on_the_page(browser, prices, value, words):
    field = draft(prices, "price", max_length=5)
    page = plan_page(browser, prices)

    page = answered(browser, prices, page, "_count", **chosen(field, "value", value))

    assert page.status_code == 200
    assert words in page.content.decode()


# --- What leads to the page ---


def save(browser, table, **changes):
    """Save the definition with changes of its first field."""
    first, *others = rows_of(table)
    data = form_data({**first, **changes}, *others, definition=table)
    return browser.post(page_url("change", table.pk), data, follow=True)


def test_another_type_leads_to_the_page_and_nothing_has_happened(browser, prices):
    page = save(browser, prices, type="int", options="{}")

    assert page.redirect_chain[0][0] == page_url("plan", prices.pk)
    assert SchemaRevision.objects.count() == 1
    assert values(prices)[0] == "7"
    assert prices.fields.get(name="price").type == "int"


NOT_HARMLESS = {
    "shorter": {"max_length": 20},
    "required": {"blank": False},
    "unique": {"unique": True, "null": True},
}


@pytest.mark.parametrize("name", NOT_HARMLESS)
def test_options_that_rows_may_not_fit_lead_to_the_page(browser, prices, name):
    draft(prices, "price", **NOT_HARMLESS[name])

    page = save(browser, prices)

    assert page.redirect_chain[0][0] == page_url("plan", prices.pk)
    assert SchemaRevision.objects.count() == 1


def test_harmless_changes_and_empty_tables_do_not(browser, prices, tables):
    empty = tables.make("empty", price="char")
    draft(prices, "price", max_length=300)
    draft(empty, "price", "int")

    save(browser, prices)
    save(browser, empty)

    assert SchemaRevision.objects.count() == 4


# --- Figures ---


def test_the_page_counts_what_becomes_of_each_value(browser, prices):
    draft(prices, "price", "int")

    page = plan_page(browser, prices)

    assert counts(page) == {
        "stay the same": "3",
        "change": "1",
        "do not fit": "3",
        "is not a number": "3",
    }
    text = text_of(page)
    assert "1,200.00 1200 1 2" in text  # before, after, rows, and the first of them
    assert "n/a is not a number 2 3" in text
    assert "<b>" not in page.content.decode().split("Do not fit")[1].split("</table>")[0]


def test_the_page_says_what_uses_the_field(browser, prices):
    draft(prices, "price", "int")

    text = text_of(plan_page(browser, prices))

    assert "SQL: the column “price” of the view" in text
    assert "becomes integer instead of varchar" in text or "becomes integer instead of character" in text
    assert "API: “price” of /api/tables/prices/ has the new values" in text


def test_the_page_says_what_loses_a_field_and_shows_the_sql(browser, prices):
    prices.fields.get(name="day").delete()

    page = plan_page(browser, prices)

    text = text_of(page)
    assert "7 values go out of sight" in text
    assert "loses its column “day”" in text
    assert "API: /api/tables/prices/ neither gives nor takes “day” any more" in text
    assert "it goes from its columns, its search, its filters" in text
    assert any("DROP VIEW" in statement for statement in page.context["statements"])


def test_a_renamed_field_is_told_to_those_who_use_its_name(browser, prices):
    prices.fields.filter(name="day").update(name="date_of_sale")
    draft(prices, "price", "int")

    assert "has “date_of_sale” instead of “day”" in text_of(plan_page(browser, prices))


# --- Choices ---


def test_only_what_the_new_field_can_do_is_offered(browser, prices):
    draft(prices, "price", "int", null=False, blank=False)

    form = plan_page(browser, prices).context["steps"][0].form

    assert [word for word, _label in form.fields["on_failure"].choices] == ["stop", "value"]


def test_figures_are_shown_again_with_a_choice_and_nothing_happens(browser, prices):
    field = draft(prices, "price", "int")
    page = plan_page(browser, prices)

    again = answered(browser, prices, page, "_count", **chosen(field, "value", "-1"))

    assert "csrf" not in again.redirect_chain[0][0]
    assert counts(again)["do not fit, and become “-1”"] == "3"
    assert 'name="_apply"' in again.content.decode()
    assert SchemaRevision.objects.count() == 1


DECISIONS = {
    "empty": (("empty",), [7, 1200, None, None, 12, None, None]),
    "value": (("value", "-1"), [7, 1200, -1, None, 12, -1, -1]),
    "keep": (("keep",), [7, 1200, None, None, 12, None, None]),
}


@pytest.mark.parametrize("name", DECISIONS)
def test_what_was_chosen_and_shown_is_what_is_done(browser, prices, name):
    decision, expected = DECISIONS[name]
    field = draft(prices, "price", "int")
    page = plan_page(browser, prices, **chosen(field, *decision))

    response = answered(browser, prices, page, **chosen(field, *decision))

    assert response.redirect_chain == [("/admin/tables/prices/", 302)]
    assert values(prices) == expected


def test_texts_that_are_kept_are_in_a_field_that_was_told_before(browser, prices):
    field = draft(prices, "price", "int")
    fields = DynamicField.objects.count()
    page = plan_page(browser, prices, **chosen(field, "keep"))

    assert "Add field “Price (original)”" in text_of(page)
    assert DynamicField.objects.count() == fields
    answered(browser, prices, page, **chosen(field, "keep"))

    assert values(prices, "price_original") == ["", "", "n/a", "", "", "n/a", "<b>"]


@pytest.mark.parametrize("value", ["ten", "", "9" * 40])
def test_a_value_that_does_not_fit_is_refused_beside_its_input(browser, prices, value):
    field = draft(prices, "price", "int", null=False, blank=False)
    page = plan_page(browser, prices)

    again = answered(browser, prices, page, **chosen(field, "value", value))

    form = again.context["steps"][0].form
    assert form.errors["value"]
    assert form["value"].value() == (value or None)
    assert "please correct" in text_of(again).lower()
    assert SchemaRevision.objects.count() == 1


@pytest.mark.parametrize("word", ["drop", "keep", "\x00"])
def test_a_choice_that_is_not_offered_is_refused(browser, prices, word):
    field = draft(prices, "price", "int", null=False, blank=False)

    again = answered(browser, prices, plan_page(browser, prices), **chosen(field, word))

    assert again.context["steps"][0].form.errors["on_failure"]
    assert SchemaRevision.objects.count() == 1


def test_a_choice_whose_figures_were_not_shown_is_shown_first(browser, prices):
    field = draft(prices, "price", "int")
    page = plan_page(browser, prices, **chosen(field, "empty"))

    again = answered(browser, prices, page, **chosen(field, "keep"))

    assert "these are the figures with what you chose" in text_of(again)
    assert SchemaRevision.objects.count() == 1
    answered(browser, prices, again, **chosen(field, "keep"))
    assert values(prices)[0] == 7


def test_rows_without_a_value_get_the_one_chosen_for_a_new_required_field(browser, prices, tables):
    tables.add(prices, state=("int", {"null": False, "blank": False}))
    field = prices.fields.get(name="state").pk
    page = plan_page(browser, prices)
    assert "What becomes of the rows that are there, which have no value?" in text_of(page)

    page = plan_page(browser, prices, **chosen(field, "value", "7"))
    answered(browser, prices, page, **chosen(field, "value", "7"))

    assert set(values(prices, "state")) == {7}


def test_a_field_that_becomes_required_asks_for_a_value(browser, prices):
    field = draft(prices, "size", null=False, blank=False)
    page = plan_page(browser, prices)
    assert counts(page)["has no value"] == "7"

    page = plan_page(browser, prices, **chosen(field, "value", "3"))
    answered(browser, prices, page, **chosen(field, "value", "3"))

    assert values(prices, "size") == [3] * 7


def test_values_that_stand_in_the_way_of_uniqueness_are_listed(browser, prices):
    draft(prices, "price", unique=True, null=True)

    page = plan_page(browser, prices)

    assert "There more than once examples After Rows The first n/a 2 3" in text_of(page)
    assert 'name="_apply"' not in page.content.decode()


# --- Questions ---


def test_what_can_be_read_in_two_ways_is_asked_and_not_guessed(browser, prices):
    draft(prices, "day", "date")

    page = plan_page(browser, prices)

    text = text_of(page)
    assert "In which order are day, month and year?" in text
    assert "01/02/2013" in text
    assert 'name="_apply"' not in page.content.decode()
    assert page.context["statements"] == ()


@pytest.mark.parametrize(("order", "first"), [("dmy", "2013-02-01"), ("mdy", "2013-01-02")])
def test_an_answer_decides_how_values_are_read(browser, prices, order, first):
    field = draft(prices, "day", "date")
    [(question, _examples)] = plan_page(browser, prices).context["steps"][0].form.questions
    name = question.html_name.partition("answer-")[2]
    answer = chosen(field, **{name: order})

    page = plan_page(browser, prices, **answer)
    assert next(page.context["steps"][0].form.questions)[0].value() == order
    answered(browser, prices, page, **answer)

    assert str(values(prices, "day")[0]) == first


def test_an_answer_nobody_offered_is_none(browser, prices):
    field = draft(prices, "day", "date")

    page = plan_page(browser, prices, **chosen(field, order="x" * 5000, nothing="y"))

    assert page.status_code == 200
    assert page.context["obstacles"]


# --- Somebody was faster ---


def test_rows_that_came_meanwhile_are_told_and_asked_about_again(browser, prices):
    field = draft(prices, "price", "int")
    page = plan_page(browser, prices, **chosen(field, "empty"))
    prices.django_model.objects.create(price="soon")

    again = answered(browser, prices, page, **chosen(field, "empty"))

    assert SchemaRevision.objects.count() == 1
    text = text_of(again)
    assert "Field “Price”, values that “is not a number”: 3 before, 4 now." in text
    assert again.context["steps"][0].form["on_failure"].value() == "empty"
    answered(browser, prices, again, **chosen(field, "empty"))
    assert values(prices)[-1] is None


def test_a_draft_that_changed_meanwhile_is_told(browser, prices):
    draft(prices, "price", "int")
    page = plan_page(browser, prices)
    prices.fields.get(name="day").delete()

    again = answered(browser, prices, page)

    assert "New: Retire field “Day” of “Prices”" in text_of(again)
    assert SchemaRevision.objects.count() == 1


@pytest.mark.parametrize("seen", ["", "x", "W10:1"])
def test_a_page_whose_memory_was_tampered_with_still_needs_its_digest(browser, prices, seen):
    field = draft(prices, "price", "int")
    page = plan_page(browser, prices, **chosen(field, "empty"))

    answered(browser, prices, page, **chosen(field, "empty"), seen=seen, shown="0" * 64)

    assert SchemaRevision.objects.count() == 1


def test_going_back_finds_the_edits(browser, prices):
    save(browser, prices, type="int", options="{}")

    page = browser.get(page_url("change", prices.pk))

    formset = page.context["inline_admin_formsets"][0].formset
    assert formset.forms[0]["type"].value() == "int"


# --- How long it takes ---


def test_the_page_says_how_long_it_takes_and_who_waits(browser, prices):
    draft(prices, "price", "int")

    text = text_of(plan_page(browser, prices))

    assert "This takes less than a second. Nobody will notice" in text


DURATIONS = {
    0: "less than a second",
    0.99: "less than a second",
    1: "about 1 second",
    1.2: "about 2 seconds",
    11: "about 15 seconds",
    60: "about 60 seconds",
    61: "about 2 minutes",
    3000: "about 60 minutes",
    3601: "about 2 hours",
    90_000: "about 26 hours",
}


@pytest.mark.parametrize("seconds", DURATIONS)
def test_a_duration_is_told_as_roughly_as_it_is_known(seconds):
    assert roughly(seconds) == DURATIONS[seconds]
