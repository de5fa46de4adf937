"""Taking back what an import has done: when it was stopped or is refused, or when somebody wants it later."""

from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.translation import gettext as _

from dynadmin import jobs
from dynadmin.imports.records import IMPORTED, FileImport, Phase
from dynadmin.imports.ways import keeps_history
from dynadmin.jobs import State
from dynadmin.registry import registry
from dynadmin.rowhistory import UndoTotals, UnitUndo, undo_unit

_UNDONE = "undone"
_BY = "undone_by"


def order_undo(job: FileImport, *, user: Any = None) -> bool:
    """Have an import undone by somebody; False when it is not one that is done."""
    totals = {name: value for name, value in job.totals.items() if name != _UNDONE}
    totals[_BY] = user.pk if user is not None else None
    # What was refused is still to be had: the position tells it.
    kept = {"totals": totals, "position": job.position}
    return job.order(Phase.UNDO, among=IMPORTED, total=rows_to_undo(job), **kept)


def rows_to_undo(job: FileImport) -> int:
    """Return how many rows of the table an import has made, changed or deleted."""
    return sum(job.totals.get(name, 0) for name in ("created", "changed", "retired"))


def why_not_undone(job: FileImport) -> str:
    """Return why an import cannot be undone; "" if it can."""
    if not job.is_imported:
        return _("Only what was imported, and not undone yet, can be undone.")
    if job.model is None:
        return _("The table of this import is no longer there.")
    if not rows_to_undo(job) and not job.totals.get("made"):
        return _("This import changed nothing, so that there is nothing to undo.")
    if rows_to_undo(job) and not UnitUndo({}, job.pk).changes.exists():
        return _("The history of the rows of this import is not kept, so nobody knows what was there before.")
    return ""


def foresee_undo(job: FileImport) -> UndoTotals | None:
    """Return what undoing an import would do; None for one too large to try out."""
    models = registry.latest().models
    if not UnitUndo(models, job.pk).is_small():
        return None
    return undo_unit(models, job.pk, dry_run=True)


def undone(job: FileImport) -> UndoTotals | None:
    """Return what was taken back of an import."""
    told = job.totals.get(_UNDONE)
    return UndoTotals.from_json(told) if told else None


def worker_for(job: FileImport) -> Any:
    """Return the person for whom something is done: who has ordered the import, or that it be undone."""
    if job.phase != Phase.UNDO:
        return job.author
    return get_user_model()._default_manager.filter(pk=job.totals.get(_BY)).first()


def undo(hold: jobs.Hold) -> None:
    """Take back an import that was done, and end."""
    _revert(hold)
    job = hold.job
    with transaction.atomic():
        hold.end(State.DONE, done=job.total)
        if (who := worker_for(job)) and job.model is not None:
            LogEntry.objects.create(
                user_id=who.pk,
                content_type=ContentType.objects.get_for_model(job.model),
                object_repr=job.file_name[:200],
                action_flag=CHANGE,
                change_message=_("Import %(number)d of %(file)s was undone.")
                % {"number": job.pk, "file": job.file_name},
            )


def take_back(hold: jobs.Hold) -> None:
    """Take back an import that was stopped or cannot be carried out, and end."""
    job = hold.job
    if job.model is not None and keeps_history(job.model):
        _revert(hold)
    hold.end(State.FAILED if job.error else State.CANCELLED)


def _revert(hold: jobs.Hold) -> None:
    """Take the changes back in batches, each committed with how far that has come."""
    job = hold.job
    told: dict[str, Any] | None = job.totals.get(_UNDONE)
    reverting = UnitUndo(
        registry.latest().models, job.pk, totals=UndoTotals.from_json(told) if told else None
    )
    for batch in reverting.batches():
        with transaction.atomic():
            reverting.take(batch)
            totals = reverting.totals
            done = totals.taken_out + totals.changed_back + totals.brought_back
            hold.write(totals={**job.totals, _UNDONE: totals.to_json()}, done=done)
        hold.told(done)
