"""Run in the shell of the project, when a migration of its own has changed the table."""

from shop.models import Flight

row = Flight.objects.create(a_char="UA12345678", a_int=3, a_bigint=4)
row.full_clean()
assert Flight.objects.count() == 4
