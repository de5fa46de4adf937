"""Writes the file of an export. What was begun by a worker that is gone is begun anew by another."""

import logging
from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError, connection, models
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dynadmin import jobs
from dynadmin.acting import acting
from dynadmin.exceptions import ExportCancelled, TransferError
from dynadmin.exports.columns import options_now
from dynadmin.exports.files import kept, new_file
from dynadmin.exports.records import FileExport
from dynadmin.jobs import State, worker_name
from dynadmin.registry import registry
from dynadmin.transfer.exporter import export_rows

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 5
PASSING = (OperationalError, InterfaceError)

RowSource = Callable[[FileExport], models.QuerySet]
_sources: list[RowSource] = []


def row_source(find: RowSource) -> RowSource:
    """Have the rows of exports found by this function, which knows the lists that people see."""
    _sources[:] = [find]
    return find


class Hold(jobs.Hold):
    """What a worker has of the export it works on. ``done`` is how many rows are written."""

    cancelled = ExportCancelled
    cancelled_words = gettext_lazy("The export was cancelled.")
    done = 0


def run_export(job: FileExport) -> bool:
    """Write the file; False if another worker is at it. What comes of it is written into the record."""
    worker = worker_name()
    if not job.claim(worker):
        return False
    with (
        registry.in_use(),
        acting(job.author),
        translation.override(job.language or None),
        Hold(job, worker) as hold,
    ):
        try:
            _write(hold)
        except (TransferError, DatabaseError, OSError) as error:
            _end_badly(hold, error)
        except KeyboardInterrupt:
            job.update_as(worker, state=State.WAITING, worker="")
            raise
    return True


def _write(hold: Hold) -> None:
    job: Any = hold.job
    hold.check()
    if job.attempts > MOST_ATTEMPTS:
        message = _("The export was begun %(count)d times, and never came to its end.")
        raise TransferError(message % {"count": MOST_ATTEMPTS})
    [find] = _sources
    rows = find(job)
    hold.write(total=rows.order_by().count(), done=0)
    with new_file() as (file, path):
        options = options_now(rows.model, job.options)
        made = export_rows(rows, user=job.author, progress=partial(_tell, hold), **options)
        with closing(made) as pieces:  # type: ignore[type-var]
            for piece in pieces:
                file.write(piece)
        size = file.tell()
        file.close()
        with kept(path) as stored:
            hold.end(State.DONE, stored=stored, size=size, done=hold.done, total=hold.done)


def _tell(hold: Hold, rows: int) -> None:
    hold.done += rows
    hold.come_to(hold.done)


def _end_badly(hold: Hold, error: Exception) -> None:
    """Say what became of it; what may pass, leave to be taken up again."""
    connection.close_if_unusable_or_obsolete()
    if isinstance(error, PASSING) and hold.job.attempts < MOST_ATTEMPTS:
        hold.write(state=State.WAITING, worker="")
        raise error
    if not isinstance(error, TransferError):
        logger.error("Export %d was stopped by an error.", hold.job.pk, exc_info=error)
    hold.fail(error)
