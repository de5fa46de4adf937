"""What a person may see of the rows that relations refer to, and whether they may add some."""

from typing import Any

from dynadmin.permissions import may
from dynadmin.plan import ConvertField, Operation
from dynadmin.schema import FieldSchema


def may_see_target(user: Any, field: FieldSchema) -> bool:
    """Return whether this person may see the rows that a field refers to, if it refers to any."""
    return not field.target or may(user, "view", field.target)


def may_make_rows(user: Any, field: FieldSchema) -> bool:
    """Return whether this person may add rows to what a field refers to."""
    return may(user, "add", field.target)


def ends_of(operation: Operation) -> tuple[FieldSchema, ...]:
    """Return the fields between which an operation converts values."""
    return (operation.old, operation.field) if isinstance(operation, ConvertField) else ()
