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
        complete_grants(table, author=author)


def complete_grants(table: TableSchema, *, author=None) -> None:
    """Make what a table lacks of its content type and permissions, and name them after it."""
    # Not the manager's cached get: after a rollback the cache would name a row that does not exist.
    content_type, created = ContentType.objects.get_or_create(app_label=APP_LABEL, model=table.model_name)
    there = {p.codename: p for p in Permission.objects.filter(content_type=content_type)}
    wanted = permission_names(table)
    made = Permission.objects.bulk_create(
        Permission(content_type=content_type, codename=codename, name=name)
        for codename, name in wanted.items()
        if codename not in there
    )
    # A host project's own model of users may know no permissions of single users.
    if created and author is not None and not author.is_superuser and hasattr(author, "user_permissions"):
        author.user_permissions.add(*made)
    for codename in set(wanted) & set(there):
        if there[codename].name != wanted[codename]:
            Permission.objects.filter(pk=there[codename].pk).update(name=wanted[codename])


def permission_names(table: TableSchema) -> dict[str, str]:
    """Return the names that people read of a table's permissions, by their codenames."""
    name = table.label or table.name
    return {f"{action}_{table.model_name}": f"Can {action} {name} row"[:NAME_LENGTH] for action in ACTIONS}
