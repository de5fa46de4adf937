"""An import is in the history of the rows: new ones as ranges, changes with the values before and after."""

import pytest

from dynadmin.rowhistory import RowChange
from dynadmin.transfer import ImportOptions

pytestmark = pytest.mark.django_db


@pytest.fixture
def things(tables):
    return tables.make("things", code="char", size="int").django_model


def noted():
    return [
        (change.action, change.row, change.last_row, change.before, change.after, change.via, change.unit)
        for change in RowChange.objects.order_by("pk")
    ]


def key_of(model, name):
    return model._meta.get_field(name).column.removeprefix("c")


def test_new_rows_are_noted_as_one_range(things, load):
    load(things, "code,size\na,1\nb,2\nc,3\n", unit=7)

    first = things.objects.earliest("pk").pk
    assert noted() == [("created", first, first + 2, None, None, "import", 7)]


def test_changed_rows_are_noted_with_what_changed(things, load):
    load(things, "code,size\na,1\nb,2\n")
    RowChange.objects.all().delete()

    load(things, "code,size\na,1\nb,5\n", key=["code"], unit=8)

    size = key_of(things, "size")
    row = things.objects.get(code="b").pk
    assert noted() == [("changed", row, row, {size: 2}, {size: 5}, "import", 8)]


def test_retired_rows_are_noted_whole(things, load):
    load(things, "code,size\na,1\nb,2\n")
    RowChange.objects.all().delete()
    row = things.objects.get(code="b").pk

    result = load(things, "code,size\na,1\n", key=["code"], unit=9, options=ImportOptions(missing="retire"))

    assert result.totals.retired == 1
    whole = {key_of(things, "code"): "b", key_of(things, "size"): 2}
    assert noted() == [("deleted", row, row, whole, None, "import", 9)]


def test_a_dry_run_notes_nothing(things, load):
    load(things, "code,size\na,1\n", dry_run=True)

    assert noted() == []
