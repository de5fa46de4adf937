"""Django's commands leave tables, rows and grants as they are, whether or not a process knows the tables."""

import ast

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType

from tests.commands.dumps import difference, dump, faults
from tests.support import manage

UNLOADED = {"TEST_APPS": "tests.commands.unloaded"}
knowing = pytest.mark.parametrize("environment", [{}, UNLOADED], ids=["loaded", "not loaded"])
ASK = "from django.apps import apps; from django.contrib.auth.models import User; User.objects.exists();"


@knowing
@pytest.mark.parametrize(
    "command",
    [
        ("remove_stale_contenttypes", "--no-input", "--include-stale-apps"),
        ("migrate", "--run-syncdb"),
        ("makemigrations", "--check", "--dry-run"),
        ("check", "--database", "default"),
        ("shell", "-c", "pass"),
        ("dumpdata", "-o", "/dev/null"),
        ("inspectdb", "--include-views"),
    ],
    ids=lambda command: command[0],
)
def test_nothing_is_changed(installation, command, environment):
    before = dump()

    if command[0] == "dumpdata":
        command = (*command, "-e", "tables")
    manage(*command, **environment)

    assert difference(before, dump()) == {}


@knowing
def test_a_superuser_is_all_that_is_added(installation, environment):
    before = dump()
    password = {"DJANGO_SUPERUSER_PASSWORD": "pass"}

    manage(
        "createsuperuser", "--no-input", "--username=eve", "--email=e@example.com", **environment, **password
    )

    assert set(difference(before, dump())) == {"auth_user", "counter"}


def test_a_process_is_told_apart_by_whether_it_knows_the_tables(installation):
    """Otherwise the tests above would try one thing twice."""
    code = ASK + f"print('t{installation.flights.pk}' in apps.all_models['tables'])"

    assert [manage("shell", "-v0", "-c", code, **e).strip() for e in ({}, UNLOADED)] == ["True", "False"]


def test_stale_content_types_of_others_are_removed(installation):
    stale = ContentType.objects.create(app_label="staticapp", model="gone")

    manage("remove_stale_contenttypes", "--no-input")

    assert not ContentType.objects.filter(pk=stale.pk).exists()


def test_a_table_that_was_deleted_for_good_leaves_nothing(installation):
    left = ContentType.objects.create(app_label="tables", model="t99999")

    manage("remove_stale_contenttypes", "--no-input")

    assert not ContentType.objects.filter(pk=left.pk).exists()
    assert installation.group.permissions.count() == 16


def test_what_inspectdb_writes_is_python_that_names_tables_and_columns(installation):
    written = manage("inspectdb")

    classes = {node.name for node in ast.parse(written).body if isinstance(node, ast.ClassDef)}
    assert f"DynT{installation.flights.pk}" in classes
    assert f"db_table = 'dyn_t{installation.planes.pk}'" in written
    assert "Unable to inspect" not in written


def test_migrate_gives_back_grants_that_somebody_deleted(installation):
    Permission.objects.filter(codename=f"view_t{installation.planes.pk}").delete()

    manage("migrate", "-v0")

    assert Permission.objects.filter(codename=f"view_t{installation.planes.pk}").exists()
    assert [drift.id for drift in faults() if drift.id != "dynadmin.W104"] == []
