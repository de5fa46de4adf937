"""What comes back out of the trash, and how: values, options, grants, place, names."""

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction

from dynadmin.exceptions import RefusedChange
from dynadmin.fieldtypes.cells import from_text
from dynadmin.models import DynamicField, DynamicModel, restore_field, restore_table
from dynadmin.models.restoring import ChangesWaiting
from dynadmin.registry import registry
from dynadmin.revisions import latest_revision_id
from tests.fieldtypes.cases import CASES
from tests.fieldtypes.test_database import has_null
from tests.trash.retiring import retire


def names(table: DynamicModel) -> list[str]:
    """Return the names of the live fields, which must be those of the draft too."""
    live = [field.name for field in registry.newest.schema.tables[table.pk].live_fields]
    assert [field.name for field in DynamicField.objects.filter(model=table.pk)] == live
    assert DynamicModel.objects.get(pk=table.pk).plan().is_empty
    return live


# --- Fields ---

STORED = [case for case in CASES if case.valid]


def test_values_of_every_type_come_back(tables):
    specs = {
        f"f{number}": (
            case.slug,
            {**case.options, **({"null": True, "blank": True} if has_null(case) else {})},
        )
        for number, case in enumerate(STORED)
    }
    table = tables.make("values", keeps="char", **specs)
    model = table.django_model
    values = {
        name: from_text(model._meta.get_field(name), case.valid[0][2])
        for name, case in zip(specs, STORED, strict=True)
    }
    old = model.objects.create(keeps="old", **values)
    before = registry.newest.schema.tables[table.pk].live_fields
    ids = retire(table, *specs)
    table.django_model.objects.create(keeps="made meanwhile")
    for field_id in ids:
        restore_field(table.pk, field_id)

    assert table.django_model.objects.filter(pk=old.pk).values(*specs).get() == values
    assert table.django_model.objects.get(keeps="made meanwhile").keeps
    assert registry.newest.schema.tables[table.pk].live_fields == before


def test_a_restored_field_is_what_it_was(tables):
    table = tables.make("event", code=("char", {"max_length": 5, "unique": True}), note="text")
    before = registry.newest.schema.tables[table.pk]
    table.django_model.objects.create(code="A")
    [code] = retire(table, "code")
    meanwhile = [table.django_model.objects.create(note=note) for note in "xy"]

    revision = restore_field(table.pk, code)

    assert registry.newest.schema.tables[table.pk] == before
    assert revision.operations[0] == "Restore field “Code” of “Event” with its values"
    assert table.django_model.objects.get(pk=meanwhile[0].pk).code is None
    with pytest.raises(IntegrityError), transaction.atomic():
        table.django_model.objects.create(code="A")


PLACES = {
    "one": (["b"], ["b"], "abcd"),
    "the first": (["a"], ["a"], "abcd"),
    "the last": (["d"], ["d"], "abcd"),
    "several in order": (["b", "c"], ["b", "c"], "abcd"),
    "several in another order": (["b", "c"], ["c", "b"], "abcd"),
    "some of several": (["a", "b", "c"], ["c"], "cd"),
}


@pytest.mark.parametrize("case", PLACES)
def test_a_field_comes_back_to_its_place(tables, case):
    gone, back, expected = PLACES[case]
    table = tables.make("event", a="char", b="char", c="char", d="char")
    ids = dict(zip(gone, retire(table, *gone), strict=True))
    for name in back:
        restore_field(table.pk, ids[name])

    assert "".join(names(table)) == expected


def test_a_place_that_is_no_more_is_the_end(tables):
    table = tables.make("event", a="char", b="char", c="char")
    [c] = retire(table, "c")
    retire(table, "b")
    restore_field(table.pk, c)

    assert names(table) == ["a", "c"]


def test_a_taken_name_becomes_the_next_free_one_and_the_words_say_so(tables):
    table = tables.make("event", code="char", note="text")
    old = table.django_model.objects.create(code="old")
    [code] = retire(table, "code")
    tables.add(table, code="int", code_2="int")
    table.sync()

    revision = restore_field(table.pk, code)

    assert names(table)[0] == "code_3"
    assert table.django_model.objects.get(pk=old.pk).code_3 == "old"
    assert revision.operations[0] == "Restore field “Code” of “Event” with its values, as “code_3”"


REQUIRED = {
    "int": {"null": False, "blank": False},
    "date": {"null": False, "blank": False},
    "char": {"unique": True, "null": False, "blank": False},
}


@pytest.mark.parametrize("slug", REQUIRED)
def test_a_required_field_that_new_rows_lack_is_refused_or_comes_back_as_optional(tables, slug):
    table = tables.make("event", note="char", needed=(slug, REQUIRED[slug]))
    value = {"int": 7, "date": "2026-01-02", "char": "A"}[slug]
    old = table.django_model.objects.create(note="old", needed=value)
    [needed] = retire(table, "needed")
    new = table.django_model.objects.create(note="new")
    revision = latest_revision_id()

    with pytest.raises(RefusedChange, match="1 row of “Event” has none"):
        restore_field(table.pk, needed)
    assert (latest_revision_id(), names(table)) == (revision, ["note"])

    words = restore_field(table.pk, needed, as_optional=True).operations
    assert words[0].endswith("with other blank, null")
    rows = table.django_model.objects
    assert str(rows.get(pk=old.pk).needed) == str(value)
    assert rows.get(pk=new.pk).needed is None
    names(table)


def test_a_required_field_comes_back_with_a_value_for_the_rows_without(tables):
    table = tables.make("event", note="char", needed=("int", {"null": False, "blank": False}))
    table.django_model.objects.create(note="old", needed=1)
    [needed] = retire(table, "needed")
    table.django_model.objects.create(note="new")
    with pytest.raises(RefusedChange, match="does not fit"):
        restore_field(table.pk, needed, value="many")

    restore_field(table.pk, needed, value="7")

    assert dict(table.django_model.objects.values_list("note", "needed")) == {"old": 1, "new": 7}
    assert not table.django_model._meta.get_field("needed").null


def test_a_required_field_comes_back_required_where_every_row_has_a_value(tables):
    table = tables.make("event", note="char", needed=("int", {"null": False, "blank": False}))
    table.django_model.objects.create(note="old", needed=1)
    [needed] = retire(table, "needed")
    restore_field(table.pk, needed)

    with pytest.raises(IntegrityError), transaction.atomic():
        table.django_model.objects.create(note="new", needed=None)


def test_a_required_field_with_a_default_comes_back_with_it(tables):
    table = tables.make("event", note="char", size=("int", {"default": 7, "null": False, "blank": False}))
    [size] = retire(table, "size")
    table.django_model.objects.create(note="made meanwhile")
    restore_field(table.pk, size)

    assert table.django_model.objects.get().size == 7


def test_a_field_that_is_back_is_not_restored_again(tables):
    table = tables.make("event", a="char", b="char")
    [b] = retire(table, "b")
    restore_field(table.pk, b)

    assert restore_field(table.pk, b) is None


def test_waiting_changes_are_neither_applied_nor_lost_by_a_restoration(tables):
    table = tables.make("event", a="char", b="char")
    [b] = retire(table, "b")
    tables.add(table, draft="int")

    with pytest.raises(ChangesWaiting, match="apply or discard them first"):
        restore_field(table.pk, b)

    assert [field.name for field in table.fields.all()] == ["a", "draft"]
    table.sync()
    restore_field(table.pk, b)
    assert names(table) == ["a", "b", "draft"]


def test_an_open_page_of_the_definition_learns_of_the_restoration(tables):
    table = tables.make("event", a="char", b="char")
    [b] = retire(table, "b")
    restore_field(table.pk, b)

    assert DynamicModel.objects.get(pk=table.pk).version > table.version


# --- Tables ---


@pytest.fixture
def flights(tables):
    table = tables.make(
        "flights",
        label="Flights",
        folder="Air",
        carrier=("char", {"max_length": 2}),
        distance="int",
        old="int",
    )
    table.django_model.objects.create(carrier="AA", distance=5, old=1)
    retire(table, "old")
    return table


def test_a_table_comes_back_as_it_was(flights, django_user_model):
    bob = django_user_model.objects.create_user("bob")
    bob.user_permissions.add(Permission.objects.get(codename=f"view_t{flights.pk}"))
    before, pk = registry.newest.schema.tables[flights.pk], flights.pk
    flights.retire()

    revision = restore_table(pk)

    assert registry.newest.schema.tables[pk] == before
    table = DynamicModel.objects.get()
    assert names(table) == ["carrier", "distance"]
    assert list(table.django_model.objects.values_list("carrier", "distance")) == [("AA", 5)]
    assert django_user_model.objects.get(pk=bob.pk).get_all_permissions() == {f"tables.view_t{pk}"}
    assert revision.operations == ["Restore table “Flights” with its rows"]


def test_what_a_table_had_in_the_trash_can_be_restored_after_it(flights):
    pk, before = flights.pk, registry.newest.schema.tables[flights.pk]
    flights.retire()
    [old] = before.retired_fields
    with pytest.raises(RefusedChange, match="restore “Flights” first"):
        restore_field(pk, old.id)
    restore_table(pk)
    restore_field(pk, old.id)

    assert DynamicModel.objects.get().django_model.objects.get().old == 1


@pytest.mark.parametrize("is_applied", [True, False])
def test_a_taken_name_of_a_table_becomes_the_next_free_one(tables, flights, is_applied):
    pk = flights.pk
    flights.retire()
    (tables.make if is_applied else tables.define)("flights", x="char")

    revision = restore_table(pk)

    assert DynamicModel.objects.get(pk=pk).name == "flights_2"
    assert "Rename table “flights” to “flights_2”" in revision.operations
    assert registry.newest.schema.table_named("flights_2").id == pk


def test_a_table_that_is_back_is_not_restored_again(flights):
    pk = flights.pk
    flights.retire()
    restore_table(pk)

    assert restore_table(pk) is None


def test_rows_made_after_a_restoration_have_new_ids(flights):
    pk, last = flights.pk, flights.django_model.objects.create(carrier="UA")
    gone = last.pk
    last.delete()
    flights.retire()
    restore_table(pk)

    assert registry.newest.model(pk).objects.create(carrier="DL").pk > gone
