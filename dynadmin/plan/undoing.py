"""What undoing one revision means, with all that was done since left as it is. Pure.

It compares three states, as a merge does: before the revision, after it, and now. What the revision changed
and nobody since is put back; what was changed again since is a conflict, and then nothing is undone at all.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from dynadmin.plan.revised import Conflict, Revised
from dynadmin.plan.undoing_tables import TableUndoing
from dynadmin.schema import Schema, TableSchema

__all__ = ["Conflict", "Revised", "Undoing", "make_undoing"]


@dataclass(frozen=True, kw_only=True)
class Undoing:
    """What ``make_plan`` has to make so, or the conflicts that forbid it; neither if all is undone already.

    ``notes`` say what a person should know that the steps do not tell.
    """

    wanted: tuple[TableSchema, ...] = ()
    gone: tuple[int, ...] = ()
    back: Mapping[int, int] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()
    notes: tuple[str, ...] = ()


def make_undoing(revised: Iterable[Revised], now: Schema) -> Undoing:
    """Return what undoing a revision means, given the tables it changed."""
    undoings = [TableUndoing(table) for table in revised]
    conflicts = [conflict for undoing in undoings for conflict in undoing.conflicts]
    if not any(undoing.had_effects for undoing in undoings):
        conflicts.append(Conflict(message=_("This revision did nothing that could be undone.")))
    wanted = {undoing.wanted.id: undoing.wanted for undoing in undoings if undoing.wanted}
    gone = {undoing.table_id for undoing in undoings if undoing.is_gone}
    conflicts += _taken_names(wanted, gone, now)
    if conflicts:
        return Undoing(conflicts=tuple(conflicts))
    return Undoing(
        wanted=tuple(wanted.values()),
        gone=tuple(gone),
        back={id: generation for undoing in undoings for id, generation in undoing.back.items()},
        notes=tuple(note for undoing in undoings for note in undoing.notes),
    )


def _taken_names(wanted: Mapping[int, TableSchema], gone: set[int], now: Schema) -> Iterator[Conflict]:
    live = {**{table.id: table for table in now.live_tables if table.id not in gone}, **wanted}
    counts = Counter(table.name for table in live.values())
    message = _("Table “%(table)s” cannot be called “%(name)s” again: another one is by now.")
    for table in wanted.values():
        if counts[table.name] > 1 and now.tables[table.id] != table:
            words = {"table": table.label or table.name, "name": table.name}
            yield Conflict(message=message % words, table=table.id)
