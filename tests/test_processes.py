"""Processes that have served no request know the tables; what commands do to them is in tests/commands."""

import pytest

from tests.support import manage


@pytest.fixture
def event(tables):
    event = tables.make("event", label="Events", country="char")
    event.django_model.objects.create(country="PL")
    return event


def test_a_shell_knows_the_tables_without_being_told(event):
    code = "from django.apps import apps; print([str(r) for r in apps.get_model('tables.t%d').objects.all()])"
    ask = "from django.contrib.auth.models import User; User.objects.count();"

    assert manage("shell", "-v0", "-c", ask + code % event.pk).strip() == "['PL']"


def test_the_names_of_the_design_work_in_a_shell(transactional_db, tables):
    code = """
from dynadmin.models import DynamicModel, DynamicField
event = DynamicModel.objects.create(name="event", label="Event")
DynamicField.objects.create(model=event, name="country", type="char", options={"max_length": 3})
event.sync()
Event = event.django_model
print(Event.objects.create(country="PL"))
"""
    assert manage("shell", "-v0", "-c", code).strip() == "PL"
