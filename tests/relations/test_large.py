"""Relations of tables that are too large for one transaction: added, restored and converted while in use."""

import pytest
from django.db import connection

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


@pytest.fixture
def linked(large, tables):
    """Links of each flight to all planes."""
    tables.add(large[1], spare=to(large[0], "manytomany", related_name="spare_for"))
    large[1].sync()
    planes = large[0].django_model.objects.all()
    for flight in large[1].django_model.objects.all():
        flight.spare.set(planes)
    SchemaChange.objects.all().delete()
    return field_of(large[1], "spare")


@pytest.fixture
def statements():
    """The statements that add and try foreign keys."""
    noted = []

    def note(execute, sql, params, many, context):
        if "FOREIGN KEY" in str(sql) or "VALIDATE" in str(sql):
            noted.append(str(sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield noted


@pytest.mark.only_on("postgresql")
def test_links_come_back_and_are_tried_while_people_use_both_ends(large, linked, statements):
    retire_field(large[1], "spare")

    restore_field(large[1].pk, linked.id)

    assert was_in_use()
    added = [sql for sql in statements if "ADD CONSTRAINT" in sql]
    assert len(added) == 2
    assert all(sql.endswith("NOT VALID") for sql in added)
    assert len([sql for sql in statements if "VALIDATE" in sql]) == 2
    assert large[0].django_model.objects.get(tail="N0").spare_for.count() == 20


def test_links_come_back_with_their_table(large, linked):
    large[1].retire()

    restore_table(large[1].pk)

    assert was_in_use()
    assert len(references(linked.link_table)) == 2
    assert large[0].django_model.objects.get(tail="N0").spare_for.count() == 20


def test_links_that_lead_nowhere_are_left_out_only_when_that_is_chosen(large, linked):
    retire_field(large[1], "spare")
    flights = large[1].django_model.objects
    flights.filter(plane__tail="N0").delete()

    with pytest.raises(RefusedChange, match="20 links"):
        restore_field(large[1].pk, linked.id)
    restore_field(large[1].pk, linked.id, without_gone=True)

    assert [drift.what for drift in find_current_drift(notes=True)] == []
    assert large[0].django_model.objects.get(tail="N0").spare_for.count() == 16
