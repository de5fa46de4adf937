"""What becomes of the history when something is deleted for good, and when it is old."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from dynadmin.models import DynamicField, RowChange, purge, restore_field, undo
from dynadmin.registry import registry
from dynadmin.rowhistory.written import purge_old
from tests.admin.row_pages import url
from tests.admin.test_row_history import lines
from tests.rowhistory.told import mark, told


@pytest.fixture
def trip(tables):
    trip = tables.make("trip", code="char", size="char")
    for code, size in (("a", "1"), ("b", ""), ("c", "3")):
        trip.django_model.objects.create(code=code, size=size)
    return trip


def convert(trip, user=None):
    size = trip.fields.get(name="size")
    size.type, size.options = "int", {}
    size.save()
    return trip.sync(user=user)


def older(days):
    RowChange.objects.update(at=timezone.now() - timedelta(days=days))


# --- Deleted for good ---


def test_an_original_that_is_deleted_for_good_is_written_down(trip, admin_client, admin_user):
    revision = convert(trip, admin_user)
    row = trip.django_model.objects.get(code="a")
    row.size = 9
    row.save()
    since = mark()
    old = registry.newest.schema.tables[trip.pk].originals[0]
    purge(columns=[old.column])

    key = old.column.removeprefix("c")
    changes = RowChange.objects.filter(pk__gt=since).order_by("row")
    told_of = [(c.before, c.via, c.unit, c.author_name) for c in changes if c.before[key]]
    assert told_of == [({key: size}, "conversion", revision.pk, "admin") for size in "13"]
    assert {change.at for change in changes} == {revision.created_at}
    html = admin_client.get(url(trip, "history", row.pk)).content.decode()
    assert ("Size", "1", "9") in lines(html)


def test_an_original_whose_time_is_over_is_not(trip, settings):
    revision = convert(trip)
    settings.DYNADMIN = {**settings.DYNADMIN, "ROW_HISTORY_DAYS": 5}
    type(revision).objects.update(created_at=timezone.now() - timedelta(days=6))
    since = mark()
    purge(columns=[registry.newest.schema.tables[trip.pk].originals[0].column])

    assert told(trip, since=since) == []


def test_a_field_that_is_deleted_for_good_is_gone_from_the_history(trip):
    trip.django_model.objects.filter(code="a").update(code="x", size="5")
    trip.django_model.objects.filter(code="b").delete()
    field = DynamicField.objects.get(model=trip, name="size")
    pk = field.pk
    field.delete()
    trip.sync(allow_destructive=True)
    assert RowChange.objects.filter(before__has_key=str(pk)).count() == 2
    purge(columns=[f"c{pk}"])

    assert told(trip)[3:] == [
        ("changed", trip.django_model.objects.get(code="x").pk, {"code": "a"}, {"code": "x"}),
        ("deleted", trip.django_model.objects.get(code="c").pk - 1, {"code": "b"}, None),
    ]


def test_the_history_of_a_table_goes_with_it_for_good(trip, tables):
    other = tables.make("other", code="char")
    other.django_model.objects.create()
    pk = trip.pk
    trip.retire()
    assert RowChange.objects.filter(table=pk).count() == 3
    purge(tables=[pk])

    assert list(RowChange.objects.values_list("table", flat=True)) == [other.pk]


# --- Values that a change of the table sets ---


def test_a_value_that_a_restored_field_is_given_is_noted(tables):
    trip = tables.make("trip", size=("int", {"null": False}), note="char")
    trip.django_model.objects.create(size=1)
    field = DynamicField.objects.get(model=trip, name="size")
    pk = field.pk
    field.delete()
    trip.sync(allow_destructive=True)
    row = trip.django_model.objects.create(note="new")
    since = mark()
    revision = restore_field(trip.pk, pk, value="7")

    assert told(trip, since=since) == [("changed", row.pk, {"size": None}, {"size": 7})]
    change = RowChange.objects.latest("pk")
    assert (change.via, change.unit) == ("conversion", revision.pk)


def test_what_the_undo_of_a_conversion_makes_of_edited_rows_is_noted(trip):
    revision = convert(trip)
    row = trip.django_model.objects.get(code="a")
    row.size = 9
    row.save()
    since = mark()
    undo(revision)

    assert told(trip, since=since) == [("changed", row.pk, {"size": "1"}, {"size": "9"})]


# --- By age ---


def test_old_changes_are_deleted_and_no_others(trip, monkeypatch):
    monkeypatch.setattr("dynadmin.rowhistory.written.WINDOW", 2)
    older(10)
    trip.django_model.objects.update(code="x")

    assert sum(purge_old(9)) == 3
    assert {change[0] for change in told(trip)} == {"changed"}


def test_the_command_counts_and_deletes(trip, tables, settings):
    other = tables.make("other", code="char")
    other.django_model.objects.create()
    older(10)

    def run(*arguments):
        out = StringIO()
        call_command("purgehistory", *arguments, stdout=out)
        return out.getvalue()

    with pytest.raises(CommandError, match="kept for ever"):
        run()
    assert run("--older-than=9") == "4 changes of rows are older; --yes deletes them for good.\n"
    assert run("--older-than=11") == "0 changes of rows are older; --yes deletes them for good.\n"
    assert run("trip", "--older-than=9", "--yes") == "Deleted 3 changes of rows.\n"
    assert list(RowChange.objects.values_list("table", flat=True)) == [other.pk]
    with pytest.raises(CommandError, match="no table 'nothing'"):
        run("nothing", "--older-than=9")
