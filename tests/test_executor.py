"""Applying plans to real tables, on the engine of this run."""

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from dynadmin import executor
from dynadmin.exceptions import PlanError, RefusedChange, StalePlan, UnsafePlan
from dynadmin.models import DynamicModel
from dynadmin.registry import registry
from dynadmin.revisions import SchemaRevision, latest_revision_id


def columns(table):
    with connection.cursor() as cursor:
        description = connection.introspection.get_table_description(cursor, f"dyn_t{table.pk}")
    return {column.name for column in description}


def rename(table, old, new):
    table.fields.filter(name=old).update(name=new)
    table.sync()


def alter(table, name, **options):
    field = table.fields.get(name=name)
    field.options = {**field.options, **options}
    field.save()
    return table.sync()


def test_a_new_table_has_its_columns_named_by_id(tables):
    event = tables.make("event", country=("char", {"max_length": 3}), size="int")

    assert columns(event) == {"id", *(f"c{field.pk}" for field in event.fields.all())}


def test_a_field_added_gives_existing_rows_its_default(tables):
    event = tables.make("event", country="char")
    row = event.django_model.objects.create(country="PL")
    tables.add(event, size=("int", {"default": 7}), note="text", seen="datetime")
    event.sync()

    row = event.django_model.objects.get(pk=row.pk)
    assert (row.country, row.size, row.note, row.seen) == ("PL", 7, "", None)


@pytest.mark.parametrize(
    "spec",
    [("datetime", {"auto_now": True}), ("date", {"default": "today"}), ("uuid", {"default": "random"})],
)
def test_values_made_for_each_row_are_not_made_up_for_rows_that_exist(tables, spec):
    event = tables.make("event", country="char")
    event.django_model.objects.create(country="PL")
    tables.add(event, made=spec)
    event.sync()
    event.django_model.objects.create(country="DE")

    old, new = event.django_model.objects.order_by("pk").values_list("made", flat=True)
    assert old is None
    assert new is not None


def test_classes_of_the_last_revision_can_still_insert(tables):
    event = tables.make("event", country="char")
    old_class = event.django_model
    tables.add(event, size=("int", {"default": 7, "null": False}), note="text", seen="datetime", pages="int")
    event.sync()

    row = old_class.objects.create(country="PL")

    assert event.django_model.objects.get(pk=row.pk).size == 7


def test_renaming_a_field_keeps_its_values_and_its_column(tables):
    event = tables.make("event", country="char")
    event.django_model.objects.create(country="PL")
    before = columns(event)
    rename(event, "country", "nation")

    assert event.django_model.objects.get().nation == "PL"
    assert columns(event) == before


def test_two_fields_can_swap_their_names(tables):
    event = tables.make("event", a="char", b="char")
    event.django_model.objects.create(a="1", b="2")
    first, second = event.fields.all()
    for field, name in ((first, "swapping"), (second, "a"), (first, "b")):
        field.name = name
        field.save()
    event.sync()

    row = event.django_model.objects.get()
    assert (row.a, row.b) == ("2", "1")


def test_a_retired_field_keeps_its_values_and_bears_no_new_ones(tables):
    event = tables.make("event", country="char", size=("int", {"null": False, "blank": False}))
    row = event.django_model.objects.create(country="PL", size=3)
    size = event.fields.get(name="size")
    event.fields.filter(pk=size.pk).delete()

    with pytest.raises(UnsafePlan):
        event.sync()
    event.sync(allow_destructive=True)

    event.django_model.objects.create(country="DE")
    assert not hasattr(event.django_model, "size")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT c{size.pk} FROM dyn_t{event.pk} ORDER BY id")
        assert cursor.fetchall() == [(3,), (None,)]
    assert event.django_model.objects.filter(pk=row.pk).exists()


def test_changes_after_a_retirement_keep_the_retired_values(tables):
    event = tables.make("event", country=("char", {"max_length": 3}), size="int")
    event.django_model.objects.create(country="PL", size=3)
    size = event.fields.get(name="size")
    event.fields.filter(pk=size.pk).delete()
    event.sync(allow_destructive=True)
    alter(event, "country", max_length=30, null=True, unique=True)

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT c{size.pk} FROM dyn_t{event.pk}")
        assert cursor.fetchall() == [(3,)]


def test_row_ids_are_not_used_again_after_an_alteration(tables):
    event = tables.make("event", country=("char", {"max_length": 3}))
    rows = [event.django_model.objects.create(country="PL") for _ in range(3)]
    gone = rows[-1].pk
    rows[-1].delete()
    alter(event, "country", null=True, unique=False, db_index=True, max_length=50)

    assert event.django_model.objects.create(country="DE").pk > gone


REFUSED = {
    "shorter than a value": ({"max_length": 2}, "1 value of field “Country” would not fit"),
    "an expression a value does not match": (
        {"regex": "[a-z]+"},
        "2 values of field “Country” would not fit",
    ),
    "required though empty somewhere": ({"blank": False}, "1 value of field “Country” would not fit"),
    "unique though repeated": (
        {"null": True, "unique": True},
        "cannot be unique: POL are there more than once",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_options_that_the_rows_do_not_allow_are_refused_with_the_reason(tables, case):
    options, message = REFUSED[case]
    event = tables.make("event", country=("char", {"max_length": 3}))
    countries = ["POL", "" if "empty" in case else "POL"]
    for country in countries:
        event.django_model.objects.create(country=country)
    revision = latest_revision_id()

    if "shorter" in case:
        event.django_model.objects.filter(pk=event.django_model.objects.first().pk).update(country="PL")
    with pytest.raises(RefusedChange, match=message):
        alter(event, "country", **options)

    assert latest_revision_id() == revision
    assert event.django_model._meta.get_field("country").max_length == 3
    assert event.django_model.objects.count() == len(countries)


def test_empty_texts_stay_empty_whichever_kind_of_empty_the_column_has(tables):
    event = tables.make("event", country="char")
    event.django_model.objects.create(country="")
    for null, stored in ((True, None), (False, "")):
        alter(event, "country", null=null)
        assert list(event.django_model.objects.values_list("country", flat=True)) == [stored]


def test_empty_texts_stay_empty_where_the_field_has_a_default(tables):
    event = tables.make("event", country=("char", {"default": "PL"}))
    event.django_model.objects.create(country="")
    for null, stored in ((True, None), (False, "")):
        alter(event, "country", null=null)
        assert list(event.django_model.objects.values_list("country", flat=True)) == [stored]


def test_narrower_options_that_every_row_meets_are_applied(tables):
    event = tables.make("event", country=("char", {"max_length": 30}))
    event.django_model.objects.create(country="PL")
    event.django_model.objects.create(country="DE")
    alter(event, "country", max_length=2, unique=True, null=True)

    with pytest.raises(IntegrityError), transaction.atomic():
        event.django_model.objects.create(country="PL")


def test_a_required_field_without_default_is_refused_where_rows_exist(tables):
    event = tables.make("event", country="char")
    event.django_model.objects.create(country="PL")
    tables.add(event, size=("int", {"null": False, "blank": False}))

    with pytest.raises(RefusedChange, match="give it a default, or let it be empty"):
        event.sync()


def test_a_required_field_without_default_is_added_to_an_empty_table(tables):
    event = tables.make("event", country="char")
    tables.add(event, size=("int", {"null": False, "blank": False}))
    event.sync()

    with pytest.raises(IntegrityError), transaction.atomic():
        event.django_model.objects.create(country="PL", size=None)


def test_a_type_that_values_cannot_become_is_refused_and_says_why(tables):
    event = tables.make("event", day="date")
    event.fields.update(type="bool", options={})

    with pytest.raises(RefusedChange, match="“Day” cannot be converted"):
        event.sync()


def test_a_plan_made_before_somebody_elses_change_is_stale(tables):
    event = tables.make("event", country="char")
    tables.add(event, size="int")
    plan = event.plan()
    tables.make("other", name_of="char")

    with pytest.raises(StalePlan):
        executor.apply(plan)


def test_a_schema_change_inside_a_transaction_is_refused(tables):
    event = tables.define("event", country="char")

    with pytest.raises(PlanError, match="outside atomic"), transaction.atomic():
        event.sync()


def test_a_change_that_fails_half_way_leaves_nothing_behind(tables):
    event = tables.define("event", country="char")

    def fail(plan):
        raise RuntimeError("killed here")

    with pytest.raises(RuntimeError):
        executor.apply(event.plan(), before_commit=fail)

    assert f"dyn_t{event.pk}" not in connection.introspection.table_names(include_views=True)
    assert not ContentType.objects.filter(app_label="tables").exists()
    assert latest_revision_id() == 0
    assert not connection.in_atomic_block
    event.sync()
    event.django_model.objects.create(country="PL")
    assert ContentType.objects.get_for_model(event.django_model).pk


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("fail", [False, True])
def test_foreign_keys_are_checked_again_after_a_change(tables, fail):
    event = tables.define("event", country="char")
    if fail:
        event.fields.update(name="save")
        with pytest.raises(RefusedChange):
            event.sync()
    else:
        event.sync()

    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_each_table_has_four_permissions_that_follow_its_label(tables):
    event = tables.make("event", label="Events", country="char")
    event.label = "Happenings"
    event.save()
    event.sync()

    names = Permission.objects.filter(content_type__app_label="tables").values_list("codename", "name")
    assert sorted(names) == [
        (f"{action}_t{event.pk}", f"Can {action} Happenings row")
        for action in ("add", "change", "delete", "view")
    ]


def test_a_table_under_a_name_used_before_inherits_no_grant(tables, django_user_model):
    salary = tables.make("salary", amount="decimal")
    bob = django_user_model.objects.create_user("bob")
    bob.user_permissions.set(Permission.objects.filter(content_type__app_label="tables"))
    salary.retire()
    again = tables.make("salary", amount="decimal")
    bob = django_user_model.objects.get(pk=bob.pk)

    assert not bob.has_perm(f"tables.view_t{again.pk}")
    assert again.django_model.objects.count() == 0


def test_a_retired_table_keeps_its_rows_and_frees_its_name(tables):
    event = tables.make("event", country="char")
    event.django_model.objects.create(country="PL")
    pk = event.pk
    event.retire()

    assert not DynamicModel.objects.exists()
    assert registry.newest.schema.tables[pk].retired
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM dyn_t{pk}")
        assert cursor.fetchone() == (1,)


def view(name):
    return f"tables.{name}" if connection.vendor == "postgresql" else f"tables_{name}"


def read(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [column[0] for column in cursor.description], cursor.fetchall()


def test_a_view_shows_the_table_under_its_names(tables):
    event = tables.make("event", country="char", size="int")
    row = event.django_model.objects.create(country="PL", size=3)

    assert read(f"SELECT * FROM {view('event')}") == (["id", "country", "size"], [(row.pk, "PL", 3)])


def test_the_view_follows_names_and_retirements(tables):
    event = tables.make("event", country="char", size="int")
    event.name = "happening"
    event.save()
    event.fields.filter(name="country").update(name="nation")
    event.fields.filter(name="size").delete()
    event.sync(allow_destructive=True)

    assert read(f"SELECT * FROM {view('happening')}")[0] == ["id", "nation"]
    assert f"tables_{'event'}" not in connection.introspection.table_names(include_views=True)


@pytest.mark.parametrize("label", ['x"; DROP TABLE auth_user; --', "'); --", "100% {0}", "\\", "ünï✓", "%s"])
def test_labels_reach_the_database_as_text_only(tables, label):
    event = tables.make("event", label=label, country="char")
    event.description = label
    event.fields.update(label=label)
    event.save()
    event.sync()

    assert "auth_user" in connection.introspection.table_names()
    assert event.django_model._meta.get_field("country").verbose_name == label


def test_a_revision_says_who_did_what(tables, django_user_model):
    ada = django_user_model.objects.create_user("ada")
    event = tables.define("event", label="Events", country="char")
    event.sync(user=ada)

    revision = SchemaRevision.objects.get()
    assert revision.author == ada
    assert revision.operations == ["Create table “Events” with the fields Country"]


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    "spec", ["char", ("int", {"null": False, "default": 7}), "int", ("char", {"db_index": True})]
)
def test_a_field_with_a_constant_default_is_added_without_copying_the_table(tables, spec):
    event = tables.make("event", country="char")
    event.django_model.objects.create(country="PL")
    tables.add(event, added=spec)
    with CaptureQueriesContext(connection) as queries:
        event.sync()
    assert not any("new__" in query["sql"] for query in queries)
    assert event.django_model.objects.get().added in ("", 7, None)
