"""Tables that refer to each other, to themselves, and to models of the host project."""

import gc
import weakref

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Count
from django.forms import modelform_factory

from dynadmin.exceptions import RefusedChange
from dynadmin.executor.drift import find_current_drift
from dynadmin.models import sync_all
from dynadmin.registry import registry
from dynadmin.schema import target_of

User = get_user_model()


def to(table, slug="foreignkey", **options):
    """Return a relation to a table, or to a static model by its label."""
    target = table if isinstance(table, str) else target_of(table.pk)
    return slug, {"target": target, **options}


def make_fleet(tables):
    """Planes, tags, and flights that refer to both and to users: to planes only that are active."""
    planes = tables.make("planes", label="Planes", tail="char", active="bool", notes="json")
    tags = tables.make("tags", word="char")
    active = {"field": "active", "operator": "=", "value": "true"}
    flights = tables.make(
        "flights",
        label="Flights",
        number="int",
        plane=to(planes, null=True, blank=True, limit=[active]),
        pilot=to("auth.User", null=True, blank=True),
        tags=to(tags, "manytomany", blank=True),
    )
    return planes, tags, flights


@pytest.fixture
def fleet(tables):
    """Planes, and flights that refer to them."""
    planes = tables.make("planes", tail="char")
    flights = tables.make("flights", number="int", plane=to(planes))
    return planes, flights


def fly(fleet):
    planes, flights = (table.django_model for table in fleet)
    plane = planes.objects.create(tail="N1")
    return plane, [flights.objects.create(number=number, plane=plane) for number in (1, 2)]


def test_a_relation_is_followed_in_both_directions(fleet):
    plane, (first, second) = fly(fleet)

    assert first.plane == plane
    assert list(plane.flights.order_by("number")) == [first, second]


def test_queries_cross_a_relation_in_both_directions(fleet):
    plane, (first, _second) = fly(fleet)
    planes, flights = (table.django_model for table in fleet)

    assert flights.objects.filter(plane__tail="N1").count() == 2
    assert planes.objects.get(flights__number=1) == plane
    assert planes.objects.annotate(number=Count("flights")).get().number == 2
    assert planes.objects.prefetch_related("flights").get().flights.all()[0].pk == first.pk


def test_a_column_added_to_the_target_is_seen_through_the_relation(fleet, tables):
    _plane, (first, _second) = fly(fleet)
    tables.add(fleet[0], seats="int")
    fleet[0].sync()

    flight = fleet[1].django_model.objects.select_related("plane").get(pk=first.pk)

    assert flight.plane.seats is None
    assert fleet[1].django_model.objects.filter(plane__seats__isnull=True).count() == 2


def test_classes_replaced_by_a_change_are_garbage(fleet, tables):
    fly(fleet)
    old = [weakref.ref(table.django_model) for table in fleet]

    tables.add(fleet[0], seats="int")
    fleet[0].sync()
    gc.collect()

    assert [reference() for reference in old] == [None, None]


def test_a_request_that_began_before_a_change_ends_with_the_classes_it_began_with(fleet, tables):
    fly(fleet)
    with registry.in_use() as snapshot:
        old_plane = snapshot.model(fleet[0].pk).objects.get()
        registry._pinned.set(None)
        tables.add(fleet[0], seats="int")
        fleet[0].sync()
        registry._pinned.set(snapshot)

        assert [flight.number for flight in old_plane.flights.order_by("number")] == [1, 2]
        with pytest.raises(models.ProtectedError):
            old_plane.delete()


@pytest.mark.parametrize(
    ("on_delete", "left"), [("protect", None), ("set_empty", [None, None]), ("cascade", [])]
)
def test_deletion_does_what_the_relation_says(tables, on_delete, left):
    planes = tables.make("planes", tail="char")
    flights = tables.make("flights", number="int", plane=to(planes, on_delete=on_delete))
    plane, _flights = fly((planes, flights))

    if left is None:
        with pytest.raises(models.ProtectedError):
            plane.delete()
        left = [plane.pk, plane.pk]
    else:
        plane.delete()

    assert list(flights.django_model.objects.values_list("plane", flat=True)) == left


def test_the_database_itself_refuses_an_id_that_is_not_there(fleet):
    with pytest.raises(IntegrityError), transaction.atomic():
        fleet[1].django_model.objects.create(number=1, plane_id=999)


def test_tables_refer_to_each_other_in_a_circle(tables):
    people = tables.define("people", first="char")
    teams = tables.define("teams", title="char", leader=to(people, related_name="leads"))
    tables.add(people, team=to(teams))
    sync_all([people, teams])

    ann = people.django_model.objects.create(first="Ann")
    team = teams.django_model.objects.create(title="One", leader=ann)
    ann.team = team
    ann.save()
    assert ann.leads.get().people.get() == ann


def test_a_table_refers_to_itself(tables):
    parts = tables.define("parts", title="char")
    tables.add(parts, whole=to(parts, related_name="pieces"))
    parts.sync()
    car = parts.django_model.objects.create(title="car")
    wheel = parts.django_model.objects.create(title="wheel", whole=car)

    assert list(car.pieces.all()) == [wheel]


def test_two_relations_to_one_table_have_names_of_their_own(tables):
    airports = tables.make("airports", code="char")
    flights = tables.make("flights", origin=to(airports), target=to(airports))
    here, there = (airports.django_model.objects.create(code=code) for code in ("WAW", "EWR"))
    flight = flights.django_model.objects.create(origin=here, target=there)

    assert list(here.flights.all()) == [flight]
    assert list(there.flights_target.all()) == [flight]


def test_a_reverse_name_stays_when_the_table_is_renamed(fleet):
    fleet[1].name = "journeys"
    fleet[1].save()
    fleet[1].sync()

    assert hasattr(fleet[0].django_model, "flights")


def test_a_reverse_name_that_is_a_field_is_refused(tables):
    planes = tables.make("planes", tail="char")
    flights = tables.define("flights", plane=to(planes, related_name="tail"))

    with pytest.raises(RefusedChange, match="another name from the other side"):
        flights.sync()


def test_a_user_gets_no_attribute_and_is_protected_all_the_same(tables):
    before = set(dir(User))
    notes = tables.make("notes", text="char", author=to("auth.User", related_name="notes"))
    user = User.objects.create(username="ann")
    notes.django_model.objects.create(text="x", author=user)

    assert set(dir(User)) - {"_meta"} <= before
    with pytest.raises(models.ProtectedError):
        user.delete()


def test_links_to_many_rows_are_set_and_read_from_both_sides(tables):
    tags = tables.make("tags", word="char")
    notes = tables.make("notes", text="char", tags=to(tags, "manytomany"))
    red, blue = (tags.django_model.objects.create(word=word) for word in ("red", "blue"))
    note = notes.django_model.objects.create(text="x")

    note.tags.set([red, blue])
    note.tags.remove(blue)

    assert list(note.tags.all()) == [red]
    assert list(red.notes.all()) == [note]
    assert notes.django_model.objects.filter(tags__word="red").count() == 1


def test_a_deleted_row_takes_its_links_along(tables):
    tags = tables.make("tags", word="char")
    notes = tables.make("notes", text="char")
    tables.add(notes, tags=to(tags, "manytomany"))
    notes.sync()
    red = tags.django_model.objects.create(word="red")
    note = notes.django_model.objects.create(text="x")
    note.tags.add(red)

    red.delete()

    assert list(note.tags.all()) == []
    note.delete()


def test_one_to_one_refers_to_a_row_once(tables):
    people = tables.make("people", first="char")
    cards = tables.make("cards", number="int", owner=to(people, "onetoone", related_name="card"))
    ann = people.django_model.objects.create(first="Ann")
    card = cards.django_model.objects.create(number=1, owner=ann)

    assert ann.card == card
    with pytest.raises(IntegrityError), transaction.atomic():
        cards.django_model.objects.create(number=2, owner=ann)


def test_a_table_that_is_referred_to_is_not_retired_without_the_fields(fleet):
    with pytest.raises(RefusedChange, match="“Plane” of “Flights”"):
        fleet[0].retire()


def test_a_relation_to_a_table_that_was_never_applied_is_refused(tables):
    planes = tables.define("planes", tail="char")
    flights = tables.define("flights", plane=to(planes))

    with pytest.raises(RefusedChange, match="never applied"):
        flights.sync()


def test_only_rows_that_the_limit_allows_are_chosen(tables):
    planes = tables.make("planes", tail="char", active="bool")
    limit = [{"field": "active", "operator": "=", "value": "true"}]
    flights = tables.make("flights", plane=to(planes, limit=limit))
    for tail, active in (("N1", True), ("N2", False)):
        planes.django_model.objects.create(tail=tail, active=active)
    planes.fields.filter(name="active").update(name="in_use")
    planes.sync()

    form = modelform_factory(flights.django_model, fields=["plane"])()

    assert [plane.tail for plane in form.fields["plane"].queryset] == ["N1"]


def test_a_view_has_the_ids_of_a_relation_under_the_name_of_its_attribute(fleet):
    plane, _flights = fly(fleet)
    view = "tables.flights" if connection.vendor == "postgresql" else "tables_flights"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT plane_id FROM {view}")
        assert cursor.fetchall() == [(plane.pk,)] * 2


def test_other_options_of_links_change_nothing_of_them_whatever_was_decided_of_values(tables):
    tags = tables.make("tags", word="char")
    notes = tables.make("notes", text="char", tags=to(tags, "manytomany"))
    note, tag = notes.django_model.objects.create(), tags.django_model.objects.create(word="red")
    note.tags.add(tag)
    field = notes.fields.get(name="tags")
    field.options |= {"limit": [{"field": "word", "operator": "=", "value": "blue"}]}
    field.save()

    notes.sync(on_failure={"tags": "empty"})

    assert notes.django_model.objects.get().tags.get().pk == tag.pk
    assert find_current_drift(notes=True) == []
