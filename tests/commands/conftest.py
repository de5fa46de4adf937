"""An installation with all that commands could harm."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group, Permission, User

from dynadmin.fieldtypes import field_types
from dynadmin.models import sync_all
from tests.relations.fleet import to


class Exotic(type(field_types["char"])):
    """A type that the processes of these tests do not have."""

    slug = "exotic"


@pytest.fixture
def served(tables):
    """Tables with rows that refer to each other and to users, converted, in the trash; and grants on all."""
    made = SimpleNamespace(
        flights=tables.define("flights", label="Flights", carrier="char", delay="char", gone="int"),
        planes=tables.define("planes", label="Planes", of_kind="record", tail="char"),
        retired=tables.make("airlines", label="Airlines", code="char", boss=to("auth.User")),
        group=Group.objects.create(name="analysts"),
        user=User.objects.create_user("ada", password="secret"),
    )
    tables.add(made.planes, last=to(made.flights, on_delete="set_empty", related_name="+"))
    relate(tables, made)
    made.flights.fields.filter(name="delay").update(type="int", options={})
    made.flights.fields.get(name="gone").delete()
    made.flights.sync(allow_destructive=True)
    made.retired.django_model.objects.create(code="LO", boss=made.user)
    made.retired_id = made.retired.pk
    made.retired.retire()
    grant_everything(made.group)
    return made


def relate(tables, made):
    """Give flights relations of every kind, and a row that has all of them."""
    tables.add(
        made.flights,
        plane=to(made.planes),
        owner=to("auth.User", on_delete="set_empty"),
        before=to(made.flights, "onetoone", on_delete="cascade"),
        crew=to("auth.User", "manytomany"),
        spare=to(made.planes, "manytomany", related_name="spare_for"),
    )
    sync_all([made.planes, made.flights])
    plane = made.planes.django_model.objects.create(tail="SP-LRA")
    flight = made.flights.django_model.objects.create(
        carrier="LO", delay="12", gone=1, plane=plane, owner=made.user
    )
    flight.crew.add(made.user)
    flight.spare.add(plane)
    plane.last, flight.before = flight, flight
    plane.save()
    flight.save()


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
