"""Content types and permissions of tables, in the transaction of the change.

Their names are made of the table's id (``tables.view_t5``), so a grant can never pass to another table that
is later given the same name.
"""

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType

from dynadmin.factory import APP_LABEL
from dynadmin.plan import Plan
from dynadmin.schema import TableSchema

ACTIONS = ("add", "change", "delete", "view")
NAME_LENGTH = 255


def write_content_types(plan: Plan, *, author=None) -> None:
    """Make the content types and permissions of new tables, and follow the labels of others.

    Who makes a table may do everything with its rows; others are granted that as usual. Retired tables keep
    their permissions, so that a restored one has its grants again; purged ones lose them.
    """
    for table in plan.changed_tables:
        if table.purged:
            ContentType.objects.filter(app_label=APP_LABEL, model=table.model_name).delete()
            continue
        # Not the manager's cached get: after a rollback the cache would name a row that does not exist.
        content_type, created = ContentType.objects.get_or_create(app_label=APP_LABEL, model=table.model_name)
        if created:
            permissions = Permission.objects.bulk_create(_permissions(table, content_type))
            # A host project's own model of users may know no permissions of single users.
            if author is not None and not author.is_superuser and hasattr(author, "user_permissions"):
                author.user_permissions.add(*permissions)
        else:
            _rename_permissions(table, content_type)


def _permissions(table: TableSchema, content_type: ContentType) -> list[Permission]:
    return [
        Permission(
            content_type=content_type, codename=f"{action}_{table.model_name}", name=_name(action, table)
        )
        for action in ACTIONS
    ]


def _rename_permissions(table: TableSchema, content_type: ContentType) -> None:
    for permission in Permission.objects.filter(content_type=content_type):
        action = permission.codename.partition("_")[0]
        if permission.name != (name := _name(action, table)):
            Permission.objects.filter(pk=permission.pk).update(name=name)


def _name(action: str, table: TableSchema) -> str:
    return f"Can {action} {table.label or table.name} row"[:NAME_LENGTH]
