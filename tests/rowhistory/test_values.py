"""Values are kept as JSON, and come back as the column had them, whatever type the field is of."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dynadmin.fieldtypes import get_field
from dynadmin.models import RowChange
from dynadmin.rowhistory import Action
from dynadmin.rowhistory.differences import Change, differences_of
from dynadmin.rowhistory.insql import can_be_made, note_in_sql
from dynadmin.rowhistory.values import Cells, UnreadableValue, decode, differs, encode
from tests.fieldtypes.test_any_value import OPTIONS, STRATEGIES


@pytest.mark.parametrize("slug", STRATEGIES)
def test_every_value_of_every_type_comes_back(slug):
    field = get_field(slug, OPTIONS.get(slug, {}))

    @settings(max_examples=30, suppress_health_check=[HealthCheck.filter_too_much])
    @given(STRATEGIES[slug])
    def check(candidate):
        try:
            value = field.clean(candidate, None)
        except ValidationError:
            return
        back = decode(field, json.loads(json.dumps(encode(field, value))))
        assert not differs(value, back)
        assert type(back) is type(value)

    check()


def test_a_value_that_a_column_cannot_have_any_more_is_told_apart():
    with pytest.raises(UnreadableValue):
        decode(models.DateField(), "by and by")


def test_what_python_takes_for_equal_may_differ():
    assert differs(0.0, -0.0)
    assert differs([1], [True])
    assert not differs({"a": 1}, {"a": 1})


@pytest.mark.parametrize("slug", STRATEGIES)
def test_the_database_writes_values_as_this_process_does(slug, tables):
    model = tables.make("things", value=(slug, OPTIONS.get(slug, {}))).django_model
    field = model._meta.get_field("value")
    cells = Cells([field])

    @settings(
        max_examples=15,
        deadline=None,
        suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
    )
    @given(STRATEGIES[slug])
    def check(candidate):
        try:
            row = model.objects.create(value=field.clean(candidate, None))
        except ValidationError:
            return
        stored = model.objects.get(pk=row.pk).value
        if can_be_made(cells, "default"):
            note_in_sql(1, Action.DELETED, model._base_manager.filter(pk=row.pk), cells)
            (kept,) = RowChange.objects.latest("pk").before.values()
            back = decode(field, kept)
            assert not differs(stored, back)
            assert type(back) is type(stored)

    check()


ALL = {**STRATEGIES, "bool": st.booleans()}


def noted_by(note, slug):
    RowChange.objects.all().delete()
    note()
    notes = [(change.row, change.before, change.after) for change in RowChange.objects.all()]
    # Of large whole numbers several mean the same float.
    return (
        json.dumps(json.loads(json.dumps(notes), parse_int=float)) if slug == "float" else json.dumps(notes)
    )


@pytest.mark.parametrize("slug", ALL)
def test_the_database_notes_differences_as_this_process_does(slug, tables):
    null = {} if slug == "multichoice" else {"null": True}
    model = tables.make("things", value=(slug, {**OPTIONS.get(slug, {}), **null})).django_model
    field = model._meta.get_field("value")
    table, column = model._meta.db_table, field.column
    change = Change(field, f"t.{column}", f"s.{column}")
    differences = differences_of(model.table_schema.id, [change], connection)
    cells = Cells([field])

    @settings(
        max_examples=20,
        deadline=None,
        suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
    )
    @given(ALL[slug], st.one_of(st.none(), ALL[slug]))
    def check(first, second):
        try:
            one, other = (model.objects.create(value=field.clean(some, None)) for some in (first, second))
        except ValidationError:
            return
        rows = f"{table} t JOIN {table} s ON t.id = {one.pk} AND s.id = {other.pk}"
        was, made = (cells.read(model.objects.filter(pk=row.pk)) for row in (one, other))
        made = [(one.pk, *made[0][1:])]

        quick = noted_by(lambda: differences.note(rows, "t.id"), slug)

        assert quick == noted_by(lambda: model._notary.changed(cells, was, made), slug)

    check()
