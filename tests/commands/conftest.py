"""An installation with all that commands could harm."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group, Permission, User

from dynadmin.fieldtypes import field_types


class Exotic(type(field_types["char"])):
    """A type that the processes of these tests do not have."""

    slug = "exotic"


@pytest.fixture
def served(tables):
    """Tables with rows, converted, in the trash; and grants on all of them."""
    made = SimpleNamespace(
        flights=tables.make("flights", label="Flights", carrier="char", delay="char", gone="int"),
        planes=tables.make("planes", label="Planes", tail="char"),
        retired=tables.make("airlines", label="Airlines", code="char"),
        group=Group.objects.create(name="analysts"),
        user=User.objects.create_user("ada", password="secret"),
    )
    made.flights.django_model.objects.create(carrier="LO", delay="12", gone=1)
    made.flights.fields.filter(name="delay").update(type="int", options={})
    made.flights.fields.get(name="gone").delete()
    made.flights.sync(allow_destructive=True)
    made.planes.django_model.objects.create(tail="SP-LRA")
    made.retired.django_model.objects.create(code="LO")
    made.retired.retire()
    grant_everything(made.group)
    return made


@pytest.fixture
def installation(served, tables):
    """The same, and a table of a type that processes do not have."""
    with field_types.register_temporarily(Exotic):
        served.exotic = tables.make("exotics", label="Exotics", code="exotic")
        served.exotic.django_model.objects.create(code="X")
    grant_everything(served.group)
    return served


def grant_everything(group):
    group.permissions.set(Permission.objects.filter(content_type__app_label="tables"))
    assert group.permissions.count() % 4 == 0
