"""Carries a change through its steps, from wherever it has come to."""

from types import ModuleType, TracebackType

from django.db import InterfaceError, OperationalError, connection
from django.utils.translation import gettext as _

from dynadmin.changes import Phase, SchemaChange, State
from dynadmin.exceptions import ChangeCancelled, ChangeLost, PlanError
from dynadmin.executor.online import copying, in_place
from dynadmin.executor.online.contracting import BeforeCommit
from dynadmin.executor.online.holding import Hold
from dynadmin.executor.online.jobs import Job
from dynadmin.executor.online.others import on_one_core
from dynadmin.jobs import worker_name

MOST_ATTEMPTS = 10
# What may be over in a moment: the server restarts, a disk is full, another worker was faster.
PASSING = (OperationalError, InterfaceError, ChangeLost)


def run(change: SchemaChange, before_commit: BeforeCommit = None) -> bool:
    """Carry the change out, or take it up where it was left; False if another worker is at it.

    Raises a PlanError if the change cannot be made; then nothing has changed. After an error that may pass,
    the change waits to be taken up again.
    """
    worker = worker_name()
    if not change.claim(worker):
        return False
    try:
        with on_one_core(), Hold(change, worker) as hold:
            if change.phase != Phase.FINISH:
                with _TakenBack(hold):
                    _refuse_hopeless(change)
                    _way().lead_into_use(Job(hold), before_commit)
            _way().finish(hold)
            hold.end(State.DONE)
    except ChangeLost:
        _leave(change)
        raise
    return True


def _leave(change: SchemaChange) -> None:
    """Leave nothing behind when another worker has ended the change meanwhile."""
    change.refresh_from_db()
    if not change.is_unfinished or change.phase == Phase.FINISH:
        _way().drop_leftovers(change)


def _refuse_hopeless(change: SchemaChange) -> None:
    if change.phase == Phase.UNDO:
        raise PlanError(change.error) if change.error else ChangeCancelled
    if change.attempts > MOST_ATTEMPTS:
        raise PlanError(
            _("The change was begun %(count)d times, and never came to its end.") % {"count": MOST_ATTEMPTS}
        )


def _way() -> ModuleType:
    """Return how this database does it: a module that has the steps."""
    return in_place if connection.vendor == "postgresql" else copying


class _TakenBack:
    """A context that takes the change back when it cannot be made, and leaves it alone when that may pass."""

    def __init__(self, hold: Hold) -> None:
        self.hold = hold

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Exception) and not isinstance(error, PASSING):
            _way().undo(self.hold, error=self.hold.words_of(error))
