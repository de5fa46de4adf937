"""An export is of one moment, whatever happens meanwhile, and waits for nobody who reads slowly."""

import threading

import pytest
from django.db import connection

from dynadmin.models import DynamicField
from dynadmin.schema import target_of
from dynadmin.transfer import outlets
from dynadmin.transfer.exporter import export_rows
from dynadmin.transfer.readahead import ReadAhead, ahead
from dynadmin.transfer.snapshots import tables_of

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = 900


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch):
    monkeypatch.setattr(outlets, "_CHUNK", 100)


def in_thread(action):
    """Do something on another connection, and wait for it."""

    def run():
        try:
            action()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    assert not thread.is_alive()


@pytest.fixture
def linked(tables):
    """A table of rows that are all linked to one other row, and what that is."""
    tags = tables.make("tags", code=("char", {"unique": True}))
    things = tables.make("things", number="int", tags=("manytomany", {"target": target_of(tags.pk)}))
    tag = tags.django_model.objects.create(code="old")
    model = things.django_model
    rows = model.objects.bulk_create(model(number=number) for number in range(ROWS))
    through = model.tags.through
    source, target = "source", "target"
    through.objects.bulk_create(through(**{f"{source}_id": row.pk, f"{target}_id": tag.pk}) for row in rows)
    return things, tag


def test_rows_and_links_are_of_the_moment_in_which_it_began(linked):
    things, tag = linked
    model = things.django_model
    pieces = export_rows(model.objects.all(), fields=["number", "tags"])
    begun = next(pieces) + next(pieces)

    def change():
        type(tag).objects.update(code="new")
        model.objects.filter(number__gte=ROWS - 5).delete()
        model.objects.create(number=-1)

    in_thread(change)

    lines = (begun + b"".join(pieces)).decode().splitlines()[1:]
    assert lines == [f"{number},old" for number in range(ROWS)]


@pytest.mark.only_on("postgresql")
def test_a_table_that_is_being_rewritten_is_waited_for(tables):
    # Else the moment of the export would be before the rewriting, and the rows all of later: none is seen.
    table = tables.make("things", number="int")
    model = table.django_model
    model.objects.bulk_create(model(number=number) for number in range(ROWS))
    rewritten, begun = threading.Event(), threading.Event()

    def rewrite():
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(f"ALTER TABLE {model._meta.db_table} ADD x float DEFAULT random()")
            rewritten.set()
            begun.wait(10)
            cursor.execute("SELECT pg_sleep(0.3)")
            cursor.execute("COMMIT")
        connection.close()

    thread = threading.Thread(target=rewrite)
    thread.start()
    assert rewritten.wait(10)
    begun.set()

    lines = b"".join(export_rows(model.objects.all())).splitlines()

    thread.join()
    assert len(lines) == ROWS + 1


def test_who_reads_slowly_keeps_no_table_from_being_changed(linked):
    things, _tag = linked
    model = things.django_model
    pieces = ahead(lambda: export_rows(model.objects.all()), alias="default")
    first = next(pieces)

    def change():
        DynamicField.objects.create(model=things, name="extra", type="int", position=9)
        things.sync()
        things.fields.get(name="number").delete()
        things.sync(allow_destructive=True)

    in_thread(change)

    assert len((first + b"".join(pieces)).splitlines()) == ROWS + 1


def test_what_goes_wrong_in_the_making_is_told_to_who_takes_it():
    def make():
        yield b"a"
        raise ValueError("broken")

    pieces = ReadAhead(make)

    assert next(pieces) == b"a"
    with pytest.raises(ValueError, match="broken"):
        list(pieces)
    pieces.close()


def test_nothing_more_is_made_for_who_has_gone():
    made, go_on = [], threading.Event()

    def make():
        for number in range(100):
            made.append(number)
            yield b"x" * 10
            go_on.wait(5)

    pieces = ReadAhead(make)
    next(pieces)
    pieces.close()
    go_on.set()
    pieces._making.result(5)

    assert len(made) < 5


def test_all_tables_of_a_query_are_known(linked, tables):
    things, tag = linked
    model = things.django_model
    related = model.objects.filter(tags__in=type(tag).objects.filter(code="old")).order_by("tags__code")

    names = tables_of(related)

    assert {model._meta.db_table, type(tag)._meta.db_table, model.tags.through._meta.db_table} <= names
