"""Run in the shell of the project on a database that never had the table: the model works, beside others."""

from shop.models import Flight

from dynadmin.models import DynamicField, DynamicModel

row = Flight.objects.create(a_char="UA", a_int=1, a_bigint=2)
row.full_clean()
assert Flight.objects.get(a_char="UA").a_choice == "a"

other = DynamicModel.objects.create(name="flights", label="Flights")
field = DynamicField.objects.create(model=other, name="note", type="char")
assert other.pk > 1
assert field.pk > max(int(f.column[1:].partition("_")[0]) for f in Flight._meta.local_fields[1:])
other.sync()
assert other.django_model.objects.count() == 0
assert Flight.objects.count() == 1
