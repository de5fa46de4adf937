"""A unit of changes is taken back, but for rows that were edited since, which are listed; preview is undo."""

import pytest
from django.db import transaction

from dynadmin.models import RowChange, undo
from dynadmin.registry import registry
from dynadmin.rowhistory import UndoTotals, UnitUndo, changing, undo_unit
from tests.rowhistory.told import told

UNIT = 5


@pytest.fixture
def trip(tables):
    tag = tables.make("tag", word="char")
    trip = tables.make(
        "trip",
        code=("char", {"unique": True, "null": True}),
        size="int",
        day="date",
        after=("foreignkey", {"target": "self", "null": True, "on_delete": "protect"}),
        tags=("manytomany", {"target": f"tables.T{tag.pk}"}),
    )
    trip.tag = tag.django_model
    return trip


@pytest.fixture
def old(trip):
    """Rows from before the unit: a, b, c, the first with a link."""
    rows = [trip.django_model.objects.create(code=code, size=1, day="2020-01-01") for code in "abc"]
    rows[0].tags.add(trip.tag.objects.create(word="x"))
    return rows


def unit(number=UNIT):
    return changing("import", unit=number)


def undone(**arguments):
    """Preview an undo, then do it; both have to say the same."""
    foreseen = undo_unit(registry.current.models, UNIT, dry_run=True, **arguments)
    before = RowChange.objects.count()
    done = undo_unit(registry.current.models, UNIT, **arguments)
    assert foreseen == done
    assert RowChange.objects.count() >= before
    return done


def state(trip):
    rows = trip.django_model.objects.order_by("pk")
    return [(r.pk, r.code, r.size, r.day, r.after_id, sorted(t.pk for t in r.tags.all())) for r in rows]


def counts(totals):
    return totals.taken_out, totals.changed_back, totals.brought_back, totals.in_the_way


def test_everything_a_unit_did_is_taken_back(trip, old):
    model, before = trip.django_model, state(trip)
    a, b, c = old
    with unit():
        new = [model.objects.create(code=code, size=2) for code in "xyz"]
        model.objects.filter(pk=new[0].pk).update(after=new[2].pk)  # and the other way round
        model.objects.filter(pk=new[2].pk).update(after=new[0].pk)
        model.objects.filter(pk__in=[a.pk, b.pk]).update(size=9, day=None)
        b.refresh_from_db()
        b.size = 10
        b.save()
        a.tags.set([trip.tag.objects.create(word="y")])
        new[1].tags.set(a.tags.all())
        model.objects.filter(pk=c.pk).delete()

    totals = undone()

    assert state(trip) == before
    assert counts(totals) == (4, 5, 1, 0)  # the tag is a new row as well
    assert set(RowChange.objects.filter(via="undo").values_list("unit", flat=True)) == {UNIT}


def test_what_is_undone_is_left_alone_afterwards(trip, old):
    with unit():
        trip.django_model.objects.filter(code="a").update(size=9)
        trip.django_model.objects.create(code="new")
    undone()
    before = state(trip)

    assert counts(undone()) == (0, 0, 0, 0)
    assert state(trip) == before


def test_rows_edited_since_stay_and_are_listed(trip, old):
    model, (a, b, c) = trip.django_model, old
    with unit():
        model.objects.update(size=9)
        new, other = model.objects.create(code="x"), model.objects.create(code="y")
        third = model.objects.create(code="z")
    model.objects.filter(pk=a.pk).update(size=10)
    model.objects.filter(pk=b.pk).update(code="bb")  # not what the unit changed
    model.objects.filter(pk=new.pk).update(size=3)
    c.after = other
    c.save(update_fields=["after"])
    third.delete()

    totals = undone()

    assert counts(totals) == (0, 2, 0, 3)
    assert {conflict.row: conflict.reason for conflict in totals.conflicts} == {
        a.pk: "“Size” was changed since: it is “10” now.",
        new.pk: "It was changed since.",
        other.pk: f"Row {c.pk} of “Trip” refers to it.",
    }
    assert dict(model.objects.values_list("code", "size")) == {"a": 10, "bb": 1, "c": 1, "x": 3, "y": None}


def test_what_cannot_be_again_is_listed(trip, old):
    model, (a, b, _c) = trip.django_model, old
    with unit():
        model.objects.filter(pk=a.pk).update(code="free")
        model.objects.filter(pk=b.pk).delete()
    model.objects.create(code="a")
    model.objects.create(code="b")

    totals = undone()

    assert counts(totals) == (0, 0, 0, 2)
    assert all("The database refuses what it was" in conflict.reason for conflict in totals.conflicts)


def test_a_row_whose_target_is_gone_stays_away(trip, old):
    model, (a, b, _c) = trip.django_model, old
    model.objects.filter(pk=a.pk).update(after=b.pk)
    with unit():
        model.objects.filter(pk=a.pk).delete()
    b.delete()

    totals = undone()

    assert [conflict.reason for conflict in totals.conflicts] == ["What its “After” refers to was deleted."]


def test_a_deleted_field_comes_back_with_the_rows_that_came_back(trip, old):
    with unit():
        trip.django_model.objects.filter(code="a").delete()
    trip.fields.get(name="size").delete()
    revision = trip.sync(allow_destructive=True)
    undone()

    undo(revision)
    assert trip.django_model.objects.get(code="a").size == 1


def test_a_table_that_is_gone_is_in_the_way(trip, old):
    with unit():
        trip.tag.objects.create(word="new")
        trip.django_model.objects.filter(code="a").update(size=9)
    trip.retire()

    totals = undone()

    assert counts(totals) == (1, 0, 0, 1)


def test_an_undo_goes_on_where_it_was_interrupted(trip, old, monkeypatch):
    monkeypatch.setattr("dynadmin.rowhistory.undoing.BATCH", 2)
    with unit():
        trip.tag.objects.create(word="new")
        for size in range(2, 6):
            trip.django_model.objects.filter(code="a").update(size=size)
    totals, taken = UndoTotals(), 0
    while True:
        part = UnitUndo(registry.current.models, UNIT, totals=UndoTotals.from_json(totals.to_json()))
        batch = next(iter(part.batches()), None)
        if batch is None:
            break
        with transaction.atomic():
            part.take(batch)
        totals, taken = part.totals, taken + len(batch)

    assert (taken, counts(totals)) == (5, (1, 4, 0, 0))
    assert trip.django_model.objects.get(code="a").size == 1


def test_an_undo_costs_statements_by_the_batch_not_by_the_row(trip, django_assert_max_num_queries):
    model = trip.django_model
    leaders = model.objects.bulk_create(model(code=f"leader {n}") for n in range(20))
    with unit():
        made = model.objects.bulk_create(
            model(code=str(n), after=leaders[n % len(leaders)]) for n in range(50)
        )
        model.objects.update(size=3)
        model.objects.filter(pk__in=[row.pk for row in made[:20]]).delete()

    with django_assert_max_num_queries(60):
        totals = undo_unit(registry.current.models, UNIT)

    assert counts(totals) == (50, 20, 20, 0)
    assert set(model.objects.all()) == set(leaders)
    assert told(trip)[-1][0] == "deleted"
