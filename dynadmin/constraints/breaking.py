"""What a database says when a row breaks a rule, in people's words."""

import re

from django.db import IntegrityError
from django.db.models import BaseConstraint, Model, UniqueConstraint

SQLITE_UNIQUE = re.compile(r"UNIQUE constraint failed: (.*)")
SQLITE_CHECK = re.compile(r"CHECK constraint failed: (.*)")


def complaint_of(error: IntegrityError, model: type[Model]) -> str:
    """Return the message of the model's constraint that a database error is about; empty if it has none."""
    name, columns = _named(error), _columns(error)
    for constraint in filter(has_message, model._meta.constraints):
        if constraint.name == name or (columns and columns == _columns_of(constraint, model)):
            return str(constraint.get_violation_error_message())
    return ""


def has_message(constraint: BaseConstraint) -> bool:
    """Whether somebody has written what people read when the constraint is broken."""
    return bool(constraint.violation_error_message != constraint.default_violation_error_message)


def _named(error: IntegrityError) -> str:
    """Return the name of the constraint, as far as the engine says it."""
    diagnosis = getattr(error.__cause__, "diag", None)
    if diagnosis is not None:
        return str(diagnosis.constraint_name)
    match = SQLITE_CHECK.match(str(error))
    return match[1] if match else ""


def _columns(error: IntegrityError) -> list[str]:
    """Return the columns that must be unique together, which is all that SQLite says."""
    match = SQLITE_UNIQUE.match(str(error))
    return [part.rpartition(".")[2] for part in match[1].split(", ")] if match else []


def _columns_of(constraint: BaseConstraint, model: type[Model]) -> list[str]:
    if not isinstance(constraint, UniqueConstraint):
        return []
    return [model._meta.get_field(name).column for name in constraint.fields]
