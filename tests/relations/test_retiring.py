"""Relations out of sight and back: what nobody sees holds nobody, and nothing is lost unseen."""

import pytest
from django.db import IntegrityError, transaction

from dynadmin.exceptions import RefusedChange
from dynadmin.executor.drift import find_current_drift
from dynadmin.models import (
    DynamicField,
    DynamicModel,
    purge,
    restore_field,
    restore_table,
    sync_all,
    trash,
)
from dynadmin.models.retired import weigh
from dynadmin.models.undoing import undo
from dynadmin.registry import registry
from dynadmin.revisions import SchemaRevision
from tests.relations.fleet import execute, field_of, fly, references, retire_field, table_names, to


def agree():
    """Whether the database is as the revision says, and no draft differs from it."""
    assert [drift.what for drift in find_current_drift(notes=True)] == []


def planes_of(flights):
    return list(flights.django_model.objects.order_by("number").values_list("plane", flat=True))


# --- Fields ---


def test_a_retired_relation_keeps_nobody_from_deleting_a_row(fleet):
    plane, _flights = fly(*fleet)

    retire_field(fleet[1], "plane")

    assert references(f"dyn_t{fleet[1].pk}") == []
    fleet[0].django_model.objects.get(pk=plane.pk).delete()
    agree()


def test_a_relation_comes_back_with_its_rows_and_its_foreign_key(fleet):
    plane, _flights = fly(*fleet)
    id = field_of(fleet[1], "plane").id
    retire_field(fleet[1], "plane")

    restore_field(fleet[1].pk, id)

    assert planes_of(fleet[1]) == [plane.pk, plane.pk]
    with pytest.raises(IntegrityError), transaction.atomic():
        fleet[1].django_model.objects.create(number=3, plane_id=999)
    agree()


def test_rows_that_were_deleted_meanwhile_are_counted_and_emptied_only_when_that_is_chosen(fleet):
    fly(*fleet)
    id = field_of(fleet[1], "plane").id
    retire_field(fleet[1], "plane")
    fleet[0].django_model.objects.all().delete()

    with pytest.raises(RefusedChange, match="2 rows of “Flights” refer in “Plane” to rows that were deleted"):
        restore_field(fleet[1].pk, id)
    restore_field(fleet[1].pk, id, without_gone=True)

    assert planes_of(fleet[1]) == [None, None]
    agree()


def test_a_required_relation_gets_one_row_for_all_that_have_none(tables):
    planes = tables.make("planes", tail="char")
    required = {"null": False, "blank": False}
    flights = tables.make("flights", number="int", plane=to(planes, **required))
    first = fly(planes, flights)[0]
    id = field_of(flights, "plane").id
    retire_field(flights, "plane")
    second = planes.django_model.objects.create(tail="N2")
    flights.django_model.objects.create(number=3)
    planes.django_model.objects.get(pk=first.pk).delete()

    with pytest.raises(RefusedChange, match="The value for the rows of field “Plane” does not fit"):
        restore_field(flights.pk, id, value="999")
    restore_field(flights.pk, id, value=str(second.pk))

    assert planes_of(flights) == [second.pk] * 3
    agree()


def test_a_relation_to_a_table_in_the_trash_comes_back_after_the_table(fleet):
    fly(*fleet)
    id = field_of(fleet[1], "plane").id
    fleet[0].retire(with_references=True)

    with pytest.raises(RefusedChange, match="“Planes”, which is in the trash: restore that first"):
        restore_field(fleet[1].pk, id)
    restore_table(fleet[0].pk)
    restore_field(fleet[1].pk, id)

    assert fleet[1].django_model.objects.filter(plane__tail="N1").count() == 2
    agree()


def test_a_relation_whose_name_from_the_other_side_was_taken_meanwhile_gets_another(fleet, tables):
    id = field_of(fleet[1], "plane").id
    retire_field(fleet[1], "plane")
    tables.add(fleet[0], flights="int")
    fleet[0].sync()

    restore_field(fleet[1].pk, id)

    assert hasattr(fleet[0].django_model, "flights_plane")
    agree()


def test_numbers_stay_when_the_table_they_led_to_is_gone_for_good(fleet):
    _plane, _flights = fly(*fleet)
    column = field_of(fleet[1], "plane").column
    fleet[0].retire(with_references=True)

    purge(tables=[fleet[0].pk])

    table = fleet[1].django_model._meta.db_table
    with pytest.raises(RefusedChange, match="deleted for good"):
        restore_field(fleet[1].pk, int(column[1:]))
    assert table_names() >= {table}
    agree()
    purge(columns=[column])
    agree()


# --- Tables ---


def test_a_retired_table_keeps_nobody_from_deleting_what_it_refers_to(fleet):
    fly(*fleet)

    fleet[1].retire()

    assert references(f"dyn_t{fleet[1].pk}") == []
    fleet[0].django_model.objects.all().delete()
    agree()


def test_a_table_comes_back_with_its_foreign_keys(fleet):
    plane, _flights = fly(*fleet)
    id = fleet[1].pk
    fleet[1].retire()

    restore_table(id)

    assert len(references(f"dyn_t{id}")) == 1
    assert list(plane.__class__.objects.get().flights.values_list("number", flat=True)) == [1, 2]
    agree()


def test_of_a_table_too_what_refers_to_deleted_rows_is_counted_first(fleet):
    fly(*fleet)
    id = fleet[1].pk
    fleet[1].retire()
    fleet[0].django_model.objects.all().delete()

    with pytest.raises(RefusedChange, match="2 rows of “Flights”"):
        restore_table(id)
    restore_table(id, without_gone=True)

    assert planes_of(DynamicModel.objects.get(pk=id)) == [None, None]
    agree()


def test_tables_in_the_trash_that_refer_to_each_other_come_back_one_by_one(tables):
    people = tables.define("people", first="char")
    teams = tables.define("teams", title="char", leader=to(people, related_name="leads"))
    tables.add(people, team=to(teams))
    sync_all([people, teams])
    team = teams.django_model.objects.create(title="One")
    people.django_model.objects.create(first="Ann", team=team)
    ids = people.pk, teams.pk
    people.retire(with_references=True)
    teams.retire()

    restore_table(ids[0])
    assert {item.label for item in trash()} == {"Teams", "Team"}
    restore_table(ids[1])
    for field in [item.field for item in trash()]:
        table = ids[0] if field.name == "team" else ids[1]
        restore_field(table, field.id)

    assert people.django_model.objects.get().team.title == "One"
    agree()


def test_a_table_is_retired_with_the_fields_that_refer_to_it_when_that_is_chosen(fleet):
    fly(*fleet)

    plan = fleet[0].retirement(with_references=True)
    assert [words.partition(":")[0] for words in plan.descriptions] == [
        "Retire table “Planes”",
        "Retire field “Plane” of “Flights”",
    ]
    fleet[0].retire(with_references=True)

    assert [field.name for field in DynamicField.objects.filter(model=fleet[1].pk)] == ["number"]
    agree()


def test_undoing_brings_the_table_and_the_fields_back(fleet):
    plane, _flights = fly(*fleet)
    fleet[0].retire(with_references=True)

    undo(SchemaRevision.objects.latest("pk"))

    assert planes_of(fleet[1]) == [plane.pk, plane.pk]
    assert len(references(f"dyn_t{fleet[1].pk}")) == 1
    agree()


def test_a_self_reference_goes_and_comes_with_its_table(tables):
    parts = tables.define("parts", title="char")
    tables.add(parts, whole=to(parts, related_name="pieces"))
    parts.sync()
    car = parts.django_model.objects.create(title="car")
    parts.django_model.objects.create(title="wheel", whole=car)
    id = parts.pk

    parts.retire()
    assert references(f"dyn_t{id}") == []
    restore_table(id)

    assert DynamicModel.objects.get(pk=id).django_model.objects.get(title="car").pieces.count() == 1
    assert len(references(f"dyn_t{id}")) == 1
    agree()


# --- Links ---


def link(notes):
    tags, table = notes
    rows = [tags.django_model.objects.create(word=word) for word in ("red", "blue")]
    note = table.django_model.objects.create(text="x")
    note.tags.set(rows)
    return note, rows


def test_retired_links_are_kept_and_hold_nobody(notes):
    _note, (red, _blue) = link(notes)
    field = field_of(notes[1], "tags")

    retire_field(notes[1], "tags")

    assert references(field.link_table) == []
    notes[0].django_model.objects.get(pk=red.pk).delete()
    item = next(item for item in trash() if item.key == field.column)
    assert weigh([item])[field.column].rows.rows == 2
    agree()


def test_links_come_back_without_those_that_lead_nowhere_when_that_is_chosen(notes):
    _note, (red, _blue) = link(notes)
    field = field_of(notes[1], "tags")
    retire_field(notes[1], "tags")
    notes[0].django_model.objects.get(pk=red.pk).delete()

    with pytest.raises(RefusedChange, match="1 link of field “Tags” of “Notes” leads to a row"):
        restore_field(notes[1].pk, field.id)
    restore_field(notes[1].pk, field.id, without_gone=True)

    note = notes[1].django_model.objects.get()
    assert [tag.word for tag in note.tags.all()] == ["blue"]
    assert len(references(field.link_table)) == 2
    agree()


def test_links_go_and_come_with_either_table(notes):
    link(notes)
    field, (tags, table) = field_of(notes[1], "tags"), (notes[0].pk, notes[1].pk)

    notes[1].retire()
    assert references(field.link_table) == []
    restore_table(table)
    assert len(references(field.link_table)) == 2
    notes[0].retire(with_references=True)
    assert references(field.link_table) == []
    restore_table(tags)
    restore_field(table, field.id)

    assert registry.newest.model(table).objects.get().tags.count() == 2
    agree()


@pytest.mark.parametrize("gone", ["field", "table"])
def test_links_are_dropped_with_their_field_and_with_its_table(notes, gone):
    link(notes)
    field, id = field_of(notes[1], "tags"), notes[1].pk
    if gone == "field":
        retire_field(notes[1], "tags")
        purge(columns=[field.column])
    else:
        notes[1].retire()
        purge(tables=[id])

    assert field.link_table not in table_names()
    agree()


def test_links_stay_when_what_they_lead_to_is_gone_for_good(notes):
    link(notes)
    field, tags = field_of(notes[1], "tags"), notes[0].pk
    notes[0].retire(with_references=True)

    purge(tables=[tags])

    assert field.link_table in table_names()
    agree()
    purge(columns=[field.column])
    agree()


def test_a_table_with_links_is_changed_as_any_other(notes, tables):
    link(notes)
    tables.add(notes[1], stars="int")
    notes[1].fields.filter(name="tags").update(name="labels", options={"target": f"tables.T{notes[0].pk}"})

    notes[1].sync()

    assert notes[1].django_model.objects.get().labels.count() == 2
    agree()


def test_a_foreign_key_that_was_dropped_by_hand_is_none_to_stop_for(fleet):
    """Retiring drops what there is."""
    retire_field(fleet[1], "number")
    execute(f"DELETE FROM dyn_t{fleet[1].pk}")
    fleet[1].retire()
    agree()


def test_a_table_that_was_never_applied_goes_without_a_plan(tables):
    table = tables.define("planes", tail="char")

    assert table.retirement(with_references=True).is_empty
