"""The operation of the migration: what it takes over, makes new, and refuses."""

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.writer import MigrationWriter, OperationWriter

from dynadmin.changes import SchemaChange
from dynadmin.exceptions import NotApplied
from dynadmin.executor.drift import find_drift
from dynadmin.graduation.graduate import Graduation, take_over
from dynadmin.models import DynamicField, DynamicModel, SchemaLoad, SchemaRevision, dump_schema, plan_all
from dynadmin.models.undoing import foresee_undo
from dynadmin.registry import registry
from dynadmin.schemafile import read_schema
from tests.support import drop_everything

APP = "shop"


@pytest.fixture
def flights(tables) -> DynamicModel:
    table = tables.make("flights", carrier="char", ticket="file")
    table.django_model.objects.create(carrier="UA")
    return table


def operation_for(table: DynamicModel):
    registry.refresh()
    schema, app = registry.newest.schema, apps.get_app_config("staticapp")
    graduation = Graduation(schema=schema, app=app, names={table.pk: "Flight"}, loader=None)
    return take_over(schema.tables[table.pk], graduation)


def migrate(operation) -> type:
    """Apply the operation as a migration does; return its model."""
    before = MigrationLoader(connection).project_state()
    after = before.clone()
    operation.state_forwards(APP, after)
    with connection.schema_editor(atomic=True) as editor:
        operation.database_forwards(APP, editor, before, after)
    ContentType.objects.clear_cache()
    registry.refresh()
    return after.apps.get_model(APP, "Flight")


def refusal(operation) -> str:
    with pytest.raises(CommandError) as failure:
        migrate(operation)
    return str(failure.value)


def state() -> tuple:
    return SchemaRevision.objects.count(), DynamicModel.objects.count(), ContentType.objects.count()


# --- Taking over ---


def test_the_table_goes_over_with_its_rows(flights):
    model = migrate(operation_for(flights))

    assert model.objects.get().carrier == "UA"
    assert not DynamicModel.objects.exists()
    assert not DynamicField.objects.exists()
    assert registry.newest.models == {}
    assert plan_all().is_empty
    assert list(find_drift(registry.newest.schema)) == []


def test_grants_and_history_go_along(flights):
    here = ContentType.objects.get(app_label="tables", model=f"t{flights.pk}")
    bob = User.objects.create_user("bob")
    bob.user_permissions.add(Permission.objects.get(codename=f"change_t{flights.pk}"))
    entry = {"user": bob, "content_type": here, "object_id": 1, "object_repr": "x", "action_flag": CHANGE}
    LogEntry.objects.create(**entry)

    migrate(operation_for(flights))

    there = ContentType.objects.get(app_label=APP, model="flight")
    assert bob.user_permissions.get().codename == "change_flight"
    assert bob.user_permissions.get().name == "Can change Flights row"
    assert LogEntry.objects.get().content_type == there
    assert sorted(Permission.objects.filter(content_type=there).values_list("codename", flat=True)) == [
        f"{action}_flight" for action in ("add", "change", "delete", "view")
    ]


def test_what_was_left_under_the_models_name_grants_nothing(flights):
    stale = ContentType.objects.create(app_label=APP, model="flight")
    permission = Permission.objects.create(content_type=stale, codename="view_flight", name="Old")
    bob = User.objects.create_user("bob")
    bob.user_permissions.add(permission)
    entry = {"user": bob, "content_type": stale, "object_id": 1, "object_repr": "x", "action_flag": CHANGE}
    LogEntry.objects.create(**entry)

    migrate(operation_for(flights))

    assert LogEntry.objects.get().content_type.model == "flight"
    assert not User.objects.get(pk=bob.pk).has_perm(f"{APP}.view_flight")


def test_the_same_migration_twice_does_nothing_more(flights):
    operation = operation_for(flights)
    migrate(operation)
    before = state()

    migrate(operation)

    assert state() == before


def test_whoever_asks_for_the_table_is_told_whose_it_is(flights):
    migrate(operation_for(flights))

    with pytest.raises(NotApplied, match="now that of the model shop"):
        registry.newest.model(flights.pk)


def test_a_file_does_not_make_the_table_anew(flights):
    text = dump_schema(registry.newest.schema.live_tables)
    migrate(operation_for(flights))
    load = SchemaLoad(tables=read_schema(text))

    assert "handed over to shop.Flight" in " ".join(load.obstacles(load.plan()))


def test_no_revision_of_the_table_is_undone_any_more(flights):
    migrate(operation_for(flights))

    for revision in SchemaRevision.objects.all():
        (conflict,) = foresee_undo(revision).conflicts
        assert conflict.message == "Table “Flights” was handed over to shop.Flight and is no longer here."


def test_the_history_says_where_it_went(flights, admin_client):
    migrate(operation_for(flights))
    newest = SchemaRevision.objects.first()

    page = admin_client.get(f"/admin/dynadmin/schemarevision/{newest.pk}/change/").content.decode()

    assert "handed over to shop.Flight" in page


def test_it_is_not_taken_back(flights):
    operation = operation_for(flights)

    assert not operation.reversible
    with pytest.raises(CommandError, match="cannot give its table back"):
        operation.database_backwards(APP, None, None, None)


def test_what_is_written_is_the_operation_again(flights):
    operation = operation_for(flights)

    text, imports = OperationWriter(operation, indentation=0).serialize()
    names: dict = {}
    exec("\n".join(imports), names)

    assert "import dynadmin.graduation.takeover" in imports
    again = eval(text.strip().rstrip(","), names)
    assert MigrationWriter.serialize(again.fields) == MigrationWriter.serialize(operation.fields)
    assert (again.key, again.digest, again.options) == (operation.key, operation.digest, operation.options)


# --- Where it never was ---


def test_a_database_without_the_table_gets_an_empty_one(flights):
    operation = operation_for(flights)
    drop_everything()

    model = migrate(operation)

    assert model.objects.create(carrier="UA").pk == 1
    assert list(find_drift(registry.newest.schema)) == []


def test_its_numbers_are_given_to_no_other_table(flights, tables):
    operation = operation_for(flights)
    table, fields = flights.pk, list(flights.fields.values_list("pk", flat=True))
    drop_everything()
    forget_numbers()
    migrate(operation)

    later = tables.make("later", note="char")

    assert later.pk > table
    assert later.fields.get().pk > max(fields)


def forget_numbers() -> None:
    """Let definitions count from 1, as in a new database."""
    with connection.cursor() as cursor:
        for model in (DynamicModel, DynamicField):
            name = model._meta.db_table
            if connection.vendor == "postgresql":
                cursor.execute(f"ALTER SEQUENCE {name}_id_seq RESTART")
            else:
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [name])


def test_a_strange_table_of_its_name_is_left_alone(flights):
    operation = operation_for(flights)
    SchemaRevision.objects.all().delete()
    registry.refresh()
    DynamicField.objects.all().delete()
    DynamicModel.objects.all().delete()

    assert "has a table of this name, which is in no revision" in refusal(operation)


def test_a_draft_with_its_number_is_left_alone(flights):
    operation, number = operation_for(flights), flights.pk
    drop_everything()
    DynamicModel.objects.create(pk=number, name="other")

    assert "a definition that was never applied has the number" in refusal(operation)


def test_fields_of_files_are_not_mixed_up(flights, tables):
    operation = operation_for(flights)
    ticket = flights.fields.get(name="ticket").pk
    drop_everything()
    other = tables.define("other")
    DynamicField.objects.create(pk=ticket, model=other, name="note", type="char")
    other.sync()

    assert f"have the numbers of its files or rules: c{ticket}" in refusal(operation)


# --- What is refused ---


def test_a_table_that_was_changed_since_is_not_taken(flights, tables):
    operation = operation_for(flights)
    tables.add(flights, year="int")
    flights.sync()
    before = state()

    assert "was changed since this migration was written" in refusal(operation)
    assert state() == before


def test_half_a_takeover_is_not_begun(flights):
    operation = operation_for(flights)
    before = MigrationLoader(connection).project_state()
    after = before.clone()
    operation.state_forwards(APP, after)

    with (
        pytest.raises(CommandError, match="has to be atomic"),
        connection.schema_editor(atomic=False) as editor,
    ):
        operation.database_forwards(APP, editor, before, after)


def test_a_table_that_is_being_changed_is_not_taken(flights):
    operation = operation_for(flights)
    SchemaChange.objects.create(plan={}, tables=[flights.pk], operations=[])

    assert "is being changed; wait for the end of that" in refusal(operation)


def test_another_table_of_the_same_number_is_not_taken(flights):
    operation = operation_for(flights)
    operation.key = "00000000-0000-4000-8000-000000000000"

    assert "here it is another table, “Flights”" in refusal(operation)


def test_a_deleted_table_is_not_taken(flights):
    operation = operation_for(flights)
    flights.retire()

    assert "was deleted here; restore it first" in refusal(operation)


def test_a_table_goes_to_one_model_only(flights):
    operation = operation_for(flights)
    migrate(operation)
    other = replace_name(operation, "Plane")

    before = MigrationLoader(connection).project_state()
    after = before.clone()
    other.state_forwards(APP, after)
    with (
        pytest.raises(CommandError, match="here it belongs to shop"),
        connection.schema_editor(atomic=True) as editor,
    ):
        other.database_forwards(APP, editor, before, after)


def replace_name(operation, name: str):
    told = {"key": operation.key, "digest": operation.digest}
    return type(operation)(name, operation.fields, operation.options, **told)
