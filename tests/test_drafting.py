"""Definitions written from values: what is in force, or about to be, becomes the draft."""

from dataclasses import replace

import pytest

from dynadmin.exceptions import NotApplied, RefusedChange
from dynadmin.models import DynamicField, DynamicModel
from dynadmin.models.drafting import waiting_drafts, write_definitions
from dynadmin.registry import registry
from dynadmin.schema import FieldSchema


@pytest.fixture
def flights(tables):
    return tables.make("flights", carrier="char", distance=("int", {"max_value": 9000}))


def in_force(table: DynamicModel):
    return registry.newest.schema.tables[table.pk]


def test_a_definition_written_from_a_value_is_that_value_again(flights):
    wanted = replace(
        in_force(flights),
        label="All flights",
        folder="Air",
        fields=(
            FieldSchema(id=flights.fields.last().pk, name="carrier", type="text", label="Swapped"),
            FieldSchema(id=flights.fields.first().pk, name="distance", type="char", label="Names"),
        ),
    )

    write_definitions([wanted])

    draft = DynamicModel.objects.get().to_schema()
    assert (draft.name, draft.label, draft.folder, draft.key) == ("flights", "All flights", "Air", wanted.key)
    assert [(f.id, f.name, f.type, f.label) for f in draft.fields] == [
        (f.id, f.name, f.type, f.label) for f in wanted.fields
    ]


def test_keys_stay_and_open_pages_learn_of_it(flights):
    before = flights.to_schema()
    without_keys = replace(before, key="", fields=tuple(replace(f, key="") for f in before.fields))

    write_definitions([without_keys])

    written = DynamicModel.objects.get()
    assert written.to_schema() == before
    assert written.version == flights.version + 1


def test_a_definition_that_is_gone_comes_back_with_its_identity(flights):
    before = flights.to_schema()
    flights.retire()

    write_definitions([before])

    assert DynamicModel.objects.get().to_schema() == before


def test_the_definition_of_a_retired_table_goes(flights, tables):
    tables.make("planes", tail="char")

    write_definitions([replace(in_force(flights), retired_after=1)])

    assert [model.name for model in DynamicModel.objects.all()] == ["planes"]
    assert [field.name for field in DynamicField.objects.all()] == ["tail"]


def test_tables_may_swap_their_names(flights, tables):
    planes = tables.make("planes", tail="char")

    write_definitions([replace(in_force(flights), name="planes"), replace(in_force(planes), name="flights")])

    assert DynamicModel.objects.get(name="planes").pk == flights.pk


def test_a_name_that_another_draft_has_taken_is_refused_and_nothing_is_written(flights, tables):
    value = in_force(flights)
    DynamicModel.objects.filter(pk=flights.pk).update(name="air")
    tables.define("flights", tail="char")

    with pytest.raises(RefusedChange, match="Another table definition is called “flights”"):
        write_definitions([value])

    assert DynamicModel.objects.get(pk=flights.pk).name == "air"


def test_reverting_gives_up_what_was_not_applied(flights, tables):
    before = flights.to_schema()
    flights.fields.filter(name="carrier").delete()
    tables.add(flights, year="int")
    flights.name = "air"
    flights.save()

    flights.revert()

    assert flights.to_schema() == before
    assert flights.plan().is_empty


def test_what_rows_are_to_be_called_is_part_of_what_a_draft_says(flights):
    DynamicModel.objects.update(label="Other")
    before = waiting_drafts(registry.newest.schema, [flights.pk])
    DynamicModel.objects.update(display=[flights.fields.first().pk])

    assert waiting_drafts(registry.newest.schema, [flights.pk]) != before != {}


def test_what_was_never_applied_cannot_be_reverted(tables):
    with pytest.raises(NotApplied):
        tables.define("flights", carrier="char").revert()
