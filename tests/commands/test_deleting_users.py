"""Deleting a user does what relations say, in processes that have never touched a table as well."""

import subprocess
import sys

import pytest
from django.contrib.auth.models import User

from dynadmin.registry import registry
from tests.commands.dumps import difference, dump
from tests.relations.fleet import to
from tests.support import manage, process_environment, run_manage

DELETE = "from django.contrib.auth.models import User; print(User.objects.{0}.delete())"
WAYS = ["get(username='ada')", "filter(username='ada')"]


@pytest.fixture
def ada(db):
    return User.objects.create_user("ada", password="secret")


@pytest.fixture
def related(tables, ada):
    """A row of each kind of relation to Ada, and one that somebody has deleted with its table."""
    made = {
        "emptied": tables.make("emptied", who=to("auth.User", on_delete="set_empty")),
        "gone": tables.make("gone", who=to("auth.User", "onetoone", on_delete="cascade")),
        "linked": tables.make("linked", who=to("auth.User", "manytomany")),
        "trash": tables.make("trash", who=to("auth.User")),
        "noted": tables.make("noted", of_kind="record", text="char"),
    }
    for name in ("emptied", "gone", "trash"):
        made[name].django_model.objects.create(who=ada)
    made["linked"].django_model.objects.create().who.add(ada)
    made["noted"].django_model.objects.create(text="a", created_by=ada, changed_by=ada)
    made.pop("trash").retire()
    return made


@pytest.mark.parametrize("way", WAYS)
def test_it_empties_cascades_and_unlinks(related, way):
    manage("shell", "-v0", "-c", DELETE.format(way))

    assert not User.objects.exists()
    rows = {name: list(table.django_model.objects.all()) for name, table in related.items()}
    assert [row.who for row in rows["emptied"]] == [None]
    assert rows["gone"] == []
    assert [list(row.who.all()) for row in rows["linked"]] == [[]]
    assert [(row.text, row.created_by) for row in rows["noted"]] == [("a", None)]


@pytest.mark.parametrize("way", WAYS)
def test_it_is_refused_where_a_row_is_protected(tables, ada, way):
    held = tables.make("held", who=to("auth.User"))
    held.django_model.objects.create(who=ada)
    before = dump()

    done = run_manage("shell", "-v0", "-c", DELETE.format(way))

    assert "ProtectedError" in done.stderr
    assert f"T{held.pk}.who" in done.stderr
    assert difference(before, dump()) == {}


def test_a_process_without_the_classes_is_stopped_by_the_database(related):
    before = dump()

    done = run_manage("shell", "-c", DELETE.format(WAYS[0]), TEST_APPS="tests.commands.unloaded")

    assert "IntegrityError" in done.stderr
    assert difference(before, dump()) == {}


def test_a_process_that_connects_anew_knows_what_was_related_meanwhile(tables, ada):
    """As a worker does between its tasks, which asks no middleware."""
    code = (
        "from django.contrib.auth.models import User; from django.db import connection;"
        "print(User.objects.count(), flush=True); connection.close(); input(); User.objects.all().delete()"
    )
    command = [sys.executable, "-m", "django", "shell", "-v0", "-c", code]
    worker = subprocess.Popen(
        command,
        env=process_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert worker.stdout.readline() == "1\n"
    emptied = tables.make("emptied", who=to("auth.User", on_delete="set_empty"))
    emptied.django_model.objects.create(who=ada)

    _printed, errors = worker.communicate("\n", timeout=60)

    assert (worker.returncode, User.objects.count()) == (0, 0), errors
    registry.refresh()
    assert emptied.django_model.objects.get().who is None
