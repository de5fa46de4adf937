"""Restoring and purging at once: one of the two happens, wholly, and the other says so."""

import threading

import pytest
from django.db import connection

from dynadmin.exceptions import RefusedChange
from dynadmin.executor.drift import find_drift
from dynadmin.models import DynamicModel, purge, restore_field, restore_table
from dynadmin.registry import registry
from tests.trash.retiring import column_names, retire

ROUNDS = 4


def at_once(*actions):
    """Run the actions in threads that start together; return what each returned or raised."""
    barrier, results = threading.Barrier(len(actions)), [None] * len(actions)

    def run(number, action):
        barrier.wait()
        try:
            results[number] = action()
        except Exception as error:  # noqa: BLE001 -- returned
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_a_field_is_restored_or_purged(tables, turn):
    table = tables.make("event", a="char", b="char")
    table.django_model.objects.create(a="x", b="kept")
    [b] = retire(table, "b")

    restored, purged = at_once(lambda: restore_field(table.pk, b), lambda: purge(columns=[f"c{b}"]))

    registry.refresh()
    if purged.gone:
        assert isinstance(restored, RefusedChange), restored
        assert f"c{b}" not in column_names(table.pk)
        assert table.fields.count() == 1
    else:
        assert (purged.revision, purged.kept) == (None, (f"c{b}",))
        assert table.django_model.objects.get().b == "kept"
    assert DynamicModel.objects.get().plan().is_empty
    assert list(find_drift(registry.newest.schema)) == []


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_a_table_is_restored_or_purged(tables, turn):
    table = tables.make("event", a="char")
    table.django_model.objects.create(a="kept")
    pk = table.pk
    table.retire()

    restored, purged = at_once(lambda: restore_table(pk), lambda: purge(tables=[pk]))

    registry.refresh()
    if purged.gone:
        assert isinstance(restored, RefusedChange), restored
        assert not DynamicModel.objects.exists()
    else:
        assert purged.kept == (f"t{pk}",)
        assert registry.newest.model(pk).objects.get().a == "kept"
    assert list(find_drift(registry.newest.schema)) == []


def test_two_restorations_at_once_are_one(tables):
    table = tables.make("event", a="char", b="char")
    [b] = retire(table, "b")

    results = at_once(*[lambda: restore_field(table.pk, b)] * 3)

    assert sorted(result is None for result in results) == [False, True, True], results
    assert [field.name for field in table.fields.all()] == ["a", "b"]


def test_restorations_of_two_tables_of_one_name_both_happen(tables):
    ids = []
    for _ in range(2):
        table = tables.make("event", a="char")
        ids.append(table.pk)
        table.retire()

    results = at_once(*[lambda id=id: restore_table(id) for id in ids])

    assert not any(isinstance(result, Exception) for result in results), results
    assert set(DynamicModel.objects.values_list("name", flat=True)) == {"event", "event_2"}
