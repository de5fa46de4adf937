"""Carries an import out, from wherever it has come to: checked, imported in batches, taken back, undone."""

import logging
import time
from collections.abc import Callable
from types import TracebackType

from django.db import InterfaceError, OperationalError, connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dynadmin import jobs
from dynadmin.acting import acting
from dynadmin.exceptions import ChangeLost, ImportCancelled, TransferError
from dynadmin.executor import make_range_indexes
from dynadmin.imports.checking import check
from dynadmin.imports.importing import import_all
from dynadmin.imports.records import FileImport, Phase
from dynadmin.imports.undoing import take_back, undo, worker_for
from dynadmin.imports.ways import Importer
from dynadmin.jobs import State, worker_name
from dynadmin.registry import registry

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 10
# What may be over in a moment: the table is locked, the server restarts.
PASSING = (OperationalError, InterfaceError)
FIRST_PAUSE_S, PAUSES = 0.1, 6


class Hold(jobs.Hold):
    """What a worker has of the import it works on."""

    cancelled = ImportCancelled
    cancelled_words = gettext_lazy("The import was cancelled.")


def run_import(
    job: FileImport, importer: Importer | None = None, *, progress: Callable[[int], None] | None = None
) -> bool:
    """Carry an import on to where a person is asked or it ends; False if another worker is at it.

    What comes of it is written into its record. ``importer`` is what takes the rows where that is not the
    table's own business, see ``ways``; ``progress`` is told how many rows are done. Raises what may pass:
    then it waits to be taken up again.
    """
    worker = worker_name()
    if not job.claim(worker):
        return False
    with registry.in_use(), acting(worker_for(job)), Hold(job, worker) as hold:
        hold.on_progress = progress
        try:
            _carry_on(hold, importer)
        except (*PASSING, KeyboardInterrupt):
            job.update_as(worker, state=State.WAITING, worker="")
            raise
    if job.is_imported and (table := getattr(job.model, "table_schema", None)):
        make_range_indexes([table])
    return True


def _carry_on(hold: Hold, importer: Importer | None) -> None:
    """Go on, again when something was in the way for a moment."""
    for pause in range(PAUSES):
        try:
            return _go_through(hold, importer)
        except PASSING:
            if pause == PAUSES - 1:
                raise
            logger.info("Import %d was disturbed, and goes on.", hold.job.pk, exc_info=True)
            connection.close_if_unusable_or_obsolete()
            time.sleep(FIRST_PAUSE_S * 2**pause)
            hold.job.refresh_from_db()
    return None


def _go_through(hold: Hold, importer: Importer | None) -> None:
    job = hold.job
    if job.phase == Phase.CHECK:
        with _Failing(hold):
            check(hold, importer)
    elif job.phase == Phase.IMPORT:
        with _TakenBack(hold):
            _refuse_hopeless(job)
            import_all(hold, importer)
    elif job.phase == Phase.UNDO:
        with _Failing(hold):
            undo(hold)
    if job.phase == Phase.BACK and job.is_unfinished:
        take_back(hold)


def _refuse_hopeless(job: FileImport) -> None:
    if job.attempts > MOST_ATTEMPTS:
        message = _("The import was begun %(count)d times, and never came to its end.")
        raise TransferError(message % {"count": MOST_ATTEMPTS})


class _Failing:
    """A context that ends the work when it cannot be done, and says why."""

    def __init__(self, hold: Hold) -> None:
        self.hold = hold

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, Exception) or isinstance(error, (*PASSING, ChangeLost)):
            return False
        if not isinstance(error, TransferError):
            logger.error("Import %d was stopped by an error.", self.hold.job.pk, exc_info=error)
        self.react(error)
        return True

    def react(self, error: Exception) -> None:
        """End the work."""
        self.hold.fail(error)


class _TakenBack(_Failing):
    """A context that has everything taken back when the work cannot be done."""

    def react(self, error: Exception) -> None:
        self.hold.turn_back(error=self.hold.words_of(error))
