"""Taking back a unit of changes, as an import is: what it created goes, what it changed and deleted is back.

The newest change is taken back first, batch by batch. A row that was edited since stays as it is, and is
listed with the reason. What was taken back already is left alone, so that an undo may be repeated, or go on
where it was interrupted. Preview and undo are the same code, the former rolled back.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Self

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _

from dynadmin.rowhistory.changes import Action, RowChange
from dynadmin.rowhistory.contexts import changing
from dynadmin.rowhistory.reverting import Conflict, Reverted, Reverting

UNDO = "undo"
MOST_TOLD = 200
BATCH = 2_000
SMALL = 20_000
COUNTED = {Action.CREATED: "taken_out", Action.CHANGED: "changed_back", Action.DELETED: "brought_back"}


@dataclass(kw_only=True)
class UndoTotals:
    """What an undo did, or would do: rows that were taken out, changed back, brought back, or in the way.

    ``conflicts`` are the first of those in the way, ``position`` the last change that was looked at.
    """

    taken_out: int = 0
    changed_back: int = 0
    brought_back: int = 0
    in_the_way: int = 0
    conflicts: list[Conflict] = field(default_factory=list)
    position: int | None = None

    def add(self, reverted: Reverted) -> None:
        """Count what was done to some rows."""
        name = COUNTED[reverted.action]
        setattr(self, name, getattr(self, name) + reverted.done)
        self.in_the_way += len(reverted.conflicts)
        self.conflicts += reverted.conflicts[: max(0, MOST_TOLD - len(self.conflicts))]

    def to_json(self) -> dict[str, Any]:
        """Return the totals as JSON values, for a record of them."""
        return {**vars(self), "conflicts": [vars(conflict) for conflict in self.conflicts]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the totals that ``to_json`` gave."""
        return cls(**{**data, "conflicts": [Conflict(**told) for told in data["conflicts"]]})


class UnitUndo:
    """The undo of a unit. ``models`` are the classes of all tables by id, as the registry has them::

        undo = UnitUndo(registry.current.models, unit=7)
        for batch in undo.batches():
            with transaction.atomic():
                undo.take(batch)

    Given the totals of an undo that was interrupted it goes on after them.
    """

    def __init__(
        self,
        models: Mapping[int, Any],
        unit: int,
        *,
        via: str = "import",
        totals: UndoTotals | None = None,
        using: str = DEFAULT_DB_ALIAS,
    ) -> None:
        self.totals = totals or UndoTotals()
        self._models = models
        self._unit = unit
        self._via = via
        self._using = using
        self._reverting: dict[int, Reverting] = {}

    @property
    def changes(self) -> Any:
        """The changes of the unit, the newest first."""
        changes = RowChange.objects.using(self._using).filter(unit=self._unit, via=self._via)
        return changes.order_by("-pk")

    def is_small(self) -> bool:
        """Whether few enough rows are concerned to be held while all of it is tried."""
        rows = self.changes.aggregate(rows=Sum(F("last_row") - F("row") + 1))["rows"]
        return (rows or 0) <= SMALL

    def batches(self) -> Iterator[list[RowChange]]:
        """Yield the changes that are still to be looked at: those of one table and kind together.

        Where rows of a table refer to each other its changes come in one piece, as these must go together.
        """
        position = self.totals.position
        while True:
            changes = self.changes if position is None else self.changes.filter(pk__lt=position)
            some = list(changes[:BATCH])
            if not some:
                return
            for _key, group in groupby(some, key=lambda change: (change.table, change.action)):
                batch = list(group)
                if batch[-1] is some[-1] and len(some) == BATCH and self._goes_together(batch[0].table):
                    batch += self._rest_of(batch[-1])
                position = batch[-1].pk
                yield batch

    def _rest_of(self, last: RowChange) -> list[RowChange]:
        """Return the changes that follow one without another kind, or table, in between."""
        older = self.changes.filter(pk__lt=last.pk)
        other = older.exclude(table=last.table, action=last.action).first()
        return list(older.filter(pk__gt=other.pk) if other else older)

    def _goes_together(self, table: int) -> bool:
        model = self._models.get(table)
        return model is not None and any(f.related_model is model for f in model._meta.local_fields)

    def take(self, batch: Sequence[RowChange]) -> None:
        """Take these changes back, in the transaction of the caller, and count it."""
        action, model = batch[0].action, self._models.get(batch[0].table)
        if model is None:
            reason = _("The table is not there any more.")
            lost = [Conflict(table=change.table, row=change.row, reason=reason) for change in batch]
            self.totals.add(Reverted(action=Action(action), conflicts=lost))
        else:
            with changing(UNDO, self._unit):
                self.totals.add(self._reverting_of(model).revert(action, batch))
        self.totals.position = batch[-1].pk

    def _reverting_of(self, model: Any) -> Reverting:
        table = model.table_schema.id
        if table not in self._reverting:
            created = self.changes.filter(table=table, action=Action.CREATED)
            ranges = sorted(created.values_list("row", "last_row"))
            own = Q(unit=self._unit, via__in=(self._via, UNDO))
            self._reverting[table] = Reverting(model, Ranges(ranges).__contains__, own, self._using)
        return self._reverting[table]


class Ranges:
    """Ranges of numbers, the lowest first."""

    def __init__(self, ranges: Sequence[tuple[int, int]]) -> None:
        self._ranges = ranges
        self._starts = [first for first, _last in ranges]

    def __contains__(self, number: int) -> bool:
        at = bisect_right(self._starts, number) - 1
        return at >= 0 and number <= self._ranges[at][1]


def undo_unit(
    models: Mapping[int, Any],
    unit: int,
    *,
    via: str = "import",
    dry_run: bool = False,
    using: str = DEFAULT_DB_ALIAS,
) -> UndoTotals:
    """Take back a unit, or say what that would do. To be called outside transactions.

    What a small unit would do is tried in one piece; of a large one each batch is tried by itself, so that
    nobody waits for the whole.
    """
    undo = UnitUndo(models, unit, via=via, using=using)
    with trying(using) if dry_run and undo.is_small() else nullcontext():
        for batch in undo.batches():
            with trying(using) if dry_run else transaction.atomic(using=using):
                undo.take(batch)
    return undo.totals


@contextmanager
def trying(using: str) -> Iterator[None]:
    """Have nothing of a block last, unless it is part of something that is tried as a whole."""
    is_part = connections[using].in_atomic_block
    with transaction.atomic(using=using):
        yield
        if not is_part:
            transaction.set_rollback(True, using=using)
