"""Columns of large tables become relations while people write, as those of small ones do at once."""

import pytest

from dynadmin.exceptions import Obstructed
from dynadmin.schema import target_of
from tests.online.support import STEPS, alter, fill, structure_of, traces

pytestmark = pytest.mark.usefixtures("everything_is_large")


@pytest.fixture
def planes(tables):
    table = tables.make("planes", tail=("char", {"unique": True, "max_length": 10}))
    fill(table, 10, lambda n: {"tail": f"N{n}"})
    return table


@pytest.fixture
def flights(tables):
    table = tables.make("flights", number="int", plane="char")
    fill(table, 40, lambda n: {"number": n, "plane": f"N{n % 10}"})
    return table


def tails(flights):
    return dict(flights.django_model.objects.values_list("number", "plane__tail"))


@pytest.mark.parametrize("step", STEPS)
def test_what_is_written_meanwhile_becomes_a_row_too(flights, planes, at_step, step):
    old, plane = flights.django_model, planes.django_model

    def write(now):
        if now == step and not old.objects.filter(number=100).exists():
            plane.objects.create(tail="late")
            old.objects.create(number=100, plane="late")
            old.objects.filter(number=1).update(plane="N9")

    with at_step(write):
        alter(flights, "plane", "foreignkey", target=target_of(planes.pk))

    assert tails(flights) == {n: f"N{n % 10}" for n in range(40)} | {1: "N9", 100: "late"}
    assert traces() == []


@pytest.mark.parametrize("step", ["fill", "contract"])
def test_rows_are_made_of_what_is_written_meanwhile(flights, planes, at_step, step):
    old = flights.django_model
    old.objects.filter(number=7).update(plane="missing")

    def write(now):
        if now == step and not old.objects.filter(number=100).exists():
            old.objects.create(number=100, plane="newer")

    with at_step(write):
        alter(flights, "plane", "foreignkey", on_failure="create", target=target_of(planes.pk))

    assert (tails(flights)[7], tails(flights)[100]) == ("missing", "newer")
    assert planes.django_model.objects.count() == 12


@pytest.mark.parametrize("step", STEPS)
def test_a_text_written_meanwhile_of_which_no_row_can_be_made_stops_the_change(
    flights, planes, at_step, step
):
    old = flights.django_model
    before, first = structure_of(flights), old.objects.first().pk

    def write(now):
        if now == step:
            old.objects.filter(pk=first).update(plane="longer than any tail")

    with at_step(write), pytest.raises(Obstructed, match=f"that do not fit.*Rows: {first}"):
        alter(flights, "plane", "foreignkey", on_failure="create", target=target_of(planes.pk))

    assert structure_of(flights) == before
    assert traces() == []
