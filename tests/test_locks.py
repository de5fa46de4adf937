"""A schema change and people at work: it waits a little, gives way, and says so; nobody is stopped by it."""

import threading
import time
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, transaction

from dynadmin.exceptions import SchemaBusy
from dynadmin.revisions import latest_revision_id


@contextmanager
def held_open(work, last=None):
    """Do the work in a transaction of another thread, which stays open for the length of the block.

    Where there is something to do at ``last``, it ends with that.
    """
    begun, end = threading.Event(), threading.Event()

    def run():
        try:
            with transaction.atomic():
                work()
                begun.set()
                last() if last else end.wait(30)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert begun.wait(30)
    try:
        yield
    finally:
        end.set()
        thread.join()


@pytest.fixture
def impatient(settings):
    settings.DYNADMIN = {"CHANGE_TIMEOUT_S": 1, "LOCK_TIMEOUT_MS": 100}
    if connection.vendor == "sqlite":
        # There the wait for the one lock is SQLite's own.
        with connection.cursor() as cursor:
            before = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
            cursor.execute("PRAGMA busy_timeout = 300")
            yield
            cursor.execute(f"PRAGMA busy_timeout = {before}")
    else:
        yield


def test_a_table_that_stays_in_use_is_left_alone_and_said_to_be_busy(tables, impatient):
    event = tables.make("event", country="char")
    model, revision = event.django_model, latest_revision_id()
    tables.add(event, size="int")

    with held_open(lambda: model.objects.create(country="PL")), pytest.raises(SchemaBusy, match="in use"):
        event.sync()
    assert latest_revision_id() == revision

    event.sync()
    assert list(event.django_model.objects.values_list("country", "size")) == [("PL", None)]


def test_readers_are_served_while_a_change_waits(tables, impatient):
    event = tables.make("event", country="char")
    model = event.django_model
    tables.add(event, size="int")
    served = threading.Event()

    def read():
        try:
            for _ in range(5):
                list(model.objects.all())
            served.set()
        finally:
            connection.close()

    with held_open(lambda: model.objects.create(country="PL")):
        reader = threading.Thread(target=read)
        reader.start()
        with pytest.raises(SchemaBusy):
            event.sync()
        # The writer still holds its lock, so whoever queued behind the change would still be waiting.
        assert served.wait(5)
        reader.join()


def test_two_changes_at_once_both_happen(tables):
    first, second = tables.make("first", a="char"), tables.make("second", a="char")
    errors = []

    def widen(table):
        try:
            for number in range(5):
                tables.add(table, **{f"b{number}": "int"})
                table.sync()
        except Exception as error:  # noqa: BLE001 -- reported by the assertion
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=widen, args=[table]) for table in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    for table in (first, second):
        assert len(table.django_model._meta.fields) == 7
        table.django_model.objects.create(a="x", b4=1)


@pytest.mark.only_on("postgresql")
def test_no_row_is_written_between_the_look_at_the_rows_and_the_change(tables):
    event = tables.make("event", size="char")
    model = event.django_model
    model.objects.create(size="7")
    event.fields.update(type="int", options={})
    refused, writers = [], []

    def write():
        try:
            model.objects.create(size="many")
        except DatabaseError as error:
            refused.append(error)
        finally:
            connection.close()

    def meddle(execute, sql, params, many, context):
        if not writers and str(sql).startswith("DROP VIEW"):
            writers.append(threading.Thread(target=write))
            writers[0].start()
            time.sleep(0.3)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(meddle):
        event.sync()
    writers[0].join()
    assert refused
    assert list(event.django_model.objects.values_list("size", flat=True)) == [7]


@pytest.mark.only_on("postgresql")
def test_who_has_read_and_is_about_to_write_is_waited_for_and_not_stopped(tables):
    event = tables.make("event", size="char")
    model = event.django_model
    model.objects.create(size="7")
    event.fields.update(type="int", options={})
    looked, errors = threading.Event(), []

    def read_and_write():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL deadlock_timeout = '100ms'")
        list(model.objects.all())

    def write():
        looked.wait(0.5)
        try:
            model.objects.update(size="8")
        except DatabaseError as error:
            errors.append(error)

    def note(execute, sql, params, many, context):
        done = execute(sql, params, many, context)
        if str(sql).startswith("LOCK TABLE") and "SHARE UPDATE" not in sql:
            looked.set()
        return done

    with held_open(read_and_write, write), connection.execute_wrapper(note):
        event.sync()
    assert errors == []
    assert list(event.django_model.objects.values_list("size", flat=True)) == [8]
