"""On SQLite a large table is changed between the writes of others, who never wait for the whole of it."""

import json
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from django.db import connection

from dynadmin.executor.drift import find_drift
from dynadmin.models import SchemaChange
from dynadmin.registry import registry
from tests.online.support import alter, traces
from tests.support import process_environment
from tests.test_rules import add_rule

pytestmark = pytest.mark.only_on("sqlite")

ROWS = 50_000


def make(tables):
    """Make a table of some size, filled by the database itself."""
    table = tables.make(
        "event", size=("char", {"max_length": 20, "db_index": True}), note=("char", {"max_length": 60})
    )
    fields = [field.column for field in table.django_model._meta.concrete_fields[1:]]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO dyn_t{table.pk} ({', '.join(fields)}) WITH RECURSIVE n (n) AS "
            f"(SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < {ROWS - 1}) SELECT '' || n, 'kept' FROM n"
        )
    return table


@contextmanager
def somebody_writing(table):
    """Have another process write meanwhile; what it tells of it is in the list."""
    command = [sys.executable, "-m", "tests.online.writing", str(table.pk)]
    told = []
    writer = subprocess.Popen(
        command, env=process_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with writer:
        assert writer.stdout.readline() == "ready\n"
        yield told
        output, _nothing = writer.communicate("")
        told.append(json.loads(output))


def limit(table):
    add_rule(table, "unique", "size", "note")
    return table.sync()


CHANGES = {
    "text to number": lambda table: alter(table, "size", "int", db_index=True, null=False, blank=False),
    "a rule": limit,
}


@pytest.mark.parametrize("name", CHANGES)
def test_somebody_who_writes_waits_for_a_part_of_it_only_and_loses_nothing(tables, settings, name):
    settings.DYNADMIN = {"ONLINE_ROWS": 1000}
    table = make(tables)
    with somebody_writing(table) as told:
        began = time.monotonic()
        CHANGES[name](table)
        taken = time.monotonic() - began
    (writer,) = told

    assert writer["errors"] == []
    assert writer["longest"] < taken / 4
    assert SchemaChange.objects.get().state == "done"
    found = table.django_model.objects.exclude(note="kept").values_list("note", "size")
    written = {note: size for note, size in writer["expected"].items() if size is not None}
    assert {note: int(size) for note, size in found} == written
    assert table.django_model.objects.filter(note="kept").count() == ROWS
    assert traces() == []
    assert list(find_drift(registry.newest.schema)) == []
