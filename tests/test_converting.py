"""Conversions of real columns: what becomes of each value, what is kept, and what is refused."""

from dataclasses import replace

import pytest
from django.db import DatabaseError, connection
from django.utils.translation import override

from dynadmin import executor
from dynadmin.exceptions import Obstructed, StalePlan
from dynadmin.executor.filling import Filler
from dynadmin.executor.judging import make_judge, source_of
from dynadmin.executor.physical import physical_model
from dynadmin.models import DynamicField
from dynadmin.plan import make_plan
from dynadmin.registry import registry

PRICES = ["7", " 1,200.00", "n/a", "", "12", "n/a"]


@pytest.fixture
def prices(tables):
    """Return a table whose prices are texts, in rows 1 to 6."""
    table = tables.make("prices", price="char", note=("char", {"default": "x"}))
    for price in PRICES:
        table.django_model.objects.create(price=price)
    return table


def change(table, name, type=None, **options):
    """Change the draft of a field."""
    field = table.fields.get(name=name)
    if type:
        field.type, field.options = type, options
    else:
        field.options = {**field.options, **options}
    field.save()
    return field


def values(table, name):
    return list(table.django_model.objects.order_by("pk").values_list(name, flat=True))


def column_of(table, name):
    schema = registry.newest.schema.tables[table.pk]
    return next(f.column for f in schema.live_fields if f.name == name)


def original_values(table, column):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM dyn_t{table.pk} ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def convert_back(table, name):
    """Take the conversion of a field back, and return the report that was made of it."""
    base = registry.newest
    schema = base.schema.tables[table.pk]
    field = next(f for f in schema.live_fields if f.name == name)
    original = schema.originals[-1]
    wanted = schema.with_field(replace(field, type=original.type, options=original.options))
    plan = make_plan(
        base.schema, base_revision=base.revision, wanted=[wanted], back={field.id: original.generation}
    )
    report = executor.preview(plan).reports[0]
    executor.apply(plan)
    registry.refresh()
    return report


@pytest.mark.parametrize("type", ["int", "text", "date"])
def test_what_is_empty_stays_empty_where_the_new_field_has_a_default(tables, type):
    table = tables.make("prices", price=type, note="char")
    table.django_model.objects.create()
    change(table, "price", "char", default="unknown")
    table.sync()

    assert values(table, "price") == [""]


# --- What becomes of values that do not convert ---


def test_values_that_become_empty_are_not_given_the_default_of_the_field(tables):
    table = tables.make("prices", price="text")
    table.django_model.objects.create(price="two\nlines")
    change(table, "price", "char", default="unknown")
    table.sync(on_failure={"price": "empty"})

    assert values(table, "price") == [""]


def test_values_that_do_not_convert_stop_the_change_unless_somebody_decides(prices):
    change(prices, "price", "decimal", max_digits=10, decimal_places=2)

    with pytest.raises(Obstructed, match="2 values of field “Price” would not fit"):
        prices.sync()

    assert values(prices, "price") == [*PRICES[:1], "1,200.00", *PRICES[2:]]


DECISIONS = {
    "empty": ("empty", [7, 1200, None, None, 12, None]),
    "value": ({"value": "-1"}, [7, 1200, -1, None, 12, -1]),
    "keep": ("keep", [7, 1200, None, None, 12, None]),
}


@pytest.mark.parametrize("decision", DECISIONS)
def test_a_person_decides_what_becomes_of_them(prices, decision):
    on_failure, expected = DECISIONS[decision]
    change(prices, "price", "decimal", max_digits=10, decimal_places=2)

    prices.sync(on_failure={"price": on_failure})

    assert values(prices, "price") == expected


def test_texts_that_are_kept_stand_in_a_second_field_behind_the_first(prices):
    change(prices, "price", "int")
    prices.sync(on_failure={"price": "keep"})

    fields = registry.newest.schema.tables[prices.pk].live_fields
    assert [f.name for f in fields] == ["price", "price_original", "note"]
    assert values(prices, "price_original") == ["", "", "n/a", "", "", "n/a"]
    assert list(prices.fields.values_list("pk", flat=True)) == [f.id for f in fields]
    assert prices.plan().is_empty


def test_a_text_kept_may_need_a_name_that_is_free(prices, tables):
    tables.add(prices, price_original="char")
    prices.sync()
    change(prices, "price", "int")
    prices.sync(on_failure={"price": "keep"})

    assert "price_original_2" in [f.name for f in registry.newest.schema.tables[prices.pk].live_fields]


def test_narrower_options_convert_once_somebody_decides(prices):
    change(prices, "price", max_length=3)
    prices.sync(on_failure={"price": "empty"})

    assert values(prices, "price") == ["7", "", "n/a", "", "12", "n/a"]
    assert original_values(prices, f"c{prices.fields.get(name='price').pk}")[1] == "1,200.00"


def test_values_that_all_fit_are_changed_in_place(prices):
    change(prices, "price", max_length=8)
    prices.sync()

    assert registry.newest.schema.tables[prices.pk].originals == ()


# --- What is kept ---


def test_the_originals_stay_beside_the_converted_values(prices):
    field = change(prices, "price", "int")
    prices.sync(on_failure={"price": "empty"})

    assert column_of(prices, "price") == f"c{field.pk}_1"
    assert original_values(prices, f"c{field.pk}") == ["7", "1,200.00", "n/a", "", "12", "n/a"]


def test_a_field_keeps_its_identity_over_conversions(prices):
    field = change(prices, "price", "int")
    prices.sync(on_failure={"price": "empty"})
    change(prices, "price", "char")
    prices.sync()

    schema = registry.newest.schema.tables[prices.pk]
    assert schema.live_fields[0].id == field.pk
    assert [f.column for f in schema.originals] == [f"c{field.pk}", f"c{field.pk}_1"]
    assert values(prices, "price") == ["7", "1200", "", "", "12", ""]


def test_rules_of_the_new_field_are_in_the_database(tables):
    table = tables.make("codes", code="char")
    table.django_model.objects.create(code="1")
    table.django_model.objects.create(code="2")
    change(table, "code", "int", unique=True, null=False, blank=False)
    table.sync()

    for wrong in (1, None):
        with pytest.raises(DatabaseError):
            table.django_model.objects.create(code=wrong)


def test_values_that_become_the_same_cannot_be_unique(tables):
    table = tables.make("codes", code="char")
    for code in ("1", "01", "2"):
        table.django_model.objects.create(code=code)
    change(table, "code", "int", unique=True)

    with pytest.raises(Obstructed, match="cannot be unique: 1 are there more than once"):
        table.sync()


def test_a_field_is_renamed_and_converted_at_once(prices):
    field = change(prices, "price", "int")
    field.name, field.label = "cost", "Cost"
    field.save()
    prices.sync(on_failure={"cost": "empty"})

    assert values(prices, "cost") == [7, 1200, None, None, 12, None]


# --- Taking it back ---


def test_rows_made_since_a_conversion_stay_empty_when_it_is_taken_back(tables):
    table = tables.make("prices", price=("text", {"default": "unknown"}))
    change(table, "price", "char")
    table.sync()
    table.django_model.objects.create(price="")
    convert_back(table, "price")

    assert values(table, "price") == [""]


def test_taking_a_conversion_back_returns_the_exact_originals_of_rows_not_edited(prices):
    change(prices, "price", "int")
    prices.sync(on_failure={"price": {"value": "0"}})
    model = prices.django_model
    model.objects.filter(pk=1).update(price=8)
    new = model.objects.create(price=99)

    report = convert_back(prices, "price")

    assert (report.returned, report.total - report.returned) == (5, 2)
    assert values(prices, "price") == ["8", "1,200.00", "n/a", "", "12", "n/a", "99"]
    assert prices.django_model.objects.get(pk=new.pk).price == "99"


def test_what_was_taken_back_can_be_taken_back_again(prices):
    change(prices, "price", "int")
    prices.sync(on_failure={"price": "empty"})
    convert_back(prices, "price")
    convert_back(prices, "price")

    assert values(prices, "price") == [7, 1200, None, None, 12, None]


# --- Others at work ---


def test_a_class_of_the_revision_before_cannot_write_where_nobody_looks_any_more(prices):
    old_class = prices.django_model
    change(prices, "price", "int")
    prices.sync(on_failure={"price": "empty"})

    with pytest.raises(DatabaseError, match="converted"):
        old_class.objects.create(price="5")
    with pytest.raises(DatabaseError, match="converted"):
        old_class.objects.filter(pk=1).update(price="6")
    row = old_class.objects.get(pk=1)
    row.note = "other"
    row.save()
    assert values(prices, "note")[0] == "other"


def test_guards_last_through_later_changes_of_the_table(prices, tables):
    old_class = prices.django_model
    change(prices, "price", "int")
    prices.sync(on_failure={"price": "empty"})
    change(prices, "note", max_length=100, null=True)
    prices.sync()

    with pytest.raises(DatabaseError, match="converted"):
        old_class.objects.filter(pk=1).update(price="6")


def test_figures_that_changed_since_they_were_shown_are_shown_again(prices):
    change(prices, "price", "int")
    shown = executor.preview(prices.plan(on_failure={"price": "empty"})).digest
    prices.django_model.objects.create(price="many")

    with pytest.raises(StalePlan, match="no longer the one you saw"):
        prices.sync(on_failure={"price": "empty"}, shown=shown)
    assert column_of(prices, "price") == f"c{prices.fields.get(name='price').pk}"


def test_what_was_shown_is_what_happens(prices):
    change(prices, "price", "int")
    preview = executor.preview(prices.plan(on_failure={"price": "keep"}))
    (report,) = preview.reports

    assert (report.same, report.changed, report.failures) == (3, 1, {"is not a number": 2})
    assert prices.sync(on_failure={"price": "keep"}, shown=preview.digest)


def test_a_column_is_filled_batch_by_batch(prices):
    change(prices, "price", "int")
    plan = executor.preview(prices.plan(on_failure={"price": "empty"})).decided_plan
    (operation,) = plan.conversions
    DynamicField.objects.get(pk=operation.field.id)
    prices.sync(on_failure={"price": "empty"})
    model = physical_model(registry.newest.schema.tables[prices.pk])
    filler = Filler(
        source=source_of(operation, plan),
        judge=make_judge(operation, operation.choices, operation.reading),
        target=model._meta.get_field(operation.field.column),
    )
    model._base_manager.update(**{operation.field.column: None})

    for last in (0, 4):
        filler.write(filler.settle(filler.source.batch(after=last, size=4)))

    assert values(prices, "price") == [7, 1200, None, None, 12, None]


# --- Rows that exist when a field must have a value ---


def test_rows_that_exist_can_be_given_a_value_for_a_required_field(prices, tables):
    tables.add(prices, size=("int", {"null": False, "blank": False}))
    with pytest.raises(Obstructed, match="must have a value"):
        prices.sync()

    prices.sync(on_failure={"size": {"value": "3"}})

    assert values(prices, "size") == [3] * 6
    with pytest.raises(DatabaseError):
        prices.django_model.objects.create(price="1")


def test_a_value_for_the_rows_has_to_fit_the_field(prices, tables):
    tables.add(prices, size=("int", {"null": False, "blank": False}))

    with pytest.raises(Obstructed, match="does not fit: “three” is not a whole number"):
        prices.sync(on_failure={"size": {"value": "three"}})


def test_what_was_shown_in_one_language_is_done_in_another(prices):
    change(prices, "price", "int")
    with override("pl"):
        shown = executor.preview(prices.plan(on_failure={"price": "empty"})).digest

    assert prices.sync(on_failure={"price": "empty"}, shown=shown)
