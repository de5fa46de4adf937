"""Relations of tables that are too large for one transaction: added, restored and converted while in use."""

import pytest

from dynadmin.exceptions import RefusedChange
from dynadmin.executor.drift import find_current_drift
from dynadmin.models import SchemaChange, restore_field, restore_table
from tests.relations.fleet import field_of, references, retire_field, to


@pytest.fixture
def large(tables, settings):
    """Planes and flights, more than are changed at once."""
    planes = tables.make("planes", tail="char")
    flights = tables.make("flights", number="int", plane=to(planes))
    rows = [planes.django_model.objects.create(tail=f"N{number}") for number in range(5)]
    model = flights.django_model
    model.objects.bulk_create(model(number=number, plane=rows[number % 5]) for number in range(20))
    settings.DYNADMIN = {"ONLINE_ROWS": 3, "ONLINE_PAUSE": 0, "CHANGE_PATIENCE_S": 3}
    return planes, flights


def was_in_use(changes: int = 1) -> bool:
    """Whether the change was made while the table was in use, and nothing of it is left or lacking."""
    assert [drift.what for drift in find_current_drift(notes=True)] == []
    return SchemaChange.objects.filter(state="done").count() >= changes


@pytest.mark.parametrize("slug", ["foreignkey", "onetoone"])
def test_a_relation_is_added(large, tables, slug):
    tables.add(large[1], second=to(large[0], slug, related_name="seconds"))

    large[1].sync()

    assert was_in_use()
    assert len(references(f"dyn_t{large[1].pk}")) == 2


def test_a_relation_comes_back(large):
    id = field_of(large[1], "plane").id
    retire_field(large[1], "plane")

    restore_field(large[1].pk, id)

    assert was_in_use()
    assert large[1].django_model.objects.filter(plane__tail="N0").count() == 4
    assert len(references(f"dyn_t{large[1].pk}")) == 1


def test_what_refers_to_rows_that_are_gone_is_emptied_only_when_that_is_chosen(large):
    id = field_of(large[1], "plane").id
    retire_field(large[1], "plane")
    large[0].django_model.objects.filter(tail="N0").delete()

    with pytest.raises(RefusedChange, match="4 rows"):
        restore_field(large[1].pk, id)
    restore_field(large[1].pk, id, without_gone=True)

    assert was_in_use()
    assert large[1].django_model.objects.filter(plane=None).count() == 4


def test_a_table_comes_back(large):
    id = large[1].pk
    large[1].retire()

    restore_table(id)

    assert was_in_use()
    assert large[0].django_model.objects.get(tail="N0").flights.count() == 4
    assert len(references(f"dyn_t{id}")) == 1


def test_a_relation_becomes_one_that_must_be_given(large):
    field = large[1].fields.get(name="plane")
    field.options = {**field.options, "null": False, "blank": False}
    field.save()

    large[1].sync()

    assert was_in_use()
    assert len(references(f"dyn_t{large[1].pk}")) == 1


def test_a_relation_is_converted_to_another_kind_of_relation(large):
    large[1].django_model.objects.filter(number__gte=5).update(plane=None)
    large[1].fields.filter(name="plane").update(type="onetoone")

    large[1].sync()

    assert was_in_use()
    assert large[1].django_model.objects.filter(plane__tail="N0").count() == 1
    assert len(references(f"dyn_t{large[1].pk}")) == 1
