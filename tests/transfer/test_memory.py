"""Memory does not grow with the file."""

import tracemalloc

import pytest

from dynadmin.transfer import (
    batches,
    celltexts,
    copying,
    import_rows,
    open_source,
    outlets,
    sifting,
    sqllines,
)
from dynadmin.transfer.exporter import export_rows
from dynadmin.transfer.sniff import encodings, skeletons
from tests.staticapp.models import Flight

pytestmark = pytest.mark.django_db

FEW, MANY = 1_200, 6_000
# What dictionaries and buffers may differ by chance.
SLACK = 1.25


def peak_of(action) -> int:
    """Return the most memory, in bytes, that the action held at once."""
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch):
    """Make what is held at once small, so that few rows fill it."""
    monkeypatch.setattr(batches, "_MOST_ROWS", 400)
    monkeypatch.setattr(sifting, "_TIMES", 1)
    monkeypatch.setattr(batches, "_REMEMBERED_OF_ONE", 500)
    monkeypatch.setattr(celltexts, "_TEXTS", 500)
    for module in (outlets, sqllines, copying):
        monkeypatch.setattr(module, "_CHUNK", 400)
    monkeypatch.setattr(encodings, "_CHUNK", 4096)
    monkeypatch.setattr(skeletons, "_CHUNK", 4096)


@pytest.fixture
def files(write):
    """Files of few and of many rows that are alike, each row with texts of its own."""

    def file(rows: int):
        lines = (f"{number},{number % 90},UA,N{number % 5000}\n" for number in range(rows))
        return write("id,distance,carrier,tailnum\n" + "".join(lines), f"{rows}.csv")

    return file(FEW), file(MANY)


def test_an_import_holds_one_batch_whatever_the_file(files):
    few, many = files
    import_rows(Flight, open_source(few), key=[], dry_run=True)

    small = peak_of(lambda: import_rows(Flight, open_source(few), key=[], dry_run=True))
    large = peak_of(lambda: import_rows(Flight, open_source(many), key=[], dry_run=True))

    assert large < small * SLACK


def test_an_import_by_key_holds_one_batch_whatever_the_file(files):
    few, many = files
    import_rows(Flight, open_source(few), dry_run=True)

    small = peak_of(lambda: import_rows(Flight, open_source(few), dry_run=True))
    large = peak_of(lambda: import_rows(Flight, open_source(many), dry_run=True))

    assert large < small * SLACK


@pytest.mark.parametrize("format", ["csv", "json"])
def test_an_export_holds_one_chunk_whatever_the_table(files, format):
    import_rows(Flight, open_source(files[1]))

    def export(rows: int) -> None:
        for _piece in export_rows(Flight.objects.order_by("pk")[:rows], format=format):
            pass

    export(FEW)
    small = peak_of(lambda: export(FEW))
    large = peak_of(lambda: export(MANY))

    assert large < small * SLACK
