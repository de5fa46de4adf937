"""A table may keep no history: a part of its definition like any other."""

import json

from dynadmin.models import DynamicModel, dump_schema, undo
from dynadmin.registry import registry
from dynadmin.schema import TableSchema
from dynadmin.schemafile import read_schema


def switched_off(table):
    table.keeps_history = False
    table.save()
    return table.sync()


def test_the_switch_is_a_harmless_change_that_can_be_undone(tables):
    trip = tables.make("trip", code="char")
    trip.keeps_history = False
    trip.save()

    plan = trip.plan()
    assert plan.descriptions == ["Keep no history of the rows of “Trip” from now on"]
    assert not plan.is_destructive
    revision = trip.sync()
    assert registry.newest.schema.tables[trip.pk].keeps_history is False

    undo(revision)
    assert registry.newest.schema.tables[trip.pk].keeps_history is True
    assert DynamicModel.objects.get(pk=trip.pk).keeps_history is True


def test_a_schema_remembers_the_switch_and_says_nothing_of_what_is_usual():
    kept, silent = TableSchema(id=1, name="a"), TableSchema(id=1, name="a", keeps_history=False)

    assert "keeps_history" not in kept.to_json()
    for table in (kept, silent):
        assert TableSchema.from_json(json.loads(json.dumps(table.to_json()))) == table


def test_a_file_of_definitions_carries_the_switch(tables):
    trip = tables.make("trip", code="char")
    assert "keeps_history" not in dump_schema([registry.newest.schema.tables[trip.pk]])
    switched_off(trip)

    (read,) = read_schema(dump_schema([registry.newest.schema.tables[trip.pk]]))
    assert read.keeps_history is False
