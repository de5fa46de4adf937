"""Planes, and flights that refer to them: what tests of relations share."""

from django.db import connection

from dynadmin.registry import registry
from dynadmin.schema import target_of


def to(table, slug="foreignkey", **options):
    """Return a relation to a table, or to a static model by its label."""
    target = table if isinstance(table, str) else target_of(table.pk)
    return slug, {"target": target, **options}


def fly(planes, flights):
    """Return one plane, N1, and two flights of it."""
    plane = planes.django_model.objects.create(tail="N1")
    return plane, [flights.django_model.objects.create(number=n, plane=plane) for n in (1, 2)]


def field_of(table, name):
    """Return a field of a table as the newest revision has it, live or retired."""
    registry.refresh()
    fields = registry.newest.schema.tables[table.pk].fields
    return next(field for field in fields if field.name == name)


def references(table: str) -> list[tuple[str, str]]:
    """Return the foreign keys that a table has in the database: column and the table it refers to."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_relations(cursor, table)
    return sorted((column, target[1]) for column, target in found.items())


def table_names() -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.table_names(cursor))


def retire_field(table, name):
    table.fields.get(name=name).delete()
    table.sync(allow_destructive=True)


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
