"""One table as a revision found it and left it, as it is now, and as the revisions since have left it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from dynadmin.schema import ConstraintSchema, FieldSchema, TableSchema

Read = Callable[[TableSchema], Any]


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """Why an effect cannot be undone.

    ``revision`` is the one that stands in the way, where one does; ``is_draft`` says that it is a change of
    the table which nobody has applied yet.
    """

    message: str
    table: int | None = None
    revision: int | None = None
    is_draft: bool = False


def nothing_since() -> Iterable[tuple[int, TableSchema]]:
    return ()


@dataclass(frozen=True, kw_only=True)
class Revised:
    """The states of one table that undoing a revision compares.

    ``since`` gives the table as each later revision left it, with that one's number. It is asked only where
    there is a conflict, for the number.
    """

    before: TableSchema | None
    after: TableSchema
    now: TableSchema
    since: Callable[[], Iterable[tuple[int, TableSchema]]] = nothing_since

    def last_change(self, read: Read) -> int | None:
        """Return the number of the last revision that changed what ``read`` reads from the table."""
        last, value = None, read(self.after)
        for number, table in self.since():
            if read(table) != value:
                last, value = number, read(table)
        return last

    def changed_again(self, read: Read, what: str) -> Conflict:
        """Return the conflict that says who changed this again."""
        revision = self.last_change(read)
        message = _("%(what)s was changed again by revision %(revision)s; undo that first.")
        words = {"what": what, "revision": revision}
        return Conflict(message=message % words, table=self.after.id, revision=revision)


def field_in(table: TableSchema, id: int) -> FieldSchema | None:
    """Return the field, live or retired; None if the table has no such column."""
    return next((field for field in table.fields if field.id == id), None)


def live_field_in(table: TableSchema, id: int) -> FieldSchema | None:
    return next((field for field in table.live_fields if field.id == id), None)


def constraint_in(table: TableSchema, id: int) -> ConstraintSchema | None:
    return next((constraint for constraint in table.constraints if constraint.id == id), None)


def essence(part: TableSchema | FieldSchema | None) -> Any:
    """Return what people see of a table or a field; None if they see nothing of it."""
    if part is None or part.retired:
        return None
    if isinstance(part, FieldSchema):
        return part.id, part.name, part.label, part.type, dict(part.options)
    fields = [essence(field) for field in part.live_fields]
    rules = sorted(part.constraints, key=lambda rule: rule.id)
    said = part.name, part.label, part.description, part.folder, part.kind, part.keeps_history, part.display
    return *said, fields, rules
