"""Run in the shell of the project: tables that refer to each other in a circle, and one that stays behind."""

from django.contrib.auth.models import User

from dynadmin.models import DynamicConstraint, DynamicField, DynamicModel, sync_all

planes, airports, flights, trips, legs = (
    DynamicModel.objects.create(name=name, label=name.capitalize())
    for name in ("planes", "airports", "flights", "trips", "legs")
)


def add(table, name, type, to=None, **options):
    if to is not None:
        options["target"] = to if isinstance(to, str) else f"tables.T{to.pk}"
    position = table.fields.count()
    return DynamicField.objects.create(model=table, name=name, type=type, options=options, position=position)


add(planes, "tail", "char")
add(planes, "home", "foreignkey", to=airports, related_name="based")
add(planes, "last", "onetoone", to=flights, related_name="last_of")
add(airports, "code", "char")
add(airports, "hub", "foreignkey", to=airports, on_delete="set_empty", related_name="spokes")
add(airports, "near", "manytomany", to="self", related_name="near_to")
number = add(flights, "number", "int")
add(flights, "plane", "foreignkey", to=planes, on_delete="protect", related_name="flights", null=False)
add(flights, "first", "onetoone", to=airports, on_delete="cascade", related_name="first_of")
add(flights, "via", "manytomany", to=airports, limit=[{"field": "code", "operator": "!=", "value": "JFK"}])
add(flights, "owner", "foreignkey", to="auth.User", on_delete="set_empty")
add(flights, "followers", "manytomany", to="auth.User")
add(flights, "tail", "lookup", source="plane.tail")
add(trips, "name", "char")
limit = [{"field": "number", "operator": ">", "value": "1"}]
add(trips, "flight", "foreignkey", to=flights, on_delete="cascade", related_name="trips", limit=limit)
add(trips, "stops", "manytomany", to=airports)
add(legs, "flight", "foreignkey", to=flights, related_name="legs", limit=limit)
old = add(trips, "old", "foreignkey", to=planes)
sync_all()
plane = flights.fields.get(name="plane")
DynamicConstraint.objects.create(model=flights, kind="unique", fields=[number.pk, plane.pk])
flights.sync()
old.delete()
trips.sync(allow_destructive=True)

ann = User.objects.create_user("ann")
jfk = airports.django_model.objects.create(code="JFK")
ewr = airports.django_model.objects.create(code="EWR", hub=jfk)
ewr.near.add(jfk)
n1 = planes.django_model.objects.create(tail="N1", home=jfk)
flight = flights.django_model.objects.create(number=2, plane=n1, first=jfk, owner=ann)
planes.django_model.objects.update(last=flight)
legs.django_model.objects.create(flight=flight)
flight.via.add(jfk, ewr)
flight.followers.add(ann)
trip = trips.django_model.objects.create(name="Home", flight=flight)
trip.stops.add(ewr)
