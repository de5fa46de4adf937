"""``retiredynamic`` and ``restoredynamic``: the trash from the shell, relations included."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from dynadmin.models import DynamicModel, SchemaChange
from dynadmin.models.retired import trash
from dynadmin.schema import target_of


def run(*arguments: str) -> list[str]:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue().splitlines()


@pytest.fixture
def fleet(tables):
    planes = tables.make("planes", tail="char")
    flights = tables.make("flights", number="int", plane=("foreignkey", {"target": target_of(planes.pk)}))
    tables.add(flights, tail=("lookup", {"source": "plane.tail"}))
    flights.sync()
    flights.django_model.objects.create(number=1, plane=planes.django_model.objects.create(tail="N1"))
    return planes, flights


def test_nothing_goes_without_a_yes(fleet):
    lines = run("retiredynamic", "planes", "--with-references")

    assert [line.partition(":")[0] for line in lines] == [
        "Retire table “Planes”",
        "Retire field “Plane” of “Flights”",
        "Retire field “Tail” of “Flights”",
        "Nothing was done; --yes does it.",
    ]
    assert trash() == ()


def test_a_table_goes_with_what_refers_to_it_and_all_comes_back_in_order(fleet):
    planes, flights = fleet
    plane, tail = (flights.fields.get(name=name).pk for name in ("plane", "tail"))
    with pytest.raises(CommandError, match="--with-references does that"):
        run("retiredynamic", "planes", "--yes")
    run("retiredynamic", "planes", "--with-references", "--yes")

    with pytest.raises(CommandError, match="computed from “Plane” of “Flights”, which is in the trash"):
        run("restoredynamic", f"c{tail}")
    run("restoredynamic", f"t{planes.pk}", f"c{plane}", f"c{tail}")

    assert trash() == ()
    assert DynamicModel.objects.get(name="flights").django_model.objects.get().tail == "N1"


def test_what_stands_in_the_way_is_not_put_down_to_references(fleet):
    planes, _flights = fleet
    SchemaChange.objects.create(plan={}, tables=[planes.pk], operations=["Make it another"])

    with pytest.raises(CommandError, match=r"is being carried out .* or cancel it\.$"):
        run("retiredynamic", "planes", "--with-references", "--yes")


def test_relations_to_rows_that_are_gone_are_emptied_when_that_is_said(fleet):
    planes, flights = fleet
    plane = flights.fields.get(name="plane").pk
    flights.fields.filter(name__in=["plane", "tail"]).delete()
    flights.sync(allow_destructive=True)
    planes.django_model.objects.all().delete()

    with pytest.raises(CommandError, match=f"c{plane}: "):
        run("restoredynamic", f"c{plane}")
    run("restoredynamic", f"c{plane}", "--without-gone")

    assert flights.django_model.objects.get().plane is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["retiredynamic", "ghosts"], "no definition of a table 'ghosts'"),
        (["restoredynamic", "x"], "'x' is not the key of anything"),
        (["restoredynamic", "t99"], "no t99 in the trash"),
    ],
)
def test_what_is_not_there_is_said(db, arguments, words):
    with pytest.raises(CommandError, match=words):
        run(*arguments)
