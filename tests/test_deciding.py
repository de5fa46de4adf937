"""What commands are told about values that do not convert, and what they tell about them."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from dynadmin.models import DynamicField, SchemaRevision
from tests.admin.plan_page import draft


def syncdynamic(*arguments: str) -> str:
    output = StringIO()
    call_command("syncdynamic", *arguments, stdout=output, no_color=True)
    return output.getvalue()


@pytest.fixture
def sales(tables):
    """A draft that converts texts to numbers and days."""
    table = tables.make("sales", price="char", day="char")
    for price, day in (("7", "01/02/2013"), ("n/a", "03/04/2013"), ("1,200.00", "")):
        table.django_model.objects.create(price=price, day=day)
    draft(table, "price", "int")
    draft(table, "day", "date")
    return table


def values(table, name):
    return list(table.django_model.objects.order_by("pk").values_list(name, flat=True))


def test_the_plan_tells_figures_reasons_and_how_to_answer(sales):
    words = syncdynamic("--plan")

    assert "  1 stay the same, 1 change, 1 do not fit" in words
    assert "    1: is not a number" in words
    assert "  In which order are day, month and year? Say one of:" in words
    assert "    --answer sales.day.order=dmy   Day, month, year" in words
    assert "In the way: 1 value of field “Price” would not fit" in words


def test_what_is_told_is_done(sales):
    syncdynamic("--on-failure", "sales.price=value:-1", "--answer", "sales.day.order=dmy")

    assert values(sales, "price") == [7, -1, 1200]
    assert [str(day) for day in values(sales, "day")] == ["2013-02-01", "2013-04-03", "None"]


def test_one_table_alone_is_decided_on_likewise(sales, tables):
    tables.make("planes", tail="char")

    syncdynamic("sales", "--on-failure", "sales.price=keep", "--answer", "sales.day.order=mdy")

    assert values(sales, "price_original") == ["", "n/a", ""]


def test_a_plan_that_is_only_looked_at_writes_nothing(sales):
    before = DynamicField.objects.count(), DynamicField.objects.latest("pk").pk

    words = syncdynamic("--plan", "--on-failure", "sales.price=keep")

    assert "Add field “Price (original)”" in words
    assert SchemaRevision.objects.count() == 1
    assert (DynamicField.objects.count(), DynamicField.objects.create(model=sales, name="new").pk) == (
        before[0],
        before[1] + 1,
    )


WRONG = {
    "an unknown field": ("--on-failure", "sales.weight=empty", "no field sales.weight"),
    "an unknown table": ("--answer", "sale.day.order=dmy", "no field sale.day"),
    "an unknown word": ("--on-failure", "sales.price=drop", "is not TABLE.FIELD=stop, empty"),
    "no question": ("--answer", "sales.day=dmy", "is not TABLE.FIELD.QUESTION=ANSWER"),
    "no answer": ("--answer", "sales.day.order", "is not TABLE.FIELD.QUESTION=ANSWER"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_makes_no_sense_is_refused_with_what_would(sales, name):
    option, text, message = WRONG[name]

    with pytest.raises(CommandError, match=message):
        syncdynamic("--plan", option, text)


def test_a_decision_the_field_cannot_follow_is_refused(sales):
    draft(sales, "price", "int", null=False, blank=False)

    with pytest.raises(CommandError, match="has to have a value"):
        syncdynamic("--on-failure", "sales.price=empty", "--answer", "sales.day.order=dmy")

    assert SchemaRevision.objects.count() == 1
