"""Operations as calls of Django's schema editor, on classes built for the purpose."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import singledispatch

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Field, Model, Value
from django.utils.translation import gettext as _

from dynadmin.executor.belongings import belongings_kept
from dynadmin.executor.dangling import SETTLED
from dynadmin.executor.dependents import dependents_named
from dynadmin.executor.links import carry_out_on_links, create_links, set_link_references
from dynadmin.executor.physical import physical_model
from dynadmin.executor.references import (
    add_reference,
    empty_dangling,
    kept_as_they_are,
    set_references,
)
from dynadmin.executor.remembering import forget_table, noted, remember_original
from dynadmin.fieldtypes.cells import from_text
from dynadmin.plan import (
    AddField,
    AlterField,
    CreateTable,
    FieldOperation,
    Operation,
    Plan,
    PurgeColumn,
    PurgeTable,
    ReferAgain,
    RestoreField,
    RetireField,
    RetireTable,
)


@contextmanager
def schema_editor() -> Iterator[BaseDatabaseSchemaEditor]:
    """A schema editor inside the transaction of ``schema_change``.

    Deferred SQL runs before the editor closes: an error in its ``__exit__`` would leave the connection
    broken. SQLite's own enter and exit are passed over: they switch the pragma that ``schema_change`` holds,
    and check every foreign key of the whole database, so that one orphan anywhere would stop all schema
    change.
    """
    editor = connection.schema_editor(atomic=False)
    BaseDatabaseSchemaEditor.__enter__(editor)
    yield editor
    flush(editor)


def flush(editor: BaseDatabaseSchemaEditor) -> None:
    """Run what the editor has put off (indexes, constraints)."""
    while editor.deferred_sql:
        editor.execute(editor.deferred_sql.pop(0), None)


def run_operations(
    editor: BaseDatabaseSchemaEditor,
    plan: Plan,
    *,
    do: Callable[..., None] | None = None,
    do_on_links: Callable[..., None] = carry_out_on_links,
) -> None:
    """Carry out the plan's operations, each on classes that show the table as the one before has left it."""
    do = do or carry_out
    tables = dict(plan.base.tables)
    for operation in plan.operations:
        before = tables.get(operation.table.id)
        after = operation.after(before)
        if isinstance(operation, FieldOperation) and operation.field.stored == "computed":
            tables[after.id] = after  # nothing but metadata
        elif after != before or operation.is_physical:
            # A table that goes as a whole may have columns of a type that is not installed any more.
            is_shown = before is not None and not isinstance(operation, PurgeTable)
            if isinstance(operation, FieldOperation) and not operation.is_on_column:
                do_on_links(operation, editor)
                flush(editor)
            else:
                do(operation, editor, physical_model(before) if is_shown else None, physical_model(after))
            tables[after.id] = after


@singledispatch
def carry_out(operation: Operation, editor, before: type[Model] | None, after: type[Model]) -> None:
    """Make one operation's change. Most are nothing but metadata, and the database has no part in them."""


def tables_altered_by(plan: Plan) -> set[str]:
    """Return the tables that are there and do not stay as they are in the database."""
    nothing = carry_out.dispatch(object)
    altering = [op for op in plan.operations if carry_out.dispatch(type(op)) is not nothing]
    return {op.table.db_table for op in altering if op.table.id in plan.base.tables}


@carry_out.register
def _create_table(operation: CreateTable, editor, before, after) -> None:
    # Foreign keys are put off: tables of one plan may refer to each other in a circle.
    editor.create_model(after)
    for field in operation.table.links:
        create_links(editor, operation.table, field)


@carry_out.register
def _add_field(operation: AddField, editor, before, after) -> None:
    field = _column(after, operation)
    if operation.choices.on_failure == "value":
        _add_with_value(operation, editor, before, after)
    elif not field.unique and _has_constant_default(field):
        # SQLite's own editor would copy the whole table for what ALTER TABLE does in milliseconds.
        BaseDatabaseSchemaEditor.add_field(editor, before, field)
    else:
        with belongings_kept(after):
            editor.add_field(before, field)
    flush(editor)


def _has_constant_default(field: Field) -> bool:
    if not field.has_db_default():
        return False
    return isinstance(field.db_default, Value) or not hasattr(field.db_default, "resolve_expression")


def _add_with_value(operation: AddField, editor, before, after) -> None:
    """Add a column whose rows are all given one value, that only those which exist already get."""
    column = operation.field.column
    filled = physical_model(after.table_schema, plain=[column])
    BaseDatabaseSchemaEditor.add_field(editor, before, filled._meta.get_field(column))
    _give_value(operation, filled)
    alter_column(editor, filled, filled._meta.get_field(column), after._meta.get_field(column))


def _give_value(operation: AddField | RestoreField, model: type[Model]) -> None:
    """Give the rows without a value the one that was chosen."""
    field = _column(model, operation)
    value = from_text(field, operation.choices.value)
    model._base_manager.filter(**{f"{field.name}__isnull": True}).update(**{field.name: value})


@carry_out.register
def _alter_field(operation: AlterField, editor, before, after) -> None:
    old, new = _column(before, operation), _column(after, operation)
    alter_column(editor, before, old, new)
    if new.null and not old.null and new.empty_strings_allowed:
        # Where no value can be told from an empty text, a column has one kind of empty only.
        after._base_manager.filter(**{new.attname: Value("")}).update(**{new.attname: None})


@carry_out.register
def _retire_field(operation: RetireField, editor, before, after) -> None:
    # Rows written from now on leave the column out, so it must not insist on a value; and nobody is kept
    # from deleting a row by what nobody sees.
    old, new = _column(before, operation), _column(after, operation)
    if old.null != new.null or operation.field.target:
        alter_column(editor, before, old, new)


@carry_out.register
def _retire_table(operation: RetireTable, editor, before, after) -> None:
    with belongings_kept(after):
        set_references(editor, before, after)
    for field in operation.table.links:
        if not field.retired:
            set_link_references(editor, operation.table, field)
    flush(editor)


@carry_out.register
def _refer_again(operation: ReferAgain, editor, before, after) -> None:
    column = _column(after, operation)
    if operation.choices.on_failure in SETTLED:
        with noted(after):
            empty_dangling(after, column)
    if connection.vendor == "sqlite":
        with belongings_kept(after):
            editor._remake_table(after)
        flush(editor)
    else:
        add_reference(editor, after, column)


@carry_out.register
def _restore_field(operation: RestoreField, editor, before, after) -> None:
    new = _column(after, operation)
    with noted(before):
        if operation.choices.on_failure in SETTLED:
            empty_dangling(before, new)
        if operation.choices.on_failure == "value":
            _give_value(operation, before)
        fill_empty(before, new)
    alter_column(editor, before, _column(before, operation), new)


def fill_empty(model: type[Model], field: Field) -> None:
    """Give rows without a value the default that the column has in the database, where it has to have one."""
    if not field.null and field.has_db_default():
        model._base_manager.filter(**{f"{field.attname}__isnull": True}).update(
            **{field.attname: field.db_default}
        )


@carry_out.register
def _purge_column(operation: PurgeColumn, editor, before, after) -> None:
    column = _column(before, operation)
    remember_original(before, column, before.table_schema, operation.field)
    if editor.connection.vendor == "sqlite":
        with belongings_kept(before):
            editor.remove_field(before, column)
        flush(editor)
        return
    # Django's own editor says CASCADE, which takes whatever others have built on the column along.
    message = _("Something else in the database is built on field “%(field)s” of “%(table)s”: %(detail)s")
    with dependents_named(message, operation.words):
        editor.execute(f"ALTER TABLE {_quoted(before._meta.db_table)} DROP COLUMN {_quoted(column.column)}")


@carry_out.register
def _purge_table(operation: PurgeTable, editor, before, after) -> None:
    forget_table(operation.table)
    message = _("Something else in the database is built on table “%(table)s”: %(detail)s")
    with dependents_named(message, operation.words):
        # Somebody may have dropped it by hand: then there is nothing left to do but to say so.
        for name in (*(field.link_table for field in operation.links), operation.table.db_table):
            editor.execute(f"DROP TABLE IF EXISTS {_quoted(name)}")


def alter_column(editor: BaseDatabaseSchemaEditor, model: type[Model], old: Field, new: Field) -> None:
    """Make a column of the model's table as the new field says."""
    if old.null and not new.null and new.empty_strings_allowed:
        # Django would put the default in the place of what is empty.
        empty = model._base_manager.filter(**{f"{old.attname}__isnull": True})
        empty.update(**{old.attname: Value("")})
    with belongings_kept(model):
        editor.alter_field(model, *kept_as_they_are(old, new))
    flush(editor)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _column(model: type[Model], operation) -> Field:
    return model._meta.get_field(operation.field.column)
