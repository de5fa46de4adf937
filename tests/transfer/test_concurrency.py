"""Imports and exports beside other people's work."""

import threading

import pytest

from dynadmin.models import DynamicField
from dynadmin.registry import registry
from dynadmin.transfer import import_rows, open_source
from dynadmin.transfer.exporter import export_rows

ROWS = 12_000


@pytest.fixture
def things(tables):
    return tables.make("things", code=("char", {"unique": True, "null": True}), number="int")


def add_field(table, name):
    DynamicField.objects.create(model=table, name=name, type="int", position=9)
    table.sync()


def test_a_field_that_comes_during_an_import_harms_neither(things, write, in_thread):
    started = threading.Event()
    path = write("code,number\n" + "".join(f"n{number},{number}\n" for number in range(ROWS)))

    def load():
        with registry.in_use() as snapshot:
            model = snapshot.model(things.pk)
            return import_rows(model, open_source(path), progress=lambda _done: started.set())

    importing = in_thread(load)
    assert started.wait(timeout=30)
    add_field(things, "extra")

    assert importing.result().is_saved
    assert things.django_model.objects.filter(extra=None).count() == ROWS


def test_an_export_that_has_begun_ends_though_its_field_is_retired(things, in_thread):
    model = things.django_model
    model.objects.bulk_create(model(code=f"n{number}", number=number) for number in range(ROWS))
    pieces = export_rows(model.objects.all())
    first = next(pieces)

    def retire():
        things.fields.get(name="number").delete()
        things.sync(allow_destructive=True)

    in_thread(retire).result()

    lines = (first + b"".join(pieces)).splitlines()
    assert len(lines) == ROWS + 1
    assert lines[-1].endswith(b"%d" % (ROWS - 1))


def test_two_imports_of_the_same_new_rows_make_each_once(things, write, in_thread):
    path = write("code,number\n" + "".join(f"n{number},{number}\n" for number in range(3000)))
    start = threading.Barrier(2)

    def load():
        start.wait(timeout=30)
        with registry.in_use() as snapshot:
            return import_rows(snapshot.model(things.pk), open_source(path), key=["code"], skip_refused=True)

    results = [running.result() for running in [in_thread(load), in_thread(load)]]

    assert things.django_model.objects.count() == 3000
    assert sum(result.totals.created for result in results) == 3000
    assert all(result.totals.rows == 3000 for result in results)
