"""``flush``, and the end of a TransactionTestCase: no tables, no record of them, and numbers that go on."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import connection

from dynadmin.executor.drift import find_current_drift
from dynadmin.executor.emptying import tables_in_database
from dynadmin.models import DynamicField, DynamicModel, SchemaRevision
from dynadmin.registry import registry
from tests.commands.dumps import difference, dump
from tests.commands.test_no_harm import knowing
from tests.support import manage, run_manage


@knowing
def test_everything_goes_and_the_rest_agrees(installation, environment):
    words = manage("flush", "--no-input", **environment)

    assert "Dropped 4 tables." in words
    assert tables_in_database() == []
    assert not any(m.objects.exists() for m in (User, Group, DynamicModel, DynamicField, SchemaRevision))
    assert not ContentType.objects.filter(app_label="tables").exists()
    assert Permission.objects.filter(codename="view_user").exists()  # made again, as by migrate
    assert find_current_drift(notes=True) == []


def test_a_process_that_served_the_tables_serves_none_and_gives_no_number_twice(installation, tables):
    last = SchemaRevision.objects.latest("pk").pk
    ids = [table.pk for table in vars(installation).values() if isinstance(table, DynamicModel) and table.pk]
    columns = DynamicField.objects.latest("pk").pk

    manage("flush", "--no-input")
    registry.refresh()

    assert registry.newest.models == {}
    table = tables.make("flights", carrier="char")
    assert table.pk > max(ids)
    assert table.fields.get().pk > columns
    assert SchemaRevision.objects.get().pk > last
    assert table.django_model.objects.count() == 0


def test_it_asks_with_the_names_of_the_tables(installation):
    before = dump()

    done = run_manage("flush", typed="no\n")

    assert "DROPS 4 dynamic tables, the trash among them: " in done.stdout
    assert all(label in done.stdout for label in ("Flights", "Planes", "Exotics"))
    assert "Flush cancelled." in done.stdout
    assert difference(before, dump()) == {}
    assert "Dropped 4 tables." in run_manage("flush", typed="yes\n").stdout
    assert tables_in_database() == []


@pytest.fixture
def strange_view(installation):
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE VIEW mine AS SELECT * FROM dyn_t{installation.planes.pk}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP VIEW mine")


def test_what_others_built_on_a_table_is_not_dropped_unseen(strange_view):
    before = dump()

    with pytest.raises(CommandError, match=r"Nothing was flushed\..*\bmine\b"):
        call_command("flush", interactive=False)

    assert difference(before, dump()) == {}


def test_a_flush_without_tables_is_that_of_django(transactional_db):
    User.objects.create_user("ada")

    assert manage("flush", "--no-input") == ""
    assert not User.objects.exists()


# --- Going back before dynadmin ---


def test_migrating_to_zero_is_refused_while_there_are_tables(installation, tables):
    before = dump()

    done = run_manage("migrate", "dynadmin", "zero")

    assert done.returncode == 1
    assert "There are 4 dynamic tables in the database" in done.stderr
    assert difference(before, dump()) == {}
    call_command("flush", interactive=False, verbosity=0)
    manage("migrate", "dynadmin", "zero", "-v0")
    manage("migrate", "-v0")
    assert find_current_drift(notes=True) == []
    assert tables.make("flights", carrier="char").django_model.objects.count() == 0
