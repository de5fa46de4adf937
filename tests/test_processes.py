"""Commands in processes that have served no request: they know the tables, and do them no harm."""

import pytest
from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from tests.support import manage


@pytest.fixture
def event(tables):
    event = tables.make("event", label="Events", country="char")
    event.django_model.objects.create(country="PL")
    return event


def state(event):
    bob = User.objects.get(username="bob")
    return (
        set(ContentType.objects.filter(app_label="tables").values_list("pk", "model")),
        set(bob.user_permissions.values_list("pk", "codename")),
        list(event.django_model.objects.values_list()),
        set(connection.introspection.table_names(include_views=True)),
    )


@pytest.mark.parametrize(
    "command",
    [
        ("remove_stale_contenttypes", "--no-input", "--include-stale-apps"),
        ("migrate",),
        ("migrate", "--run-syncdb"),
        ("makemigrations", "--check", "--dry-run"),
        ("check",),
        ("shell", "-c", "pass"),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_a_command_leaves_tables_rows_and_grants_as_they_are(event, command):
    bob = User.objects.create_user("bob")
    bob.user_permissions.set(Permission.objects.filter(content_type__app_label="tables"))
    before = state(event)
    manage(*command)

    assert state(event) == before


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


def test_a_database_without_definitions_can_be_migrated(tables):
    tables.make("event", country="char")
    manage("migrate", "dynadmin", "zero", "-v0")
    manage("migrate", "-v0")
