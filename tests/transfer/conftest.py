"""What the tests of transfer share."""

import threading
from pathlib import Path

import pytest
from django.db import connection

from dynadmin.transfer import import_rows, open_source
from dynadmin.transfer.exporter import export_rows
from tests.transfer.fleet import UNIQUE, to


@pytest.fixture
def write(tmp_path):
    """Write a file of the given content, text or bytes, and return its path."""

    def write(content: str | bytes, name: str = "rows.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def load(write):
    """Import a file of the given content into a model; arguments are those of import_rows."""

    def load(model, content, name="rows.csv", **arguments):
        return import_rows(model, open_source(write(content, name)), **arguments)

    return load


@pytest.fixture
def dump(tmp_path):
    """Export a queryset and return the path of the file."""

    def dump(queryset, format="csv", **arguments) -> Path:
        path = tmp_path / f"export.{format}"
        path.write_bytes(b"".join(export_rows(queryset, format=format, **arguments)))
        return path

    return dump


@pytest.fixture
def in_thread():
    """Run a function in a thread with its own connection; `.result()` waits, and raises what it raised."""

    class Running:
        def __init__(self, function):
            self.error = self.value = None
            self.thread = threading.Thread(target=self._run, args=[function])
            self.thread.start()

        def _run(self, function):
            try:
                self.value = function()
            except Exception as error:  # noqa: BLE001
                self.error = error  # handed on by result()
            finally:
                connection.close()

        def result(self):
            self.thread.join(timeout=60)
            assert not self.thread.is_alive()
            if self.error:
                raise self.error
            return self.value

    return Running


@pytest.fixture
def fleet(tables):
    """The classes of planes, tags, and flights that refer to them."""
    planes = tables.make("planes", tail=UNIQUE, maker="char", seats="int")
    tags = tables.make("tags", title=UNIQUE)
    flights = tables.make("flights", number="int", plane=to(planes), tags=to(tags, "manytomany"))
    for number, tail in enumerate(["N1", "N2", "N3"]):
        planes.django_model.objects.create(tail=tail, maker="Airbus" if number else "Boeing", seats=number)
    for title in ("late", "a; b", '"odd"'):
        tags.django_model.objects.create(title=title)
    return planes.django_model, tags.django_model, flights.django_model
