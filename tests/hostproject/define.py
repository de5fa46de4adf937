"""Run in the shell of the host project: defines a table, as its documentation shows."""

from django.contrib.auth.models import User

from dynadmin.models import DynamicField, DynamicModel

User.objects.create_superuser("ada", "ada@example.com", "secret")
event = DynamicModel.objects.create(name="event", label="Event")
DynamicField.objects.create(model=event, name="country", type="char", options={"max_length": 3})
DynamicField.objects.create(model=event, name="poster", type="file")
event.sync()
event.django_model.objects.create(country="PL")
