"""Undoing one revision, as a new one. Nothing is undone in part."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from dynadmin.changes import SchemaChange
from dynadmin.conversion import Choices
from dynadmin.exceptions import CannotUndo, UnknownFieldType
from dynadmin.models.applying import apply_plan, foresee_ids, reserve_ids
from dynadmin.models.drafting import waiting_tables
from dynadmin.models.history import load_revised
from dynadmin.plan import Conflict, Plan, make_plan, make_undoing
from dynadmin.registry import Snapshot, registry
from dynadmin.revisions import SchemaRevision, latest_revision_id
from dynadmin.schema import TableSchema


@dataclass(frozen=True, kw_only=True)
class Undo:
    """What undoing a revision does: a plan, empty where all is undone already; or conflicts, and no plan."""

    plan: Plan
    conflicts: tuple[Conflict, ...] = ()
    notes: tuple[str, ...] = ()


def foresee_undo(
    revision: SchemaRevision,
    *,
    choices: Mapping[int, Choices] | None = None,
    reserve: bool = False,
) -> Undo:
    """Return what undoing a revision would do now. ``choices`` are those of ``make_plan``.

    A plan that is to be applied reserves the ids it needs; one that is only looked at writes nothing.
    """
    while True:
        registry.refresh()
        newest = registry.newest
        found = _foresee(revision, newest, choices or {}, reserve=reserve)
        # The drafts that were looked at may be those of a newer revision.
        if not found.conflicts or latest_revision_id() == newest.revision:
            return found


def _foresee(
    revision: SchemaRevision, newest: Snapshot, choices: Mapping[int, Choices], *, reserve: bool
) -> Undo:
    undoing = make_undoing(load_revised(revision, newest.schema), newest.schema)
    ids = {table.id for table in undoing.wanted} | set(undoing.gone)
    conflicts = (*undoing.conflicts, *map(_waits, waiting_tables(newest.schema, ids)))
    nothing = Plan(base_revision=newest.revision, base=newest.schema, target=newest.schema)
    if conflicts:
        return Undo(plan=nothing, conflicts=conflicts)
    new_ids = reserve_ids(choices) if reserve else foresee_ids(choices, newest.schema)
    try:
        plan = make_plan(
            newest.schema,
            base_revision=newest.revision,
            wanted=undoing.wanted,
            gone=undoing.gone,
            back=undoing.back,
            choices=choices,
            new_ids=new_ids,
        )
    except UnknownFieldType as error:
        return Undo(plan=nothing, conflicts=(Conflict(message=str(error)),))
    return Undo(plan=replace(plan, undoes=revision.pk, overrides={}), notes=undoing.notes)


def undo_plan(
    revision: SchemaRevision,
    *,
    choices: Mapping[int, Choices] | None = None,
    reserve: bool = False,
) -> Plan:
    """Return the plan that undoes a revision, empty where all is undone already. Raises CannotUndo."""
    undo = foresee_undo(revision, choices=choices, reserve=reserve)
    if undo.conflicts:
        raise CannotUndo(undo.conflicts)
    return undo.plan


def undo(
    revision: SchemaRevision,
    *,
    user=None,
    shown: str = "",
    choices: Mapping[int, Choices] | None = None,
    in_background: bool = False,
) -> SchemaRevision | SchemaChange | None:
    """Undo a revision; return the new one that did, or None if all is undone already.

    The definitions follow. ``choices`` say, by the id of a field, what becomes of values that do not convert
    back; ``in_background`` is that of ``DynamicModel.sync()``. Raises CannotUndo, and what that raises.
    """
    return apply_plan(
        lambda: undo_plan(revision, choices=choices, reserve=True),
        allow_destructive=True,
        user=user,
        shown=shown,
        in_background=in_background,
    )


def _waits(table: TableSchema) -> Conflict:
    message = _("Changes of table “%(table)s” wait to be applied: apply or discard them first.")
    return Conflict(message=message % {"table": table.label or table.name}, table=table.id, is_draft=True)
