"""Rules on whole rows that a relation has a part in: in forms, files, the API and the database."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from dynadmin.exceptions import RefusedChange
from dynadmin.executor import preview
from dynadmin.executor.drift import find_drift
from dynadmin.models import DynamicConstraint, undo
from dynadmin.registry import registry
from tests.test_relations import to


@pytest.fixture
def seats(tables):
    """Seats of planes: two of a plane cannot have one number."""
    planes = tables.make("planes", tail="char")
    seats = tables.make("seats", number="int", plane=to(planes))
    for tail in ("N1", "N2"):
        planes.django_model.objects.create(tail=tail)
    return seats


def rule(table, kind, *names, **given):
    ids = [table.fields.get(name=name).pk for name in names]
    return DynamicConstraint.objects.create(model=table, kind=kind, fields=ids, rule=given)


def seat(table, number, plane):
    return table.django_model(number=number, plane_id=plane)


def test_a_number_is_given_once_for_each_row_that_is_referred_to(seats):
    rule(seats, "unique", "number", "plane")
    seats.sync()
    seat(seats, 1, 1).save()
    seat(seats, 1, 2).save()

    with pytest.raises(ValidationError, match="has the same “Number” and “Plane”"):
        seat(seats, 1, 1).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        seat(seats, 1, 1).save()
    assert list(find_drift(registry.newest.schema)) == []


def test_rows_that_break_the_rule_already_are_named(seats):
    for _number in range(2):
        seat(seats, 1, 1).save()
    rule(seats, "unique", "number", "plane")

    obstacles = preview(seats.plan()).obstacles

    assert len(obstacles) == 1
    with pytest.raises(RefusedChange):
        seats.sync()


def test_an_index_goes_over_a_relation(seats):
    rule(seats, "index", "plane", "number")
    seats.sync()

    assert [index.fields for index in seats.django_model._meta.indexes] == [["plane", "number"]]
    assert list(find_drift(registry.newest.schema)) == []


def test_the_rule_goes_with_the_relation_and_comes_back_when_that_is_undone(seats):
    rule(seats, "unique", "number", "plane")
    seats.sync()
    seats.fields.get(name="plane").delete()
    revision = seats.sync(allow_destructive=True)
    undo(revision)

    assert [each.kind for each in registry.newest.schema.tables[seats.pk].constraints] == ["unique"]


def test_a_relation_is_compared_with_nothing(seats):
    rule(seats, "check", "plane", operator="==", value="1")

    with pytest.raises(ValidationError, match="cannot be compared"):
        seats.sync()
