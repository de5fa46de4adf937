"""What goes for good: by hand or by age, all of it and nothing else."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from dynadmin.exceptions import NotApplied, RefusedChange, StalePlan
from dynadmin.executor.drift import find_drift
from dynadmin.fieldtypes import field_types
from dynadmin.models import (
    DynamicModel,
    SchemaRevision,
    plan_purge,
    purge,
    purge_older_than,
    restore_field,
    restore_table,
)
from dynadmin.models.retired import trash
from dynadmin.registry import registry
from dynadmin.revisions import latest_revision_id
from tests.fieldtypes.test_database import OPTIONS
from tests.trash.retiring import column_names, retire, run


@pytest.fixture
def event(tables):
    table = tables.make("event", label="Event", country="char", size="int", note="text")
    table.django_model.objects.create(country="PL", size=3, note="x")
    return table


def in_force(table: DynamicModel):
    return registry.newest.schema.tables[table.pk]


# --- Columns ---


@pytest.mark.parametrize("slug", [each.slug for each in field_types if each.family != "relations"])
def test_a_column_of_every_type_is_dropped_and_the_rest_stays(tables, slug):
    table = tables.make("event", country="char", gone=(slug, OPTIONS.get(slug, {})), size="int")
    rows = [table.django_model.objects.create(country=name, size=3) for name in ("PL", "DE")]
    [gone] = retire(table, "gone")

    done = purge(columns=[f"c{gone}"])

    assert done.gone == (f"c{gone}",)
    assert done.revision.operations == ["Delete field “Gone” of “Event” with its values for good"]
    assert f"c{gone}" not in column_names(table.pk)
    assert list(table.django_model.objects.values_list("pk", "country", "size")) == [
        (rows[0].pk, "PL", 3),
        (rows[1].pk, "DE", 3),
    ]
    assert list(find_drift(registry.newest.schema)) == []


UNIQUE = ["char", "int", "date", "uuid"]


@pytest.mark.parametrize("slug", UNIQUE)
@pytest.mark.parametrize("option", ["unique", "db_index"])
def test_an_indexed_column_is_dropped_with_its_index_and_other_indexes_stay(tables, slug, option):
    table = tables.make(
        "event",
        country=("char", {"unique": True}),
        gone=(slug, {option: True}),
        size=("int", {"db_index": True}),
    )
    model = table.django_model
    gone_id = model.objects.create(country="PL").pk
    model.objects.all().delete()
    before = constraints(table)
    [gone] = retire(table, "gone")
    purge(columns=[f"c{gone}"])

    assert constraints(table) == {c for c in before if f"c{gone}" not in c[0]}
    assert table.django_model.objects.create(country="PL").pk > gone_id


def constraints(table: DynamicModel) -> set[tuple]:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, f"dyn_t{table.pk}").values()
    return {(tuple(c["columns"]), c["unique"], c["index"], c["primary_key"]) for c in found}


def test_what_is_in_use_is_passed_over_and_said(event):
    note, size = retire(event, "note", "size")
    restore_field(event.pk, size)
    country = event.fields.get(name="country").pk

    done = purge(columns=[f"c{note}", f"c{size}", f"c{country}", "c999", "id"], tables=[event.pk, 999])

    assert done.gone == (f"c{note}",)
    assert set(done.kept) == {f"c{size}", f"c{country}", "c999", "id", f"t{event.pk}", "t999"}
    row = event.django_model.objects.get()
    assert (row.country, row.size) == ("PL", 3)


def test_nothing_left_to_purge_changes_nothing(event):
    [note] = retire(event, "note")
    restore_field(event.pk, note)
    revision = latest_revision_id()

    assert purge(columns=[f"c{note}"]).revision is None
    assert latest_revision_id() == revision


def test_a_purged_field_cannot_be_restored_and_its_id_is_not_used_again(tables, event):
    [note] = retire(event, "note")
    purge(columns=[f"c{note}"])

    with pytest.raises(RefusedChange, match="deleted for good"):
        restore_field(event.pk, note)
    tables.add(event, note="text")
    event.sync()
    assert event.fields.get(name="note").pk > note
    assert event.django_model.objects.get().note == ""


# --- Tables ---


def test_a_purged_table_leaves_nothing_but_its_number(event, django_user_model):
    pk = event.pk
    bob = django_user_model.objects.create_user("bob")
    bob.user_permissions.set(Permission.objects.filter(content_type__app_label="tables"))
    event.retire()

    done = purge(tables=[pk])

    assert done.revision.operations == ["Delete table “Event” with all its rows for good"]
    assert f"dyn_t{pk}" not in connection.introspection.table_names()
    assert not ContentType.objects.filter(app_label="tables").exists()
    assert not django_user_model.objects.get(pk=bob.pk).get_all_permissions()
    assert trash() == ()
    assert list(find_drift(registry.newest.schema)) == []
    with pytest.raises(RefusedChange, match="deleted for good"):
        restore_table(pk)
    with pytest.raises(NotApplied):
        registry.newest.model(pk)


def test_a_table_that_somebody_dropped_by_hand_can_be_let_go(event):
    pk = event.pk
    event.retire()
    run(f"DROP TABLE dyn_t{pk}")

    assert purge(tables=[pk]).gone == (f"t{pk}",)
    assert list(find_drift(registry.newest.schema)) == []


def test_a_table_made_after_a_purge_has_another_number(tables, event):
    pk = event.pk
    event.retire()
    purge(tables=[pk])
    again = tables.make("event", x="char")

    assert again.pk > pk
    assert again.django_model.objects.count() == 0


def test_a_purge_shown_before_a_restoration_is_asked_again(event):
    note, size = retire(event, "note", "size")
    columns = [f"c{note}", f"c{size}"]
    shown = plan_purge(columns=columns).digest
    restore_field(event.pk, size)

    with pytest.raises(StalePlan):
        purge(columns=columns, shown=shown)

    assert set(columns) <= column_names(event.pk)
    purge(columns=columns, shown=plan_purge(columns=columns).digest)
    assert f"c{note}" not in column_names(event.pk)


def test_what_was_restored_and_deleted_again_is_another_thing_to_say_yes_to(event):
    [note] = retire(event, "note")
    shown = plan_purge(columns=[f"c{note}"]).digest
    restore_field(event.pk, note)
    retire(event, "note")

    with pytest.raises(StalePlan):
        purge(columns=[f"c{note}"], shown=shown)


# --- What others built ---


@contextmanager
def view_on(source: str):
    run(f"CREATE VIEW report AS SELECT * FROM {source}")
    try:
        yield
    finally:
        run("DROP VIEW IF EXISTS report")


def test_a_view_of_somebody_elses_does_not_vanish_with_a_table(event):
    pk = event.pk
    event.retire()

    with view_on(f"dyn_t{pk}"):
        with pytest.raises(RefusedChange, match="drop report first"):
            purge(tables=[pk])
        assert len(run("SELECT * FROM report")) == 1
    purge(tables=[pk])
    assert f"dyn_t{pk}" not in connection.introspection.table_names()


def test_a_view_of_somebody_elses_does_not_vanish_with_a_column(event):
    [note] = retire(event, "note")

    with view_on(f"(SELECT c{note} FROM dyn_t{event.pk}) AS x"):
        with pytest.raises(RefusedChange, match="drop report first"):
            purge(columns=[f"c{note}"])
        assert run("SELECT * FROM report") == [("x",)]


@pytest.mark.only_on("postgresql")
def test_a_view_of_other_columns_is_in_nobodys_way(event):
    country = event.fields.get(name="country").pk
    [note] = retire(event, "note")

    with view_on(f"(SELECT c{country} FROM dyn_t{event.pk}) AS x"):
        purge(columns=[f"c{note}"])
        assert run("SELECT * FROM report") == [("PL",)]


@pytest.mark.only_on("postgresql")
def test_whatever_else_is_built_on_a_table_is_named_and_stays(event):
    pk = event.pk
    event.retire()
    run(f"CREATE TABLE mine (event bigint REFERENCES dyn_t{pk})")
    try:
        with pytest.raises(RefusedChange, match="constraint mine_event_fkey on table mine"):
            purge(tables=[pk])
        assert run("SELECT count(*) FROM pg_constraint WHERE conname = 'mine_event_fkey'") == [(1,)]
    finally:
        run("DROP TABLE mine")


# --- By age ---


def age(days: float) -> None:
    """Make everything done so far older."""
    SchemaRevision.objects.update(created_at=timezone.now() - timedelta(days=days))


def test_what_is_old_enough_goes_and_what_is_young_stays(tables, event):
    old_table = tables.make("old", x="char")
    old_table.retire()
    [note] = retire(event, "note")
    age(31)
    [size] = retire(event, "size")
    young_table = tables.make("young", x="char")
    young_table.retire()

    done = list(purge_older_than(30))

    assert {key for purge in done for key in purge.gone} == {f"t{id_of(old_table)}", f"c{note}"}
    assert {item.key for item in trash()} == {f"c{size}", f"t{id_of(young_table)}"}


def id_of(table: DynamicModel) -> int:
    [schema] = [t for t in registry.newest.schema.tables.values() if t.name == table.name]
    return schema.id


def test_what_was_restored_and_deleted_again_is_young(event):
    [note] = retire(event, "note")
    age(31)
    restore_field(event.pk, note)
    retire(event, "note")

    assert list(purge_older_than(30)) == []


def test_what_nobody_knows_the_age_of_is_kept(event):
    retire(event, "note")
    SchemaRevision.objects.exclude(pk=latest_revision_id()).delete()
    SchemaRevision.objects.update(base=0)

    assert trash()[0].when is None
    assert list(purge_older_than(0)) == []


def test_a_table_that_is_refused_keeps_no_other(tables, event):
    other = tables.make("other", x="char", y="char")
    [note] = retire(event, "note")
    [y] = retire(other, "y")
    age(31)
    with view_on(f"(SELECT c{note} FROM dyn_t{event.pk}) AS x"):
        done = list(purge_older_than(30))

    assert [purge.gone for purge in done if purge.gone] == [(f"c{y}",)]
    assert ["report" in purge.refusal for purge in done if purge.refusal] == [True]


# --- Uploaded files ---


@pytest.fixture
def album(tables, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    table = tables.make("album", title="char", scan="file", cover="file")
    for title in ("first", "replaced"):
        row = table.django_model(title=title)
        row.scan.save("a.pdf", ContentFile(b"%PDF"), save=False)
        row.cover.save("b.pdf", ContentFile(b"%PDF"), save=False)
        row.save()
    return table


def files_of(field_id: int) -> list[str]:
    folder = f"tables/c{field_id}"
    return default_storage.listdir(folder)[1] if default_storage.exists(folder) else []


def test_uploads_go_with_their_field_and_only_with_it(album):
    cover = album.fields.get(name="cover").pk
    [scan] = retire(album, "scan")
    assert (len(files_of(scan)), len(files_of(cover))) == (2, 2)
    purge(columns=[f"c{scan}"])

    assert (len(files_of(scan)), len(files_of(cover))) == (0, 2)


def test_uploads_stay_when_the_purge_is_refused_and_come_back_with_the_field(album):
    [scan] = retire(album, "scan")
    with view_on(f"(SELECT c{scan} FROM dyn_t{album.pk}) AS x"), pytest.raises(RefusedChange):
        purge(columns=[f"c{scan}"])
    restore_field(album.pk, scan)

    for row in album.django_model.objects.all():
        with row.scan as file:
            assert file.read() == b"%PDF"


def test_uploads_go_with_their_table(album):
    ids, pk = list(album.fields.values_list("pk", flat=True)), album.pk
    album.retire()
    assert any(map(files_of, ids))
    purge(tables=[pk])

    assert not any(map(files_of, ids))
