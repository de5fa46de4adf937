"""What a person chooses about an import: constants, what becomes of rows that are there, of empty cells."""

import pytest

from dynadmin.exceptions import BadColumns
from dynadmin.transfer import ImportOptions
from tests.staticapp.models import Item, Maker

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _item(db):
    Item.objects.create(code="A", label="old", note=None, count=None)


def counts(result):
    totals = result.totals
    return totals.created, totals.changed, totals.skipped, totals.refused


def stored():
    return list(Item.objects.order_by("code").values_list("code", "label", "count"))


CONTENT = "code,label,count\nA,new,1\nB,fresh,\n"
CHOICES = [
    ({}, (1, 1, 0, 0), [("A", "new", 1), ("B", "fresh", None)]),
    ({"existing": "fill"}, (1, 1, 0, 0), [("A", "old", 1), ("B", "fresh", None)]),
    ({"existing": "skip"}, (1, 0, 1, 0), [("A", "old", None), ("B", "fresh", None)]),
    ({"existing": "refuse", "skip_refused": True}, (1, 0, 0, 1), [("A", "old", None), ("B", "fresh", None)]),
    ({"missing": "retire"}, (1, 1, 0, 0), [("A", "new", 1), ("B", "fresh", None)]),
]


@pytest.mark.parametrize(("chosen", "outcome", "rows"), CHOICES)
@pytest.mark.parametrize("dry_run", [False, True])
def test_rows_that_are_there_become_what_was_chosen(load, chosen, outcome, rows, dry_run):
    result = load(Item, CONTENT, key=["code"], options=ImportOptions(**chosen), dry_run=dry_run)

    assert counts(result) == outcome
    assert stored() == ([("A", "old", None)] if dry_run else rows)


def test_filling_shows_what_really_changes(load):
    result = load(Item, "code,label,count\nA,new,1\n", key=["code"], options=ImportOptions(existing="fill"))

    [sample] = result.samples
    changed = {cell.field: (cell.before, cell.after) for cell in sample.cells if cell.is_changed}
    assert changed == {"count": ("", "1")}


def test_a_row_that_has_all_values_is_left_alone_when_filling(load):
    Item.objects.update(count=5)

    result = load(Item, "code,label,count\nA,new,1\n", key=["code"], options=ImportOptions(existing="fill"))

    assert counts(result) == (0, 0, 1, 0)


def test_an_empty_cell_can_leave_what_is_there(load):
    Item.objects.update(count=5)

    result = load(
        Item, "code,label,count\nA,,\nB,,\n", key=["code"], options=ImportOptions(empty_cells="keep")
    )

    assert counts(result) == (1, 0, 1, 0)
    assert stored() == [("A", "old", 5), ("B", "", None)]


def test_an_empty_cell_says_nothing_of_a_value_that_is_needed_unless_the_row_is_new(load):
    Item.objects.update(count=5)
    token = Item.objects.get().token

    result = load(
        Item,
        "code,token\nA,\nB,\n",
        key=["code"],
        options=ImportOptions(empty_cells="keep", skip_refused=True),
    )

    assert counts(result) == (0, 0, 1, 1)
    assert Item.objects.get().token == token
    assert set(result.refused[0].reasons) == {"token"}


def test_a_constant_is_the_value_of_all_rows(load):
    result = load(Item, "code\nB\nC\n", options=ImportOptions(constants={"label": "same", "count": "3"}))

    assert counts(result) == (2, 0, 0, 0)
    assert stored()[1:] == [("B", "same", 3), ("C", "same", 3)]


def test_a_constant_fills_what_new_rows_need(load):
    assert counts(load(Item, "count\n7\n", options=ImportOptions(constants={"code": "Z"}))) == (1, 0, 0, 0)


def test_a_constant_may_name_a_row(load):
    Maker.objects.create(name="Acme")

    load(Item, "code\nB\n", options=ImportOptions(constants={"maker": "Acme"}))

    assert Item.objects.get(code="B").maker.name == "Acme"


@pytest.mark.parametrize(
    ("constants", "words"),
    [
        ({"count": "x"}, "cannot be the value of count"),
        ({"colour": "x"}, "no field colour"),
        ({"code": "x"}, "has a column of the file"),
    ],
)
def test_constants_that_cannot_be_are_told_before_work_starts(load, constants, words):
    with pytest.raises(BadColumns, match=words):
        load(Item, "code\nB\n", options=ImportOptions(constants=constants))


# --- Rows that the file lacks ---


def test_rows_that_the_file_lacks_are_retired_when_chosen(load):
    Item.objects.create(code="C")

    result = load(Item, "code\nA\nB\n", key=["code"], options=ImportOptions(missing="retire"))

    assert result.totals.retired == 1
    assert [code for code, _label, _count in stored()] == ["A", "B"]


def test_nothing_is_retired_where_rows_were_refused(load):
    Item.objects.create(code="C")

    chosen = ImportOptions(missing="retire", skip_refused=True)
    result = load(Item, "code,count\nA,1\nC,x\n", key=["code"], options=chosen)

    assert result.totals.retired == 0
    assert [code for code, _label, _count in stored()] == ["A", "C"]


def test_without_a_key_nothing_can_be_missing(load):
    with pytest.raises(BadColumns, match="key"):
        load(Item, "code\nB\n", key=[], options=ImportOptions(missing="retire"))
