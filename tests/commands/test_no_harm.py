"""Django's commands leave tables, rows and grants as they are, whether or not a process knows the tables."""

import ast
import json

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType

from dynadmin.executor.drift import find_current_drift
from tests.support import manage, run_python

UNLOADED = {"TEST_APPS": "tests.commands.unloaded"}
knowing = pytest.mark.parametrize("environment", [{}, UNLOADED], ids=["loaded", "not loaded"])
ASK = "from django.apps import apps; from django.contrib.auth.models import User; User.objects.exists();"


# Runs commands one after another in a process of its own; prints what each has changed.
FOLLOWED = """
import contextlib, io, json, sys
from django.core.management import ManagementUtility
import django
django.setup()
from tests.commands.dumps import difference, dump
changed, before = [], dump()
for command in json.loads(sys.argv[1]):
    with contextlib.redirect_stdout(io.StringIO()):
        ManagementUtility(["manage.py", *command]).execute()
    after = dump()
    changed.append(sorted(difference(before, after)))
    before = after
print(json.dumps(changed))
"""
# What each of them may change.
COMMANDS = {
    ("remove_stale_contenttypes", "--no-input", "--include-stale-apps"): set(),
    ("migrate", "--run-syncdb"): set(),
    ("makemigrations", "--check", "--dry-run"): set(),
    ("check", "--database", "default"): set(),
    ("shell", "-c", "pass"): set(),
    ("dumpdata", "-e", "tables", "-o", "/dev/null"): set(),
    ("inspectdb", "--include-views"): set(),
    ("createsuperuser", "--no-input", "--username=eve", "--email=e@example.com"): {"auth_user", "counter"},
}


@knowing
def test_nothing_is_changed(installation, environment):
    environment = environment | {"DJANGO_SUPERUSER_PASSWORD": "pass"}
    granted = set(installation.group.permissions.all())
    # Other tests have made models that this process knows, and those that are started do not.
    commands = [("remove_stale_contenttypes", "--no-input", "--include-stale-apps"), *COMMANDS]

    first, *changed = json.loads(run_python(FOLLOWED, json.dumps(commands), **environment))

    assert set(first) <= {"django_content_type", "auth_permission"}
    assert set(installation.group.permissions.all()) == granted
    assert dict(zip(COMMANDS, map(set, changed), strict=True)) == COMMANDS


def test_a_process_is_told_apart_by_whether_it_knows_the_tables(installation):
    """Otherwise the tests above would try one thing twice."""
    code = ASK + f"print('t{installation.flights.pk}' in apps.all_models['tables'])"

    assert [manage("shell", "-v0", "-c", code, **e).strip() for e in ({}, UNLOADED)] == ["True", "False"]


def test_content_types_of_what_is_gone_are_removed(installation):
    for label, model in (("staticapp", "gone"), ("tables", "t99999")):
        ContentType.objects.create(app_label=label, model=model)

    manage("remove_stale_contenttypes", "--no-input")

    assert not ContentType.objects.filter(model__in=["gone", "t99999"]).exists()
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
    assert [drift.id for drift in find_current_drift() if drift.id != "dynadmin.W104"] == []
