"""What a field was before its conversion: in the trash too, and gone with what it became."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from dynadmin.executor.drift import find_drift
from dynadmin.models import DynamicConstraint, purge, restore_field, restore_table
from dynadmin.models.retired import trash, weigh
from dynadmin.registry import registry
from tests.trash.retiring import column_names, retire


@pytest.fixture
def event(tables):
    """A table whose text `size` was converted to a number, with the text kept beside."""
    table = tables.make("event", label="Events", country="char", size="char")
    for size in ("1", "2"):
        table.django_model.objects.create(country="PL", size=size)
    table.fields.filter(name="size").update(type="int", options={})
    table.sync()
    return table


def sizes(table) -> list:
    return list(table.django_model.objects.order_by("pk").values_list("size", flat=True))


def test_original_values_are_in_the_trash_until_they_are_purged(event):
    [item] = trash()
    size = event.fields.get(name="size").pk
    assert (item.kind, item.key, item.label) == ("original", f"c{size}", "Size")
    assert str(weigh([item])[item.key].rows) == "2"

    done = purge(columns=[item.key])

    assert done.revision.operations == ["Delete the original values of field “Size” of “Events” for good"]
    assert column_names(event.pk) == {"id", f"c{size}_1", f"c{event.fields.get(name='country').pk}"}
    assert sizes(event) == [1, 2]
    event.django_model.objects.create(size=3)
    assert list(find_drift(registry.newest.schema)) == []


def test_what_a_field_was_goes_with_it(event):
    [size] = retire(event, "size")
    assert {item.key for item in trash()} == {f"c{size}", f"c{size}_1"}

    done = purge(columns=[f"c{size}_1"])

    assert set(done.gone) == {f"c{size}", f"c{size}_1"}
    assert trash() == ()
    assert len(column_names(event.pk)) == 2


def test_a_converted_field_is_restored_with_what_it_was(event):
    [size] = retire(event, "size")
    event.django_model.objects.create(country="DE")
    restore_field(event.pk, size)

    assert sizes(event) == [1, 2, None]
    assert [item.kind for item in trash()] == ["original"]
    assert list(find_drift(registry.newest.schema)) == []


def test_the_guards_of_other_originals_stay(event):
    event.fields.filter(name="country").update(type="text", options={})
    old_class = event.django_model
    event.sync()
    size = event.fields.get(name="size").pk
    purge(columns=[f"c{size}"])

    with pytest.raises(DatabaseError, match="this column was converted"), transaction.atomic():
        old_class.objects.create(country="lost to everybody")


def test_a_table_comes_back_with_its_rules_and_originals(event):
    size = event.fields.get(name="size").pk
    country = event.fields.get(name="country").pk
    DynamicConstraint.objects.create(model=event, kind="unique", fields=[country, size], position=0)
    event.sync()
    before, pk = registry.newest.schema.tables[event.pk], event.pk
    event.retire()
    assert not DynamicConstraint.objects.exists()

    restore_table(pk)

    assert registry.newest.schema.tables[pk] == before
    assert DynamicConstraint.objects.get().fields == [country, size]
    model = registry.newest.model(pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.create(country="PL", size=1)
    assert list(find_drift(registry.newest.schema)) == []
