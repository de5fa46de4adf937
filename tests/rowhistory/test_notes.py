"""Changes are written down with who, when and through what, in one statement for however many."""

from itertools import pairwise

import pytest
from django.contrib.auth.models import User
from hypothesis import given
from hypothesis import strategies as st

from dynadmin.acting import acting
from dynadmin.rowhistory import RowChange, changing, note_changed, note_created, note_deleted
from dynadmin.rowhistory.notes import ranges


@given(st.sets(st.integers(0, 60)))
def test_ranges_hold_the_numbers_and_nothing_else(numbers):
    found = list(ranges(numbers))

    assert [n for first, last in found for n in range(first, last + 1)] == sorted(numbers)
    assert all(last + 1 < first for (_, last), (first, _) in pairwise(found))


def test_a_range_is_not_gone_through():
    assert list(ranges(range(5, 10**12))) == [(5, 10**12 - 1)]
    assert list(ranges(range(5, 5))) == []


@pytest.mark.django_db
def test_new_rows_are_noted_by_ranges_with_who_and_through_what():
    ada = User.objects.create_user("ada")
    with acting(ada), changing("import", unit=7):
        note_created(3, [4, 2, 3, 9])

    told = RowChange.objects.order_by("row").values_list("table", "row", "last_row", "action", "via", "unit")
    assert list(told) == [(3, 2, 4, "created", "import", 7), (3, 9, 9, "created", "import", 7)]
    assert {(change.author, change.author_name) for change in RowChange.objects.all()} == {
        (str(ada.pk), "ada")
    }


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_values_come_back_as_they_were_noted(count, django_assert_max_num_queries):
    values = {"1": 'a "\\ \n ż', "2": None, "3_1": [1, {"a": 2**70}], "4": 0.1}
    with django_assert_max_num_queries(1):  # COPY is none that Django counts
        note_changed(3, [(row, values, {"1": ""}) for row in range(count)])
    note_deleted(3, [(row, values) for row in range(count)])

    changed = RowChange.objects.filter(action="changed")
    assert [(c.row, c.before, c.after) for c in changed.order_by("row")] == [
        (row, values, {"1": ""}) for row in range(count)
    ]
    deleted = RowChange.objects.filter(action="deleted")
    assert [(c.row, c.last_row, c.before, c.after) for c in deleted.order_by("row")] == [
        (row, row, values, None) for row in range(count)
    ]


@pytest.mark.django_db
def test_nothing_is_asked_of_the_database_where_nothing_changed(django_assert_num_queries):
    with django_assert_num_queries(0):
        note_created(3, [])
        note_changed(3, [])
        note_deleted(3, iter(()))


@pytest.mark.django_db
def test_an_author_who_is_deleted_is_still_called_by_name():
    ada = User.objects.create_user("ada")
    with acting(ada):
        note_created(3, [1])
    ada.delete()

    assert RowChange.objects.get().author_name == "ada"
