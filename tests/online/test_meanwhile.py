"""People go on working while their table is changed: what they write is there in the end, converted."""

import random
import threading
import time

import pytest
from django.db import DatabaseError, connection

from dynadmin.models import SchemaChange
from dynadmin.registry import registry, schema_moved_on
from tests.online.support import STEPS, alter, fill, traces

pytestmark = pytest.mark.usefixtures("everything_is_large")


def make(tables, rows=40):
    table = tables.make("event", size=("char", {"max_length": 20}), note="text")
    fill(table, rows, lambda n: {"size": str(n), "note": "kept"})
    return table


def sizes_of(table):
    return dict(table.django_model.objects.values_list("note", "size"))


@pytest.mark.parametrize("step", STEPS)
def test_a_row_inserted_meanwhile_is_converted(tables, at_step, step):
    table = make(tables)
    model = table.django_model
    with at_step(lambda now: now == step and model.objects.create(size="1000", note=f"new {step}")):
        alter(table, "size", "int", db_index=True)
    assert sizes_of(table)[f"new {step}"] == 1000


@pytest.mark.parametrize("step", STEPS)
def test_a_row_changed_meanwhile_is_converted_anew(tables, at_step, step):
    table = make(tables)
    first = table.django_model.objects.order_by("pk").first()

    def write(now):
        if now == step:
            first.size, first.note = "4711", "changed"
            first.save()

    with at_step(write):
        alter(table, "size", "int", db_index=True)
    assert sizes_of(table)["changed"] == 4711


@pytest.mark.parametrize("step", STEPS)
def test_a_row_deleted_meanwhile_is_gone_and_counts_for_nothing(tables, at_step, step):
    table = make(tables)
    model = table.django_model
    misfit = model.objects.create(size="many", note="misfit")

    with at_step(lambda now: now == step and model.objects.filter(pk=misfit.pk).delete()):
        alter(table, "size", "int", on_failure="empty", db_index=True)
    assert "misfit" not in sizes_of(table)


@pytest.mark.parametrize("step", STEPS)
def test_a_misfit_mended_meanwhile_keeps_its_new_value(tables, at_step, step):
    table = make(tables)
    model = table.django_model
    misfit = model.objects.create(size="many", note="mended")

    with at_step(lambda now: now == step and model.objects.filter(pk=misfit.pk).update(size="12")):
        alter(table, "size", "int", on_failure="keep", db_index=True)
    row = table.django_model.objects.get(pk=misfit.pk)
    assert (row.size, row.size_original) == (12, "")


def test_many_who_write_all_the_time_lose_nothing(tables, settings):
    settings.DYNADMIN = {"ONLINE_ROWS": 3, "ONLINE_PAUSE": 0.5}
    table = make(tables, rows=5000)
    writers = [Writer(table.pk, seed) for seed in range(3)]
    for writer in writers:
        writer.start()
    alter(table, "size", "int", db_index=True)
    for writer in writers:
        writer.ended.set()
        writer.join()

    assert [error for writer in writers for error in writer.errors] == []
    found = sizes_of(table)
    for writer in writers:
        assert writer.expected
        for note, size in writer.expected.items():
            assert found.get(note) == size
    assert SchemaChange.objects.get().state == "done"
    assert traces() == []


class Writer(threading.Thread):
    """Inserts, changes and deletes rows of its own; each within one revision, as requests are."""

    def __init__(self, table, seed, pause=0.0):
        super().__init__()
        self.pause = pause
        self.table, self.seed, self.random = table, seed, random.Random(seed)
        self.ended = threading.Event()
        self.expected = {}
        self.errors = []

    def run(self):
        number = 0
        try:
            while not self.ended.is_set():
                number += 1
                with registry.in_use() as snapshot:
                    self.attempt(snapshot.model(self.table), f"{self.seed}-{number}")
                time.sleep(self.pause)
        finally:
            connection.close()

    def attempt(self, model, note):
        try:
            self.write(model, note)
        except DatabaseError as error:
            if not schema_moved_on(error):
                self.errors.append(error)

    def write(self, model, note):
        size = self.random.randrange(10**6)
        row = model.objects.create(size=str(size), note=note)
        self.expected[note] = size
        row.size = str(size + 1)
        row.save()
        self.expected[note] = size + 1
        if size % 5 == 0:
            row.delete()
            self.expected[note] = None
