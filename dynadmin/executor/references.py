"""Foreign keys of columns. They hold people to what they see: those of what is retired are dropped at once.

A row that is referred to may be deleted while nobody sees the field. When that comes back, the ids of such
rows dangle: the database would refuse the foreign key, so they are counted, and emptied where that is chosen.
"""

from collections.abc import Iterator
from copy import copy

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Exists, Field, Model, OuterRef, QuerySet

SUFFIX = "_fk_%(to_table)s_%(to_column)s"  # of the names that Django gives


def is_reference(field: Field) -> bool:
    """Whether the database holds a column to rows of another table, or is to."""
    return bool(field.remote_field) and field.db_constraint


def dangling(model: type[Model], column: Field) -> QuerySet:
    """Return the rows whose value in a column is the id of no row."""
    target = column.target_field
    there = target.model._base_manager.filter(**{target.attname: OuterRef(column.attname)})
    rows = model._base_manager.exclude(**{f"{column.attname}__isnull": True})
    return rows.filter(~Exists(there)).order_by()


def empty_dangling(model: type[Model], column: Field) -> None:
    """Empty a column where its value is the id of no row; that of a class in which it is no reference yet."""
    if column.remote_field:
        dangling(model, column).update(**{column.attname: None})


def set_references(
    editor: BaseDatabaseSchemaEditor, before: type[Model], after: type[Model], *, is_tried: bool = True
) -> None:
    """Give the table of a class the foreign keys that another class has, and take it those it has not."""
    changed = list(_changed(before, after))
    if changed and connection.vendor == "sqlite":
        editor._remake_table(after)
        return
    for old, new in changed:
        if is_reference(new):
            add_reference(editor, after, new, is_tried=is_tried)
        else:
            drop_reference(editor, before, old)


def _changed(before: type[Model], after: type[Model]) -> Iterator[tuple[Field, Field]]:
    new = {field.column: field for field in after._meta.local_concrete_fields}
    for field in before._meta.local_concrete_fields:
        if field.column in new and is_reference(field) != is_reference(new[field.column]):
            yield field, new[field.column]


def add_reference(
    editor: BaseDatabaseSchemaEditor, model: type[Model], column: Field, *, is_tried: bool = True
) -> None:
    """Add a foreign key (PostgreSQL). One that is not tried holds for what is written from now on."""
    statement = str(editor._create_fk_sql(model, column, SUFFIX))
    editor.execute(statement if is_tried else f"{statement} NOT VALID", None)


def drop_reference(editor: BaseDatabaseSchemaEditor, model: type[Model], column: Field) -> None:
    """Drop the foreign key of a column, whatever its name (PostgreSQL)."""
    for name in editor._constraint_names(model, [column.column], foreign_key=True):
        editor.execute(editor._delete_fk_sql(model, name))


def without_reference(column: Field) -> Field:
    """Return the column as it is without its foreign key."""
    if not column.remote_field:
        return column
    bare = copy(column)
    bare.db_constraint = False
    return bare


def kept_as_they_are(old: Field, new: Field) -> tuple[Field, Field]:
    """Return both states of a column without the foreign key that both have.

    Django would drop and add it, and so try all rows again with the table locked. SQLite has to be told, as
    it makes the table anew.
    """
    is_kept = connection.vendor != "sqlite" and is_reference(old) and is_reference(new)
    return (without_reference(old), without_reference(new)) if is_kept else (old, new)
