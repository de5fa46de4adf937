"""Undoing conversions: each row gets back what it had, unless it was edited since."""

import pytest

from dynadmin import executor
from dynadmin.exceptions import StalePlan
from dynadmin.models import DynamicModel, SchemaChange, foresee_undo, purge, undo, undo_plan
from tests.test_undo import latest, values

PRICES = ["7", "1,200.00", "n/a", "12"]


@pytest.fixture
def prices(tables):
    """A table whose prices were texts and are whole numbers, where one could not be read."""
    table = tables.make("prices", price="text")
    for price in PRICES:
        table.django_model.objects.create(price=price)
    table.fields.update(type="int", options={})
    table.sync(on_failure={"price": "empty"})
    return table


def test_a_conversion_that_is_undone_brings_back_what_each_row_had(prices):
    before = values(prices, "price")

    undo(latest())

    assert before == [7, 1200, None, 12]
    assert values(prices, "price") == PRICES
    assert prices.fields.get().type == "text"
    assert prices.plan().is_empty


def test_rows_that_were_edited_since_keep_the_edit_and_are_counted(prices):
    converted = latest()
    prices.django_model.objects.filter(pk__in=[1, 3]).update(price=99)
    prices.django_model.objects.create(price=5)

    (report,) = executor.preview(undo_plan(converted)).reports
    undo(converted)

    assert (report.returned, report.changed + report.same) == (2, 3)
    assert values(prices, "price") == ["99", PRICES[1], "99", PRICES[3], "5"]


def test_a_large_table_is_converted_back_while_people_use_it(prices, settings):
    settings.DYNADMIN = {"ONLINE_ROWS": 2}
    converted = latest()
    prices.django_model.objects.filter(pk=1).update(price=99)

    undone = undo(converted)

    assert SchemaChange.objects.filter(revision=undone).exists()
    assert undone.undoes == converted
    assert values(prices, "price") == ["99", *PRICES[1:]]
    assert DynamicModel.objects.get().plan().is_empty


def test_figures_that_changed_since_they_were_shown_are_shown_again(prices):
    shown = executor.preview(undo_plan(latest())).digest
    prices.django_model.objects.filter(pk=1).update(price=99)

    with pytest.raises(StalePlan):
        undo(latest(), shown=shown)


def test_an_undone_conversion_is_made_again_with_the_edits_of_both_times(prices):
    converted = latest()
    prices.django_model.objects.filter(pk=1).update(price=99)
    undone = undo(converted)
    prices.django_model.objects.filter(pk=4).update(price="13")

    undo(undone)

    assert values(prices, "price") == [99, 1200, None, 13]


def test_texts_that_were_kept_in_a_second_field_go_with_the_undo(tables):
    table = tables.make("prices", price="text")
    table.django_model.objects.create(price="n/a")
    table.fields.update(type="int", options={})
    converted = table.sync(on_failure={"price": "keep"})
    assert values(table, "price_original") == ["n/a"]

    undo(converted)

    assert [field.name for field in table.django_model.table_schema.live_fields] == ["price"]
    assert [field.name for field in table.fields.all()] == ["price"]
    assert values(table, "price") == ["n/a"]


def test_originals_that_were_deleted_for_good_leave_the_values_of_today(prices):
    converted = latest()
    purge(columns=[prices.django_model.table_schema.originals[0].column])

    assert "were deleted for good" in foresee_undo(converted).notes[0]
    undo(converted)

    assert values(prices, "price") == ["7", "1200", "", "12"]


@pytest.mark.parametrize("online_rows", [1, 1000])
def test_two_conversions_of_one_revision_are_undone_together(tables, settings, online_rows):
    settings.DYNADMIN = {"ONLINE_ROWS": online_rows}
    table = tables.make("prices", price="text", tax="text")
    table.django_model.objects.create(price="7.50", tax="n/a")
    table.fields.update(type="int", options={})
    converted = table.sync(on_failure={"price": "empty", "tax": "empty"})

    undo(undo(undo(converted)))

    assert (values(table, "price"), values(table, "tax")) == (["7.50"], ["n/a"])
    assert table.plan().is_empty
