"""Undoing revisions of real tables: the rows, the definitions, and the record of it."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError

from dynadmin.admin.revisions.showing import fetch_revisions_of
from dynadmin.exceptions import CannotUndo, Obstructed, StalePlan
from dynadmin.models import (
    DynamicConstraint,
    DynamicModel,
    RevisedTable,
    SchemaRevision,
    foresee_undo,
    sync_all,
    undo,
    undo_plan,
)
from dynadmin.models.applying import apply_plan
from dynadmin.models.history import tables_before
from dynadmin.registry import registry
from tests.support import Tables


@pytest.fixture
def flights(tables):
    """A table with two rows, made by the first revision."""
    table = tables.make("flights", carrier="char", distance="int")
    for carrier, distance in (("AA", 100), ("UA", 200)):
        table.django_model.objects.create(carrier=carrier, distance=distance)
    return table


def latest() -> SchemaRevision:
    return SchemaRevision.objects.latest("pk")


def values(table: DynamicModel, name: str) -> list:
    return list(table.django_model.objects.order_by("pk").values_list(name, flat=True))


def change_field(table: DynamicModel, field: str, **attributes) -> SchemaRevision:
    """Change a field of the draft, and apply it."""
    draft = table.fields.get(name=field)
    for attribute, value in attributes.items():
        setattr(draft, attribute, value)
    draft.save()
    return table.sync(allow_destructive=True)


def retire_field(table: DynamicModel, field: str) -> SchemaRevision:
    table.fields.get(name=field).delete()
    return table.sync(allow_destructive=True)


def rename(table):
    return change_field(table, "carrier", name="airline", label="Airline")


def narrow(table):
    return change_field(table, "distance", options={"min_value": 50})


def widen(table):
    return change_field(table, "carrier", options={"max_length": 300})


def add(table):
    Tables().add(table, year="int")
    return table.sync()


def reorder(table):
    change_field(table, "carrier", position=9)
    return latest()


def describe(table):
    DynamicModel.objects.filter(pk=table.pk).update(name="air", folder="Air")
    table.refresh_from_db()
    return table.sync()


def retire(table):
    return retire_field(table, "distance")


def demand(table):
    first, second = table.fields.values_list("pk", flat=True)[:2]
    DynamicConstraint.objects.create(model=table, kind="unique", fields=[first, second])
    return table.sync()


def convert(table):
    return change_field(table, "distance", type="text", options={})


CHANGES = [rename, narrow, widen, add, reorder, describe, retire, demand, convert]


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_revision_did_is_undone_with_its_definition_and_loses_no_value(flights, change):
    before = registry.newest.schema.tables[flights.pk]
    revision = change(flights)

    undone = undo(revision)

    table = registry.newest.schema.tables[flights.pk]
    assert (table.name, table.folder, table.live_fields) == (before.name, before.folder, before.live_fields)
    assert values(flights, "carrier") == ["AA", "UA"]
    assert values(flights, "distance") == [100, 200]
    assert undone.undoes == revision
    draft = DynamicModel.objects.get()
    assert draft.plan().is_empty
    assert draft.to_schema().live_fields == before.live_fields
    assert draft.to_schema().constraints == table.constraints == before.constraints


@pytest.mark.parametrize("change", CHANGES)
def test_an_undo_is_undone_as_any_other_revision(flights, change):
    made = change(flights)
    after = registry.newest.schema.tables[flights.pk]

    undo(undo(made))

    table = registry.newest.schema.tables[flights.pk]
    assert (table.live_fields, table.constraints) == (after.live_fields, after.constraints)
    assert DynamicModel.objects.get().plan().is_empty


def test_a_whole_history_is_undone_step_by_step(flights):
    before = registry.newest.schema.tables[flights.pk]
    history = [change(flights) for change in (widen, narrow, add, describe, demand, reorder, rename, retire)]

    for revision in reversed(history):
        undo(revision)

    table = registry.newest.schema.tables[flights.pk]
    assert (table.name, table.folder, table.live_fields) == (before.name, before.folder, before.live_fields)
    assert (values(flights, "carrier"), values(flights, "distance")) == (["AA", "UA"], [100, 200])
    assert table.constraints == ()


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (2, 0, 3, 1), (1, 3, 0, 2)])
def test_effects_on_different_things_are_undone_in_any_order(flights, order):
    before = registry.newest.schema.tables[flights.pk]
    history = [change(flights) for change in (convert, widen, add, describe)]

    for number in order:
        undo(history[number])

    table = registry.newest.schema.tables[flights.pk]
    assert (table.name, table.folder, table.live_fields) == (before.name, before.folder, before.live_fields)
    assert values(flights, "distance") == [100, 200]


def test_a_table_that_was_retired_is_there_again_with_rows_and_definition(flights, django_user_model):
    before = flights.to_schema()
    flights.retire()

    undo(latest(), user=django_user_model.objects.create_user("ann"))

    restored = DynamicModel.objects.get()
    assert restored.to_schema() == before
    assert values(restored, "carrier") == ["AA", "UA"]
    assert latest().author.username == "ann"


def test_a_table_that_was_created_goes_and_its_rows_can_come_back(flights):
    undo(latest())
    assert not DynamicModel.objects.exists()

    undo(latest())
    assert values(DynamicModel.objects.get(), "distance") == [100, 200]


def test_several_tables_are_undone_together(flights, tables):
    planes = tables.make("planes", tail="char")
    DynamicModel.objects.filter(pk=flights.pk).update(name="~")
    DynamicModel.objects.filter(pk=planes.pk).update(name="flights")
    DynamicModel.objects.filter(pk=flights.pk).update(name="planes")
    swapped = sync_all()

    undo(swapped)

    assert {model.name: model.pk for model in DynamicModel.objects.all()} == {
        "flights": flights.pk,
        "planes": planes.pk,
    }
    assert RevisedTable.objects.filter(revision=latest()).count() == 2


def test_a_rule_that_is_back_holds_again_and_rows_that_broke_it_stand_in_the_way(flights):
    made = demand(flights)
    gone = undo(made)
    broken = flights.django_model.objects.create(carrier="AA", distance=100)

    with pytest.raises(Obstructed):
        undo(gone)
    broken.delete()
    undo(gone)

    with pytest.raises(IntegrityError):
        flights.django_model.objects.create(carrier="AA", distance=100)


# --- What is refused ---


def test_what_was_changed_again_is_refused_whole_and_said(flights):
    rename(flights)
    renamed = latest()
    change_field(flights, "airline", name="company", label="Company")

    with pytest.raises(CannotUndo, match=f"was changed again by revision {latest().pk}; undo that first"):
        undo(renamed)

    assert values(flights, "company") == ["AA", "UA"]


def test_of_several_later_changes_the_last_is_to_be_undone_first(flights):
    rename(flights)
    renamed = latest()
    for name in ("company", "operator", "owner"):
        change_field(flights, flights.fields.get(name__in=["airline", "company", "operator"]).name, name=name)

    with pytest.raises(CannotUndo, match=f"was changed again by revision {latest().pk}; undo that first"):
        undo(renamed)
    assert [revision.pk for revision in fetch_revisions_of(flights.pk, 2)] == [latest().pk, latest().pk - 1]


def test_rows_that_do_not_fit_any_more_stand_in_the_way(flights):
    widened = widen(flights)
    flights.django_model.objects.create(carrier="x" * 280)

    with pytest.raises(Obstructed, match="would not fit"):
        undo(widened)


def test_changes_that_wait_are_neither_lost_nor_applied_by_an_undo(flights):
    renamed = rename(flights)
    flights.fields.update(label="Waiting")

    with pytest.raises(CannotUndo, match="wait to be applied: apply or discard them first"):
        undo_plan(renamed)

    assert set(flights.fields.values_list("label", flat=True)) == {"Waiting"}


def test_changes_that_wait_for_another_table_are_in_nobodys_way(flights, tables):
    renamed = rename(flights)
    planes = tables.make("planes", tail="char")
    planes.fields.update(label="Waiting")

    undo(renamed)

    assert planes.fields.get().label == "Waiting"


def test_a_draft_saved_in_the_last_moment_is_not_overwritten(flights):
    renamed = rename(flights)
    plan = undo_plan(renamed)
    flights.fields.update(label="Waiting")

    with pytest.raises(StalePlan, match="changed meanwhile"):
        apply_plan(lambda: plan, allow_destructive=True, shown=plan.digest)

    assert set(flights.fields.values_list("label", flat=True)) == {"Waiting"}
    assert latest() == renamed


def test_a_plan_that_became_another_is_not_applied(flights):
    renamed = rename(flights)
    shown = undo_plan(renamed).digest
    add(flights)

    with pytest.raises(StalePlan):
        undo(renamed, shown=shown)


def test_what_is_undone_already_makes_no_revision(flights):
    renamed = rename(flights)
    undone = undo(renamed)

    assert undo(renamed) is None
    assert latest() == undone
    assert foresee_undo(renamed).conflicts == ()


def test_however_many_conflicts_there_are_the_later_revisions_are_read_once(
    flights, tables, django_assert_max_num_queries
):
    Tables().add(flights, **{f"f{number}": "int" for number in range(20)})
    made = flights.sync()
    flights.fields.filter(type="int").update(label="Again")
    flights.sync()

    with django_assert_max_num_queries(10):
        assert len(foresee_undo(made).conflicts) == 20


# --- The record ---


def test_a_table_is_found_as_a_revision_found_it(flights, tables):
    first = registry.newest.schema.tables[flights.pk]
    planes = tables.make("planes", tail="char")
    renamed = rename(flights)
    retire(flights)

    assert tables_before(renamed.pk, [flights.pk, planes.pk, 999]) == {
        flights.pk: first,
        planes.pk: registry.newest.schema.tables[planes.pk],
    }


def test_revisions_from_before_tables_were_noted_have_their_history_too(flights, tables):
    tables.make("planes", tail="char")
    rename(flights)
    noted = set(RevisedTable.objects.values_list("revision", "table"))
    RevisedTable.objects.all().delete()

    import_module("dynadmin.migrations.0003_revised_tables").note_tables(apps, None)

    assert set(RevisedTable.objects.values_list("revision", "table")) == noted
