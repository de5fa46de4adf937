"""Run in the shell of the project on a database that never had the tables: the models work together."""

from shop.models import Airports, Flights, Planes, Trips

jfk = Airports.objects.create(code="JFK")
flight = Flights.objects.create(number=2, plane=Planes.objects.create(tail="N1", home=jfk), first=jfk)
flight.via.add(jfk)
trip = Trips.objects.create(flight=flight)
trip.stops.add(jfk)
assert list(flight.trips.all()) == [trip]
assert Planes.objects.get(flights__trips__stops=jfk).home == jfk
flight.delete()
assert not Trips.objects.exists()
