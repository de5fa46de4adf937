"""Foreign keys of many rows are checked as sets on PostgreSQL, and are as safe as with its triggers."""

import threading
import time

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from dynadmin.exceptions import TransferError
from dynadmin.executor.drift import find_current_drift
from dynadmin.registry import registry
from dynadmin.schema import target_of
from dynadmin.transfer import import_rows, open_source
from dynadmin.transfer.keylocks import KeyLocks

pytestmark = pytest.mark.only_on("postgresql")

ROWS = 1_200
LINES = "number,plane\n" + "".join(f"{n},N{n % 5}\n" for n in range(ROWS))


def run(*statements: str) -> list[tuple]:
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def planes(tables):
    planes = tables.make("planes", tail=("char", {"unique": True}))
    model = planes.django_model
    model.objects.bulk_create(model(tail=f"N{n}") for n in range(5))
    return planes


@pytest.fixture
def flights(tables, planes):
    return tables.make("flights", number="int", plane=("foreignkey", {"target": target_of(planes.pk)}))


@pytest.fixture
def table(flights):
    """The name of the table of flights in the database."""
    return flights.django_model._meta.db_table


@pytest.fixture
def delete_plane(planes):
    """Delete one plane, for what the database alone thinks of it."""
    return lambda: run(
        f"DELETE FROM {planes.django_model._meta.db_table} WHERE id = (SELECT min(id) FROM"
        f" {planes.django_model._meta.db_table})"
    )


def is_quick(action) -> bool:
    """Return whether the action wrote rows without the triggers of foreign keys."""
    with CaptureQueriesContext(connection) as queries:
        action()
    assert run("SHOW session_replication_role") == [("origin",)]
    return any("session_replication_role = replica" in query["sql"] for query in queries)


def orphans(table) -> int:
    model = table.django_model
    return model.objects.exclude(plane=None).filter(plane__tail=None).count()


@pytest.mark.parametrize(("rows", "expected"), [(ROWS, True), (50, False)])
def test_only_many_rows_are_written_without_triggers(flights, load, rows, expected):
    content = "".join(LINES.splitlines(keepends=True)[: rows + 1])

    assert is_quick(lambda: load(flights.django_model, content)) is expected

    assert flights.django_model.objects.filter(plane__tail="N3").count() == rows / 5
    assert find_current_drift() == []


def test_a_table_with_a_trigger_of_its_own_keeps_it_firing(flights, table, load):
    run(
        "CREATE TABLE seen (number int)",
        "CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN INSERT INTO seen VALUES (1); RETURN NULL; END $$",
        f"CREATE TRIGGER see AFTER INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION see()",
    )
    try:
        assert not is_quick(lambda: load(flights.django_model, LINES))
        assert run("SELECT count(*) FROM seen") == [(ROWS,)]
    finally:
        run(f"DROP TRIGGER see ON {table}", "DROP FUNCTION see", "DROP TABLE seen")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("ALTER TABLE {0} ADD CONSTRAINT l UNIQUE (id) DEFERRABLE", "ALTER TABLE {0} DROP CONSTRAINT l"),
        ("CREATE RULE loud AS ON INSERT TO {0} DO ALSO NOTIFY loud", "DROP RULE loud ON {0}"),
        ("ALTER TABLE {0} ADD self bigint DEFAULT 1", "ALTER TABLE {0} DROP self"),
        ("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ",
         "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED"),
    ],
    ids=["checked later", "rule", "filled by the database", "old snapshot"],
)  # fmt: skip
def test_what_the_setting_would_silence_too_is_left_to_the_database(flights, table, load, before, after):
    run(before.format(table))
    if "self" in before:
        target = flights.django_model._meta.get_field("plane").remote_field.model
        run(
            f"ALTER TABLE {table} ALTER self SET DEFAULT {target.objects.first().pk},"
            f" ADD FOREIGN KEY (self) REFERENCES {target._meta.db_table}"
        )
    try:
        assert not is_quick(lambda: load(flights.django_model, LINES))
    finally:
        run(after.format(table))
    assert flights.django_model.objects.count() == ROWS


def test_a_relation_to_the_own_table_is_left_to_the_database(tables, load):
    staff = tables.define("staff", nick=("char", {"unique": True}))
    tables.add(staff, boss=("foreignkey", {"target": target_of(staff.pk), "null": True}))
    staff.sync()
    staff.django_model.objects.create(nick="ann")
    content = "nick,boss\n" + "".join(f"n{n},ann\n" for n in range(ROWS))

    assert not is_quick(lambda: load(staff.django_model, content))
    assert staff.django_model.objects.filter(boss__nick="ann").count() == ROWS


def test_a_role_that_may_not_use_the_setting_imports_as_ever(flights, load):
    role = f"importer_of_{connection.settings_dict['NAME']}"
    run(f"CREATE ROLE {role}")
    run(
        f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}",
        f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {role}",
    )
    try:
        run(f"SET ROLE {role}")
        assert not is_quick(lambda: load(flights.django_model, LINES))
        run("RESET ROLE", f"GRANT SET ON PARAMETER session_replication_role TO {role}", f"SET ROLE {role}")
        assert is_quick(lambda: load(flights.django_model, LINES))
    finally:
        run("RESET ROLE", f"DROP OWNED BY {role}", f"DROP ROLE {role}")
    assert flights.django_model.objects.count() == 2 * ROWS


def test_after_rows_that_the_database_refuses_the_triggers_are_back(flights, table, load):
    column = flights.django_model._meta.get_field("number").column
    run(f"ALTER TABLE {table} ADD CHECK ({column} <> 700)")

    assert is_quick(lambda: load(flights.django_model, LINES, skip_refused=True))

    assert flights.django_model.objects.count() == ROWS - 1
    with pytest.raises(IntegrityError):
        run("BEGIN", f"INSERT INTO {table} SELECT 1000000, 1, 1000000", "SET CONSTRAINTS ALL IMMEDIATE")
    run("ROLLBACK")


def test_nobody_deletes_a_row_that_an_import_refers_to(flights, delete_plane, write, in_thread):
    deleting = []

    def start_deleting(_done):
        deleting.append(in_thread(delete_plane))
        wait_for_a_lock()

    result = import_rows(flights.django_model, open_source(write(LINES)), progress=start_deleting)

    with pytest.raises(IntegrityError):
        deleting[0].result()
    assert result.is_saved
    assert flights.django_model.objects.count() == ROWS
    assert orphans(flights) == 0


def test_a_row_that_somebody_is_deleting_is_waited_for_and_then_refused(
    flights, delete_plane, write, in_thread
):
    path = write(LINES)

    def load():
        with registry.in_use() as snapshot:
            return import_rows(snapshot.model(flights.pk), open_source(path))

    run("BEGIN")
    delete_plane()
    importing = in_thread(load)
    wait_for_a_lock()
    run("COMMIT")

    with pytest.raises(TransferError):
        importing.result()
    assert flights.django_model.objects.count() == 0


def test_locks_are_taken_once_in_a_transaction_and_again_when_a_savepoint_took_them_back(flights, planes):
    model = flights.django_model
    locks = KeyLocks(model, connection)
    first = str(planes.django_model.objects.first().pk)

    def is_locked_now() -> bool:
        with CaptureQueriesContext(connection) as queries, locks.held([field], ROWS, lambda _column: {first}):
            assert run("SHOW session_replication_role") == [("replica",)]
        return any("FOR KEY SHARE" in query["sql"] for query in queries)

    field = model._meta.get_field("plane")
    with transaction.atomic():
        assert is_locked_now()
        assert not is_locked_now()
    with transaction.atomic():
        with transaction.atomic():
            assert is_locked_now()
            transaction.set_rollback(True)
        assert is_locked_now()
        assert not is_locked_now()


def wait_for_a_lock() -> None:
    """Wait until somebody waits for another transaction."""
    end = time.monotonic() + 30
    while run("SELECT count(*) FROM pg_locks WHERE NOT granted") == [(0,)]:
        assert time.monotonic() < end
        threading.Event().wait(0.01)
