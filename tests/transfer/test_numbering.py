"""Numbers of rows that come from a file, and those that the database gives afterwards."""

import pytest

from tests.staticapp.models import Item

pytestmark = pytest.mark.django_db


def test_new_rows_are_numbered_past_those_of_the_file(load):
    load(Item, "id,code\n700,A\n", key=["id"])

    assert Item.objects.create(code="B").pk > 700


def test_the_number_of_a_deleted_row_is_given_to_no_other(load):
    load(Item, "id,code\n700,A\n", key=["id"])
    row = Item.objects.create(code="B")
    gone = row.pk
    row.delete()
    load(Item, "id,code\n500,C\n", key=["id"])

    assert Item.objects.create(code="D").pk > gone
