"""A large table gets relations to a table that the same change makes."""

import pytest
from django.db import IntegrityError, transaction

from dynadmin.executor.drift import find_drift
from dynadmin.models import DynamicModel, SchemaChange, plan_all, sync_all
from dynadmin.registry import registry
from dynadmin.schema import target_of
from tests.online.support import fill, traces

pytestmark = pytest.mark.usefixtures("everything_is_large")


@pytest.fixture
def event(tables):
    event = tables.make("event", note="text")
    fill(event, 20, lambda n: {"note": f"row {n}"})
    place = tables.define("place", city="char")
    for slug in ("foreignkey", "onetoone", "manytomany"):
        tables.add(event, **{slug: (slug, {"target": target_of(place.pk), "related_name": f"by_{slug}"})})
    return event


def test_a_large_table_refers_to_one_that_comes_with_the_relation(event):
    sync_all()
    assert SchemaChange.objects.get().state == "done"
    assert plan_all().is_empty
    assert traces() == []
    assert list(find_drift(registry.newest.schema)) == []

    warsaw = DynamicModel.objects.get(name="place").django_model.objects.create(city="Warsaw")
    row = event.django_model.objects.first()
    row.foreignkey = row.onetoone = warsaw
    row.save()
    row.manytomany.add(warsaw)
    with pytest.raises(IntegrityError), transaction.atomic():
        event.django_model.objects.update(foreignkey=warsaw.pk + 1)
