"""Run in the shell of the project, when the tables of the circle are models: relations are what they were."""

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import ProtectedError
from shop.models import Airports, Flights, Legs, Planes

from dynadmin.models import DynamicField, DynamicModel, plan_all
from dynadmin.registry import registry

registry.refresh()
flight = Flights.objects.get()
jfk, ewr = Airports.objects.order_by("pk")
assert (flight.plane.tail, flight.first, flight.owner.username) == ("N1", jfk, "ann")
assert list(flight.via.order_by("pk")) == [jfk, ewr]
assert list(flight.followers.all()) == [User.objects.get()]
assert (list(jfk.spokes.all()), jfk.first_of, list(jfk.near_to.all())) == ([ewr], flight, [ewr])
assert list(jfk.near.all()) == []
assert Planes.objects.get(flights__via=ewr, home=jfk).flights.get() == flight
assert (flight.last_of, list(flight.legs.all())) == (flight.plane, [Legs.objects.get()])
flight.via.remove(ewr)
flight.via.set([ewr])
assert list(ewr.flights.all()) == [flight]
assert not hasattr(User, "flights")
try:
    flight.plane.delete()
    raise AssertionError("a plane that flies is protected")
except ProtectedError:
    pass
flight.full_clean()
allowed = Flights._meta.get_field("via").get_limit_choices_to()
assert list(Airports.objects.filter(allowed)) == [ewr]
try:
    Flights(number=2, plane=flight.plane).full_clean()
    raise AssertionError("no plane has a number twice")
except ValidationError:
    pass

# --- What stayed behind ---
assert plan_all().is_empty, plan_all().descriptions
trips = DynamicModel.objects.get()
Trip = trips.django_model
field = Trip._meta.get_field("flight")
assert field.remote_field.model is Flights
assert (Trip.objects.get().flight, list(Trip.objects.get().stops.all())) == (flight, [ewr])
assert not hasattr(Flights, "trips")
assert list(Flights.objects.filter(field.get_limit_choices_to())) == [flight]
options = trips.fields.get(name="flight").options
assert (options["target"], options["limit"][0]["field"]) == ("shop.Flights", "number")
gone = next(f for f in registry.newest.schema.tables[trips.pk].fields if f.name == "old")
assert (gone.retired, gone.target) == (True, "shop.Planes")
DynamicField.objects.create(model=trips, name="back", type="foreignkey", options={"target": "shop.Planes"})
trips.sync()
trips.django_model.objects.update(back=flight.plane)
with connection.cursor() as cursor:
    found = connection.introspection.get_relations(cursor, f"dyn_t{trips.pk}").values()
assert {relation[1] for relation in found} == {"auth_user", Flights._meta.db_table, Planes._meta.db_table}
Legs.objects.all().delete()
Planes.objects.update(last=None)
flight.delete()
assert not trips.django_model.objects.exists()
