"""The live classes: adopted with one query, swapped in whole, kept for a request, garbage afterwards."""

import gc
import pickle
import threading
import weakref

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dynadmin.exceptions import NotApplied, TableRetired
from dynadmin.fieldtypes import field_types
from dynadmin.models import DynamicModel
from dynadmin.registry import ModelRegistry, registry
from dynadmin.signals import revision_adopted


def add_field(tables, table, name, type="char"):
    tables.add(table, **{name: type})
    table.sync()


def in_thread(function):
    """Run the function in another thread, with a connection of its own; return what it returns."""
    results = []

    def run():
        try:
            results.append(function())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return results[0]


def test_asking_for_changes_takes_one_query(tables, django_assert_num_queries):
    tables.make("event", country="char")

    with django_assert_num_queries(1):
        assert registry.refresh() is False


def test_adopting_a_change_does_not_depend_on_the_number_of_tables(tables):
    def queries_to_adopt():
        other = ModelRegistry()
        other.refresh()
        add_field(tables, event, f"field{event.fields.count()}")
        with CaptureQueriesContext(
            connection,
        ) as captured:
            other.refresh()
        return len(captured)

    event = tables.make("event", country="char")
    few = queries_to_adopt()
    for number in range(5):
        tables.make(f"other{number}", country="char")

    assert queries_to_adopt() == few == 2


def test_a_change_in_one_thread_is_there_in_all_others(tables):
    event = tables.make("event", country="char")
    in_thread(lambda: add_field(tables, event, "size", "int"))

    assert event.django_model._meta.get_field("size")
    with registry.in_use() as snapshot:
        assert snapshot.model_named("event")._meta.get_field("size")


def test_a_request_keeps_to_the_revision_it_began_with(tables):
    event = tables.make("event", country="char")
    with registry.in_use() as snapshot:
        before = snapshot.model(event.pk)
        in_thread(lambda: add_field(tables, event, "size", "int"))
        registry.refresh()

        assert registry.current is snapshot
        assert event.django_model is before
        with pytest.raises(FieldDoesNotExist):
            before._meta.get_field("size")
    assert event.django_model is not before


def test_whoever_changes_the_schema_goes_on_with_what_it_made(tables):
    event = tables.make("event", country="char")
    with registry.in_use():
        add_field(tables, event, "size", "int")

        assert event.django_model._meta.get_field("size")


def test_only_changed_tables_get_new_classes(tables):
    event, other = tables.make("event", country="char"), tables.make("other", country="char")
    before = registry.newest.models
    add_field(tables, event, "size", "int")

    after = registry.newest.models
    assert after[other.pk] is before[other.pk]
    assert after[event.pk] is not before[event.pk]


def test_django_knows_the_classes_of_the_newest_revision(tables):
    event = tables.make("event", country="char")
    add_field(tables, event, "size", "int")
    model = event.django_model

    assert apps.get_model("tables", f"t{event.pk}") is model
    assert ContentType.objects.get_for_model(model).model_class() is model
    assert model in apps.get_models()


def test_a_row_survives_being_pickled(tables):
    event = tables.make("event", country="char")
    row = event.django_model.objects.create(country="PL")

    assert pickle.loads(pickle.dumps(row)) == row


def test_replaced_classes_are_garbage(tables):
    event = tables.make("event", country="char", size="int")
    list(event.django_model.objects.all())
    gone = []
    for number in range(10):
        gone.append(weakref.ref(event.django_model))
        add_field(tables, event, f"field{number}")
        event.django_model.objects.create(country="PL")
    gc.collect()

    assert [ref() for ref in gone] == [None] * len(gone)


def test_an_old_class_still_works_for_the_request_that_holds_it(tables):
    event = tables.make("event", country="char", size="int")
    old = event.django_model
    old.objects.create(country="PL", size=1)
    event.fields.filter(name="size").delete()
    event.sync(allow_destructive=True)
    tables.add(event, note="char")
    event.sync()

    old.objects.create(country="DE", size=2)
    assert list(old.objects.values_list("country", "size").order_by("pk")) == [("PL", 1), ("DE", 2)]


def test_a_table_never_applied_says_to_call_sync(tables):
    event = tables.define("event", country="char")

    with pytest.raises(NotApplied, match=r"'event' was never applied: call sync\(\)"):
        _ = event.django_model


def test_a_retired_table_says_so(tables):
    event = tables.make("event", label="Events", country="char")
    pk = event.pk
    event.retire()

    for ask in (lambda: registry.current.model(pk), lambda: registry.current.model_named("event")):
        with pytest.raises(TableRetired, match="“Events” was retired"):
            ask()


def test_a_table_that_never_was_is_not_found_by_name(tables):
    with pytest.raises(NotApplied, match="There is no table “ghost”"):
        registry.current.model_named("ghost")


def test_one_table_of_an_uninstalled_type_leaves_the_others_served(tables, caplog):
    char = type(field_types["char"])
    with field_types.register_temporarily(type("Exotic", (char,), {"slug": "exotic"})):
        event, other = tables.make("event", a="exotic"), tables.make("other", a="char")
        pk = event.pk
    fresh = ModelRegistry()
    fresh.refresh()

    assert list(fresh.newest.models) == [other.pk]
    with pytest.raises(NotApplied, match="not installed"):
        fresh.newest.model(pk)
    assert "'event'" in caplog.text


def test_others_are_told_of_an_adopted_revision(tables):
    heard = []

    def listen(sender, snapshot, previous, **kwargs):
        heard.append((previous.revision, snapshot.revision))

    revision_adopted.connect(listen)
    try:
        tables.make("event", country="char")
    finally:
        revision_adopted.disconnect(listen)

    assert heard == [(0, registry.newest.revision)]


def test_threads_that_iterate_over_the_models_never_meet_a_swap(tables):
    event = tables.make("event", country="char")
    stop, errors = threading.Event(), []

    def iterate():
        while not stop.is_set():
            try:
                apps.get_models.cache_clear()
                assert any(m._meta.model_name == f"t{event.pk}" for m in apps.get_models())
            except (RuntimeError, AssertionError) as error:
                errors.append(error)

    threads = [threading.Thread(target=iterate) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for number in range(5):
            add_field(tables, event, f"field{number}")
    finally:
        stop.set()
        for thread in threads:
            thread.join()

    assert errors == []


def test_definitions_that_are_not_applied_change_nothing(tables):
    event = tables.make("event", country="char")
    before = registry.newest
    tables.add(event, size="int")
    DynamicModel.objects.filter(pk=event.pk).update(name="happening")
    registry.refresh()

    assert registry.newest is before
