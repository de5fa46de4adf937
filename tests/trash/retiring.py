"""Putting things into the trash, and looking at what is left of them in the database."""

from django.db import connection

from dynadmin.models import DynamicModel


def retire(table: DynamicModel, *names: str) -> list[int]:
    """Retire fields by name; return their ids in the order of the names."""
    ids = dict(table.fields.filter(name__in=names).values_list("name", "pk"))
    table.fields.filter(name__in=names).delete()
    table.sync(allow_destructive=True)
    return [ids[name] for name in names]


def column_names(table_id: int) -> set[str]:
    """Return the columns that a table has in the database."""
    with connection.cursor() as cursor:
        return {c.name for c in connection.introspection.get_table_description(cursor, f"dyn_t{table_id}")}


def run(sql: str) -> list[tuple]:
    """Run a statement by hand, as somebody does who knows the database."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []
