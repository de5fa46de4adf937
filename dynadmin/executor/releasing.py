"""Handing a table over to an ordinary model: what the database knows of it beside its rows.

All of it happens inside somebody's migration, on the models as they are at that point of the history of
migrations: the newest ones of this program may have columns that the database does not have yet.
"""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Model

from dynadmin.executor.grants import NAME_LENGTH
from dynadmin.executor.guards import drop_guard
from dynadmin.executor.numbers import LABEL, go_on_beyond
from dynadmin.executor.transactions import take_lock
from dynadmin.executor.views import drop_view
from dynadmin.factory import APP_LABEL
from dynadmin.plan import Plan, Release, refer_to_model
from dynadmin.schema import Schema, TableSchema, target_of


def lock_schema() -> None:
    """Let nobody else change the schema until the migration is over; the migration itself may wait."""
    take_lock()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = DEFAULT")


def schema_in_force(models: Any) -> tuple[int, Schema]:
    """Return the newest revision's number and schema, as the models of a migration know them."""
    newest = models.get_model(LABEL, "SchemaRevision").objects.order_by("pk").last()
    return (newest.pk, Schema.from_json(newest.schema)) if newest else (0, Schema())


def release(editor: BaseDatabaseSchemaEditor, table: TableSchema, *, models: Any) -> None:
    """Let go of a table: its view and its definition go."""
    drop_view(editor, table)
    for original in table.originals:
        drop_guard(editor, table, original)
    for name in ("DynamicConstraint", "DynamicField"):
        models.get_model(LABEL, name).objects.filter(model=table.id).delete()
    models.get_model(LABEL, "DynamicModel").objects.filter(pk=table.id).delete()


def refer_to_models(releases: Iterable[Release], schema: Schema, *, models: Any) -> None:
    """Have the definitions of relations to these tables say that they are to the models.

    What they are called from the other side was left to the plan in some; then it is as in the schema.
    """
    fields = {field.id: field for table in schema.tables.values() for field in table.fields if field.target}
    definitions = models.get_model(LABEL, "DynamicField").objects
    for release in releases:
        for definition in definitions.filter(options__target=target_of(release.table.id)):
            options = refer_to_model(definition.options, release)
            if definition.pk in fields and not options.get("related_name"):
                options["related_name"] = fields[definition.pk].options.get("related_name", "")
            definition.options = options
            definition.save(update_fields=["options"])


def record_release(plan: Plan, *, models: Any) -> None:
    """Write the plan's target as the revision in force."""
    changed = plan.changed_tables
    revision = models.get_model(LABEL, "SchemaRevision").objects.create(
        base=plan.base_revision,
        schema=plan.target.to_json(),
        changes=[table.to_json() for table in changed],
        operations=plan.descriptions,
    )
    revised = models.get_model(LABEL, "RevisedTable")
    revised.objects.bulk_create(revised(revision=revision, table=table.id) for table in changed)


def hand_over_grants(table: TableSchema, model: type[Model], *, models: Any) -> None:
    """Make the table's content type that of the model: permissions, who has them, and history go along.

    The model may have one already, from a model that once bore its name, or from work with it before this
    migration. That history is kept; grants that came by a name alone are not.
    """
    content_types = models.get_model("contenttypes", "ContentType").objects
    here = content_types.filter(app_label=APP_LABEL, model=table.model_name).first()
    if here is None:
        return
    options = model._meta
    if there := content_types.filter(app_label=options.app_label, model=options.model_name).first():
        with suppress(LookupError):  # without the admin there is no history
            history = models.get_model("admin", "LogEntry").objects
            history.filter(content_type=there.pk).update(content_type=here.pk)
        there.delete()
    content_types.filter(pk=here.pk).update(app_label=options.app_label, model=options.model_name)
    permissions = models.get_model("auth", "Permission").objects
    for permission in permissions.filter(content_type=here.pk):
        action, _of, name = permission.codename.partition("_")
        if name == table.model_name:
            permission.codename = f"{action}_{options.model_name}"
            permission.name = f"Can {action} {options.verbose_name_raw}"[:NAME_LENGTH]
            permission.save(update_fields=["codename", "name"])


def keep_numbers(*tables: TableSchema, models: Any) -> None:
    """Give the numbers of tables, their fields and rules to no definition that is made later."""
    given = {
        "DynamicModel": [table.id for table in tables],
        "DynamicField": [field.id for table in tables for field in (*table.fields, *table.originals)],
        "DynamicConstraint": [rule.id for table in tables for rule in table.constraints],
    }
    for name, ids in given.items():
        if ids:
            go_on_beyond(models.get_model(LABEL, name)._meta.db_table, max(ids))
