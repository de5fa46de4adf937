"""A conversion in one transaction: a new column, filled from the old one, and then made as its field says."""

from copy import copy

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Model

from dynadmin.executor.ddl import alter_column, carry_out
from dynadmin.executor.filling import Filler
from dynadmin.executor.judging import Source, make_judge, source_columns
from dynadmin.executor.physical import physical_model
from dynadmin.plan import ConvertField


@carry_out.register
def _convert_field(operation: ConvertField, editor: BaseDatabaseSchemaEditor, before, after) -> None:
    column = operation.field.column
    filled = physical_model(after.table_schema, plain=[column])
    if operation.original is None:
        # SQLite's own editor would copy the whole table.
        BaseDatabaseSchemaEditor.add_field(editor, before, filled._meta.get_field(column))
    else:
        alter_column(editor, before, before._meta.get_field(column), filled._meta.get_field(column))
    make_filler(operation, before, filled, after).fill_all()
    old = operation.old.column
    # By the class that has both columns: SQLite makes a table anew from the class it is given.
    alter_column(editor, filled, before._meta.get_field(old), after._meta.get_field(old))
    alter_column(editor, filled, filled._meta.get_field(column), after._meta.get_field(column))


def make_filler(
    operation: ConvertField, before: type[Model], filled: type[Model], after: type[Model]
) -> Filler:
    """Return what writes the values of a conversion.

    ``before`` has the old column, ``filled`` the new one without rules, ``after`` as it will be.
    """
    keep_in = operation.keep_in
    target = copy(filled._meta.get_field(operation.field.column))
    # Whether an empty text is stored as NULL is for the column as it will be.
    target.null = after._meta.get_field(operation.field.column).null
    return Filler(
        source=Source(model=before, columns=source_columns(operation)),
        judge=make_judge(operation, operation.choices, operation.reading or {}, makes_rows=True),
        target=target,
        kept=filled._meta.get_field(keep_in.column) if keep_in else None,
        is_noted=operation.original is not None and operation.table.keeps_history,
    )
