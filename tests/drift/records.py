"""Damages to views, and to what is recorded of tables: permissions, revisions, definitions."""

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType

from dynadmin.models import DynamicConstraint, DynamicField, DynamicModel, SchemaRevision
from tests.drift.victim import Victim, execute


def change_view(it: Victim) -> None:
    it.drop_view()
    execute(f"CREATE VIEW {it.view} AS SELECT id, {it.column('carrier')} AS size FROM {it.name}")


def leave_view(it: Victim) -> None:
    other = it.view.replace("flights", "voyages")
    execute(f"CREATE VIEW {other} AS SELECT id, {it.column('carrier')} AS carrier FROM {it.name}")


def change_comment(it: Victim) -> None:
    execute(f"COMMENT ON COLUMN {it.view}.carrier IS 'size'")


def drop_content_type(it: Victim) -> None:
    ContentType.objects.filter(app_label="tables", model=f"t{it.id}").delete()
    ContentType.objects.clear_cache()


def drop_permission(it: Victim) -> None:
    Permission.objects.filter(codename=f"view_t{it.id}").delete()


def rename_permission(it: Victim) -> None:
    Permission.objects.filter(codename=f"view_t{it.id}").update(name="Can view salaries")


def leave_content_type(it: Victim) -> None:
    ContentType.objects.create(app_label="tables", model="t999999")


def break_chain(it: Victim) -> None:
    SchemaRevision.objects.filter(pk=SchemaRevision.objects.latest("pk").pk).update(base=0)


def delete_definition(it: Victim) -> None:
    DynamicConstraint.objects.filter(model=it.id).delete()
    DynamicField.objects.filter(model=it.id).delete()
    DynamicModel.objects.filter(pk=it.id).delete()


def edit_definition(it: Victim) -> None:
    DynamicField.objects.filter(model=it.id, name="carrier").update(label="Airline")
