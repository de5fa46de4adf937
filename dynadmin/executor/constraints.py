"""Rules and indexes in the database. The rows are tried by what enforces the rule from then on."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import BaseConstraint, Index, Model

from dynadmin.exceptions import RefusedChange
from dynadmin.executor.belongings import belongings_kept
from dynadmin.executor.ddl import carry_out, flush
from dynadmin.executor.obstacles import obstacles
from dynadmin.executor.violations import sentence, violating_rows, violations_of
from dynadmin.plan import AddConstraint, Plan, RemoveConstraint
from dynadmin.schema import ConstraintSchema


def constraint_of(model: type[Model], rule: ConstraintSchema) -> BaseConstraint | Index:
    """Return Django's object for a rule, as the Meta of a model class has it. Raises KeyError."""
    rules = {built.name: built for built in (*model._meta.constraints, *model._meta.indexes)}
    return rules[rule.db_name]


@obstacles.register
def _rows_that_break_it(operation: AddConstraint, plan: Plan) -> Iterator[str]:
    found = violating_rows(plan, operation)
    if found and (count := found.count()):
        yield sentence(operation, found, count)


@carry_out.register
def _add_constraint(operation: AddConstraint, editor: BaseDatabaseSchemaEditor, before, after) -> None:
    constraint = constraint_of(after, operation.constraint)
    try:
        with _savepoint(), belongings_kept(after):
            add_constraint(editor, after, constraint)
            flush(editor)
    except IntegrityError as error:
        editor.deferred_sql.clear()
        rows = before._base_manager.all()
        found = violations_of(operation.constraint, operation.table, rows)
        raise RefusedChange(sentence(operation, found, found.count())) from error


@carry_out.register
def _remove_constraint(operation: RemoveConstraint, editor: BaseDatabaseSchemaEditor, before, after) -> None:
    constraint = constraint_of(before, operation.constraint)
    with belongings_kept(after):
        if isinstance(constraint, Index):
            editor.remove_index(before, constraint)
        else:
            # SQLite makes the table anew, as the class says: without the constraint.
            editor.remove_constraint(after, constraint)
    flush(editor)


def _savepoint() -> AbstractContextManager[Any]:
    """What makes it possible to look at the rows once the database has refused them.

    Where statements are only written down there is no transaction, and no need of it.
    """
    return transaction.atomic() if connection.in_atomic_block else nullcontext()


def add_constraint(
    editor: BaseDatabaseSchemaEditor, model: type[Model], constraint: BaseConstraint | Index
) -> None:
    """Let a schema editor add a rule or an index."""
    if isinstance(constraint, Index):
        editor.add_index(model, constraint)
    else:
        editor.add_constraint(model, constraint)
