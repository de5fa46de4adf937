"""Fields computed from related rows: in the query of the row itself, never one for each."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Sum

from dynadmin.exceptions import RefusedChange
from dynadmin.executor.drift import find_current_drift
from dynadmin.fieldtypes.computed.sources import editing, offered_sources
from dynadmin.models import plan_all, restore_field, restore_table, sync_all, undo
from dynadmin.models.limits import limit_by_names
from dynadmin.registry import registry
from tests.test_relations import to


@pytest.fixture
def fleet(tables):
    """Makers, their planes, and flights of the planes."""
    makers = tables.make("makers", title="char")
    planes = tables.make("planes", tail="char", maker=to(makers))
    flights = tables.make(
        "flights",
        distance="int",
        fare=("decimal", {"max_digits": 8, "decimal_places": 2}),
        day="date",
        delayed="bool",
        plane=to(planes, on_delete="cascade"),
    )
    return makers, planes, flights


@pytest.fixture
def rows(fleet):
    makers, planes, flights = (table.django_model for table in fleet)
    boeing = makers.objects.create(title="Boeing")
    n1, n2 = (planes.objects.create(tail=tail, maker=boeing) for tail in ("N1", "N2"))
    for distance, fare, day, delayed in (
        (100, "10.10", "2024-01-01", True),
        (300, "20.20", "2024-01-03", False),
    ):
        flights.objects.create(distance=distance, fare=fare, day=day, delayed=delayed, plane=n1)
    return n1, n2


def rollup(source, function="count", **options):
    return "rollup", {"source": source, "function": function, **options}


def lookup(source):
    return "lookup", {"source": source}


def test_a_lookup_shows_a_value_of_the_related_row(tables, fleet, rows, django_assert_num_queries):
    tables.add(fleet[2], tail=lookup("plane.tail"))
    fleet[2].sync()
    flights = fleet[2].django_model

    with django_assert_num_queries(1):
        assert [flight.tail for flight in flights.objects.all()] == ["N1", "N1"]
    assert flights.objects.filter(tail="N1", tail__startswith="N").count() == 2
    assert flights.objects.order_by("-tail").values_list("tail", flat=True)[0] == "N1"


def test_a_lookup_of_a_row_that_refers_to_none_is_empty(tables, fleet):
    tables.add(fleet[2], tail=lookup("plane.tail"))
    fleet[2].sync()

    flight = fleet[2].django_model.objects.create(distance=1, fare=1, day="2024-01-01")

    assert fleet[2].django_model.objects.get(pk=flight.pk).tail is None


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (rollup("flights.plane"), {"N1": 2, "N2": 0}),
        (rollup("flights.plane.distance", "sum"), {"N1": 400, "N2": 0}),
        (rollup("flights.plane.distance", "average"), {"N1": 200.0, "N2": None}),
        (rollup("flights.plane.fare", "sum"), {"N1": Decimal("30.30"), "N2": Decimal(0)}),
        (rollup("flights.plane.fare", "max"), {"N1": Decimal("20.20"), "N2": None}),
        (rollup("flights.plane.distance", "min"), {"N1": 100, "N2": None}),
        (
            rollup("flights.plane", limit=[{"field": "delayed", "operator": "=", "value": "true"}]),
            {"N1": 1, "N2": 0},
        ),
        (
            rollup("flights.plane", limit=[{"field": "distance", "operator": ">", "value": "100"}]),
            {"N1": 1, "N2": 0},
        ),
    ],
    ids=lambda value: value[1]["source"] + value[1]["function"] if isinstance(value, tuple) else "",
)
def test_a_rollup_sums_up_the_rows_that_refer(
    tables, fleet, rows, options, expected, django_assert_num_queries
):
    tables.add(fleet[1], summary=options)
    fleet[1].sync()
    planes = fleet[1].django_model

    with django_assert_num_queries(1):
        assert {plane.tail: plane.summary for plane in planes.objects.all()} == expected
    assert planes.objects.filter(summary=expected["N1"]).get().tail == "N1"


def test_the_limit_of_a_source_that_was_chosen_from_the_list_may_name_fields(tables, fleet, rows):
    plane, delayed = fleet[2].fields.get(name="plane"), fleet[2].fields.get(name="delayed")
    limit = [{"field": "delayed", "operator": "=", "value": "true"}]
    tables.add(fleet[1], late=rollup(f"{plane.pk}", limit=limit))
    fleet[1].sync()

    field = fleet[1].fields.get(name="late")
    assert fleet[1].django_model.objects.get(tail="N1").late == 1
    assert field.options["limit"][0]["field"] == delayed.pk
    assert limit_by_names(field)["limit"] == limit


def test_a_limit_on_a_field_that_is_not_there_is_refused(tables, fleet):
    limit = [{"field": "nothing", "operator": "=", "value": "true"}]
    tables.add(fleet[1], late=rollup("flights.plane", limit=limit))

    with pytest.raises(ValidationError, match="“nothing” is no field"):
        fleet[1].sync()


@pytest.mark.parametrize(("to_many", "queries"), [(False, 2), (True, 3)])
def test_what_there_is_to_choose_from_takes_as_many_queries_for_many_relations(
    tables, fleet, to_many, queries, django_assert_num_queries
):
    for number in range(3):
        tables.add(fleet[0], **{f"plane_{number}": to(fleet[1])})
        tables.add(fleet[1], **{f"maker_{number}": to(fleet[0])})

    with editing(fleet[1].pk), django_assert_num_queries(queries):
        offered = [title for _value, title in offered_sources(to_many=to_many)]

    assert {"Makers (Plane 1) › Title" if to_many else "Maker 1 › Title"} < set(offered)


def test_what_another_table_cannot_show_is_not_offered(tables, fleet):
    tables.add(fleet[0], data="json", paper="file", motto="char")

    with editing(fleet[1].pk):
        offered = {title for _value, title in offered_sources(to_many=False)}

    assert {"Maker › Title", "Maker › Motto"} <= offered
    assert not {"Maker › Data", "Maker › Paper"} & offered


def test_computed_fields_are_made_of_computed_fields(tables, fleet, rows):
    tables.add(fleet[1], flown=rollup("flights.plane.distance", "sum"))
    fleet[1].sync()
    tables.add(fleet[0], flown=rollup("planes.maker.flown", "sum"))
    tables.add(fleet[2], plane_flown=lookup("plane.flown"))
    sync_all([fleet[0], fleet[2]])

    assert fleet[0].django_model.objects.get().flown == 400
    assert set(fleet[2].django_model.objects.values_list("plane_flown", flat=True)) == {400}


def test_links_are_summed_up_from_both_sides(tables):
    tags = tables.make("tags", word="char", weight="int")
    notes = tables.make("notes", text="char", tags=to(tags, "manytomany"))
    tables.add(notes, weight=rollup("tags.weight", "sum"))
    tables.add(tags, notes_count=rollup("notes.tags"))
    sync_all([notes, tags])
    red, blue = (tags.django_model.objects.create(word=word, weight=3) for word in ("red", "blue"))
    note = notes.django_model.objects.create(text="x")
    note.tags.set([red, blue])

    assert notes.django_model.objects.get().weight == 6
    assert tags.django_model.objects.get(pk=red.pk).notes_count == 1


def test_links_to_the_table_itself_are_summed_up_the_way_they_lead(tables):
    parts = tables.define("parts", title="char", weight="int")
    tables.add(parts, needs=to(parts, "manytomany"))
    parts.sync()
    tables.add(parts, inside=rollup("needs.weight", "sum"), needed=rollup("needs"))
    parts.sync()
    car, wheel, bolt = (parts.django_model.objects.create(title=name, weight=4) for name in "cwb")
    car.needs.set([wheel, bolt])

    found = {part.title: (part.inside, part.needed) for part in parts.django_model.objects.all()}

    assert found == {"c": (8, 2), "w": (0, 0), "b": (0, 0)}


def test_a_table_sums_up_the_rows_of_its_own_that_refer_to_a_row(tables):
    parts = tables.define("parts", title="char", weight="int")
    tables.add(parts, whole=to(parts, related_name="pieces"))
    parts.sync()
    tables.add(parts, of=lookup("whole.title"), inside=rollup("parts.whole.weight", "sum"))
    parts.sync()
    car = parts.django_model.objects.create(title="car", weight=5)
    parts.django_model.objects.create(title="wheel", weight=2, whole=car)

    car, wheel = parts.django_model.objects.order_by("pk")

    assert (car.of, car.inside) == (None, 2)
    assert (wheel.of, wheel.inside) == ("car", 0)


def test_a_new_row_has_its_computed_values_when_asked(tables, fleet, rows):
    tables.add(fleet[2], tail=lookup("plane.tail"))
    fleet[2].sync()

    flight = fleet[2].django_model.objects.create(distance=1, fare=1, day="2024-01-01", plane_id=rows[1].pk)

    assert flight.tail == "N2"


def test_counting_and_summing_up_ask_for_no_computed_field(tables, fleet, rows, django_assert_num_queries):
    tables.add(fleet[1], flown=rollup("flights.plane.distance", "sum"))
    fleet[1].sync()
    planes = fleet[1].django_model

    with django_assert_num_queries(1) as captured:
        assert planes.objects.count() == 2
    assert "SUM" not in captured[0]["sql"]
    assert planes.objects.aggregate(all=Sum("flown"))["all"] == 400
    assert planes.objects.filter(flown=0).delete()[0] == 1
    assert planes.objects.filter(flown__gt=0).update(tail="N9") == 1


def test_renaming_what_a_field_is_made_of_changes_nothing(tables, fleet, rows):
    tables.add(fleet[2], tail=lookup("plane.tail"))
    fleet[2].sync()
    fleet[1].fields.filter(name="tail").update(name="number")
    fleet[2].fields.filter(name="plane").update(name="aircraft")
    sync_all(fleet)

    assert set(fleet[2].django_model.objects.values_list("tail", flat=True)) == {"N1"}


def test_what_a_computed_field_is_made_of_is_not_retired_without_it(tables, fleet):
    tables.add(fleet[2], tail=lookup("plane.tail"))
    fleet[2].sync()
    fleet[1].fields.filter(name="tail").delete()

    with pytest.raises(RefusedChange, match="“Tail” of “Flights” cannot be computed"):
        fleet[1].sync(allow_destructive=True)


def test_a_circle_is_refused(tables, fleet):
    tables.add(fleet[1], summary=rollup("flights.plane.distance", "sum"))
    fleet[1].sync()
    tables.add(fleet[2], back=lookup("plane.summary"))
    fleet[2].sync()
    summary, back = fleet[1].fields.get(name="summary"), fleet[2].fields.get(name="back")
    summary.options["source"] = f"{fleet[2].fields.get(name='plane').pk}.{back.pk}"
    summary.save()

    with pytest.raises(RefusedChange, match="made of itself"):
        fleet[1].sync()


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        (2, lookup("plane.nothing"), "no relation and field"),
        (2, lookup("distance.plane"), "no relation and field"),
        (2, lookup("???"), "not a relation and a field"),
        (1, rollup("flights.distance"), "no relation and field"),
    ],
)
def test_a_source_that_is_not_there_is_refused_in_words(tables, fleet, table, options, message):
    tables.add(fleet[table], wrong=options)

    with pytest.raises(ValidationError, match=message):
        fleet[table].sync()


@pytest.mark.parametrize(
    ("source", "function"), [("flights.plane.day", "sum"), ("flights.plane.delayed", "max")]
)
def test_a_function_that_makes_nothing_of_such_values_is_refused(tables, fleet, source, function):
    tables.add(fleet[1], wrong=rollup(source, function))

    with pytest.raises(RefusedChange, match="cannot be had"):
        fleet[1].sync()


def test_a_computed_field_may_be_removed_and_restored(tables, fleet, rows):
    tables.add(fleet[2], tail=lookup("plane.tail"))
    tail = fleet[2].fields.get(name="tail").pk
    fleet[2].sync()
    fleet[2].fields.filter(name="tail").delete()
    fleet[2].sync(allow_destructive=True)
    assert not hasattr(fleet[2].django_model, "tail")

    restore_field(fleet[2].pk, tail)

    assert fleet[2].django_model.objects.values_list("tail", flat=True)[0] == "N1"


def test_what_is_converted_is_summed_up_as_what_it_became(tables, fleet, rows):
    tables.add(fleet[1], miles=rollup("flights.plane.distance", "sum"))
    fleet[1].sync()
    distance = fleet[2].fields.get(name="distance")
    distance.type, distance.options = "decimal", {"max_digits": 10, "decimal_places": 1}
    distance.save()
    fleet[2].sync()

    assert fleet[1].django_model.objects.get(tail="N1").miles == Decimal("400.0")

    distance.type, distance.options = "char", {}
    distance.save()
    with pytest.raises(RefusedChange, match="cannot be had of the values of “Distance”"):
        fleet[2].sync()


def test_a_field_that_a_condition_is_on_is_not_retired_before(tables, fleet):
    limit = [{"field": "delayed", "operator": "=", "value": "true"}]
    tables.add(fleet[1], late=rollup("flights.plane", limit=limit))
    fleet[1].sync()
    fleet[2].fields.filter(name="delayed").delete()

    with pytest.raises(RefusedChange, match="a condition is on a field that is not there in “Flights”"):
        fleet[2].sync(allow_destructive=True)


def test_a_table_goes_with_all_that_is_computed_from_it(tables, fleet, rows):
    tables.add(fleet[1], flown=rollup("flights.plane.distance", "sum"))
    fleet[1].sync()
    tables.add(fleet[2], tail=lookup("plane.tail"))
    tables.add(fleet[0], flown=rollup("planes.maker.flown", "sum"))
    sync_all([fleet[0], fleet[2]])

    with pytest.raises(RefusedChange, match="“Plane” of “Flights”"):
        fleet[1].retire()
    undone = fleet[1].retire(with_references=True)

    fields = {f.name for table in registry.newest.schema.live_tables for f in table.live_fields}
    assert fields.isdisjoint({"plane", "tail", "flown"})
    assert plan_all().is_empty
    undo(undone)
    assert fleet[0].django_model.objects.get().flown == 400


def test_a_table_comes_back_without_what_is_computed_from_the_trash(tables, fleet, rows):
    tables.add(fleet[2], tail=lookup("plane.tail"))
    fleet[2].sync()
    fleet[2].retire()
    fleet[1].retire()

    restore_table(fleet[2].pk)

    names = [f.name for f in registry.newest.schema.tables[fleet[2].pk].live_fields]
    assert names == ["distance", "fare", "day", "delayed"]


def test_a_computed_field_becomes_one_of_the_other_type_and_back(tables, fleet, rows):
    tables.add(fleet[1], about=lookup("maker.title"))
    fleet[1].sync()
    slug, options = rollup("flights.plane")
    field = fleet[1].fields.get(name="about")
    field.type, field.options = slug, options
    field.full_clean()
    field.save()

    counted = fleet[1].sync()

    assert [plane.about for plane in fleet[1].django_model.objects.order_by("tail")] == [2, 0]
    undo(counted)
    assert {plane.about for plane in fleet[1].django_model.objects.all()} == {"Boeing"}
    assert find_current_drift(notes=True) == []
