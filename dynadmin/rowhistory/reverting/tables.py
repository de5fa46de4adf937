"""A table of which changes are taken back: what all ways of doing so know of it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import DataError, IntegrityError, connections, models, transaction
from django.utils.translation import gettext as _

from dynadmin.rowhistory.changes import Action
from dynadmin.rowhistory.contexts import unnoted
from dynadmin.rowhistory.values import UnreadableValue, key_of

_PART = 1000


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """A row that an undo leaves as it is, and why. ``table`` is the id of its table."""

    table: int
    row: int
    reason: str


@dataclass(kw_only=True)
class Reverted:
    """How many rows something was taken back of, and which stand in the way."""

    action: Action
    done: int = 0
    conflicts: list[Conflict] = field(default_factory=list)


class RevertedTable:
    """The table, and what became of its rows so far. For ``is_own`` and ``own`` see ``Reverting``.

    ``kept`` are the rows that stay as they are; ``brought_back`` those that were deleted, which are back with
    what they were linked to: that is no change of them.
    """

    def __init__(self, model: Any, is_own: Callable[[int], bool], own: models.Q, using: str) -> None:
        self.model = model
        self.id = model.table_schema.id
        self.is_own = is_own
        self.own = own
        self.using = using
        self.connection = connections[using]
        self.rows = self.rows_of(model)
        self.kept: set[int] = set()
        self.brought_back: set[int] = set()

    def refuse(self, result: Reverted, row: int, reason: str) -> None:
        """Leave a row as it is, whatever else there is of it, and say once why."""
        if row not in self.kept:
            self.kept.add(row)
            result.conflicts.append(Conflict(table=self.id, row=row, reason=reason))

    # --- Columns and links ---

    @cached_property
    def fields(self) -> dict[str, models.Field]:
        """The columns that people see, by their keys."""
        fields = self.model._meta.local_concrete_fields
        return {key_of(f): f for f in fields if not f.primary_key and hasattr(f, "field_id")}

    @cached_property
    def links(self) -> dict[str, Any]:
        """The classes of the tables that hold its links, by the key of the field."""
        return {str(id): link for id, link in self.model.link_models.items()}

    @cached_property
    def unseen(self) -> set[str]:
        """The keys of fields that are in the trash: nobody sees what they have."""
        retired = self.model.table_schema.retired_fields
        return {f.column.removeprefix("c") if f.stored == "column" else str(f.id) for f in retired}

    def stored(self, model_field: models.Field, value: Any) -> Any:
        """Return a value as the database takes it."""
        return model_field.get_db_prep_save(value, self.connection)

    # --- Rows ---

    def rows_of(self, model: Any) -> models.QuerySet:
        """Return all rows of a class, in the database that is worked on."""
        return model._base_manager.using(self.using)

    def existing(self, model: Any, keys: Iterable[Any]) -> set[Any]:
        """Return those of some keys that there are rows of."""
        found: set[Any] = set()
        for part in parts(sorted(keys)):
            found.update(self.rows_of(model).filter(pk__in=part).values_list("pk", flat=True))
        return found

    def delete(self, model: Any, name: str, keys: Sequence[int]) -> None:
        """Delete the rows of a class that have one of some keys, and nothing else."""
        for part in parts(keys):
            self.rows_of(model).filter(**{f"{name}__in": part})._raw_delete(self.using)

    def bisected(self, rows: Sequence[int], write: Callable[[Sequence[int]], None]) -> dict[int, str]:
        """Write rows; return of those that the database refuses why."""
        if not rows:
            return {}
        try:
            with transaction.atomic(using=self.using), unnoted():
                write(rows)
        except (IntegrityError, DataError, UnreadableValue) as error:
            if len(rows) == 1:
                reason = _("The database refuses what it was: %(reason)s")
                return {rows[0]: reason % {"reason": str(error).splitlines()[0]}}
            half = len(rows) // 2
            return self.bisected(rows[:half], write) | self.bisected(rows[half:], write)
        return {}


def parts(keys: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Yield keys in parts that fit into a statement."""
    return (keys[start : start + _PART] for start in range(0, len(keys), _PART))
