"""How much is in the trash: exact where that is cheap, bounded and said to be so where it is not."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dynadmin.models.retired import trash, weigh
from tests.trash.retiring import retire, run


@pytest.fixture
def event(tables):
    table = tables.make("event", a="char", b="char", size="int", c=("char", {"null": True}))
    rows = [("x" * 10, n, None) for n in range(5)] + [("", None, "y")] * 3
    table.django_model.objects.bulk_create(
        table.django_model(a="a", b=b, size=size, c=c) for b, size, c in rows
    )
    return table


def test_values_are_counted_and_empty_texts_are_none(event):
    ids = retire(event, "b", "size", "c")

    weights = weigh(trash())

    assert [str(weights[f"c{id}"].rows) for id in ids] == ["5", "5", "3"]
    assert all(weights[f"c{id}"].bytes > 0 for id in ids)
    assert weights[f"c{ids[0]}"].bytes >= 50


def test_a_table_is_weighed_as_a_whole(event):
    pk = event.pk
    event.retire()

    weight = weigh(trash())[f"t{pk}"]

    assert str(weight.rows) == "8"
    assert weight.bytes > 50
    assert weight.size.startswith("about ") == (connection.vendor == "sqlite")


def test_beyond_the_budget_only_a_part_is_read_and_said_to_be(event, settings, monkeypatch):
    settings.DYNADMIN = {"COUNT_BUDGET": 5}
    monkeypatch.setattr("dynadmin.executor.weights.FEW", 4)
    [b] = retire(event, "b")

    weight = weigh(trash())[f"c{b}"]

    assert (str(weight.rows), weight.size) == ("at least 4", weight.size)
    assert weight.size.startswith("at least ")


def test_nothing_has_no_weight(tables):
    event = tables.make("event", a="char", b="char")
    [b] = retire(event, "b")

    weight = weigh(trash())[f"c{b}"]

    assert (str(weight.rows), weight.bytes) == ("0", 0)
    assert weigh([]) == {}


def test_the_number_of_queries_does_not_grow(tables):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert len(weigh(items := trash())) == len(items)
        return len(captured)

    for number in range(2):
        table = tables.make(f"event{number}", a="char", b="char", c="char")
        retire(table, "b")
        if number:
            table.retire()
    few = queries()
    for number in range(2, 6):
        table = tables.make(f"event{number}", a="char", b="char", c="char")
        retire(table, "b", "c")
        if number % 2:
            table.retire()

    assert queries() == few


def test_a_table_that_somebody_dropped_by_hand_breaks_nothing(tables):
    event = tables.make("event", a="char")
    pk = event.pk
    event.retire()
    run(f"DROP TABLE dyn_t{pk}")

    assert weigh(trash()) == {}
