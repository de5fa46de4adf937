"""Leaves long work to a worker, through Django's tasks: those of Django 6, or their backport before.

The record of a job is the truth, and a task only a nudge to look at it: one too many does nothing, and one
that was lost is made up for by the next that looks for abandoned jobs.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.utils import timezone

from dynadmin.changes import SchemaChange
from dynadmin.conf import conf
from dynadmin.exceptions import ChangeLost, PlanError, TransferError
from dynadmin.exports.records import FileExport
from dynadmin.exports.running import run_export
from dynadmin.imports.records import FileImport
from dynadmin.imports.running import run_import
from dynadmin.jobs import Job, free_abandoned
from dynadmin.models import resume_change

try:
    from django.tasks import task
except ImportError:  # Django 5.2
    from django_tasks import task

logger = logging.getLogger(__name__)

CHANGE = SchemaChange._meta.label
# By the label of a kind of jobs, what carries one of them on from where it was left.
RUNNERS: dict[str, Callable[[Any], Any]] = {
    CHANGE: resume_change,
    FileImport._meta.label: run_import,
    FileExport._meta.label: run_export,
}


@task()
def carry_out(job: int, kind: str = CHANGE) -> None:
    """Carry a job out, or take it up where it was left; what comes of it is written into its record."""
    found = apps.get_model(kind).objects.filter(pk=job).first()
    if found is None:
        return
    name = f"{found.word.capitalize()} {job}"
    try:
        RUNNERS[kind](found)
    except ChangeLost:
        logger.warning("%s was taken over by another worker.", name)
    except (PlanError, TransferError) as error:
        logger.info("%s came to nothing: %s", name, error)


@task()
def look_after(job: int, kind: str = CHANGE) -> None:
    """Have a job taken up by another worker if its own is gone; look again later while it goes on."""
    enqueue_abandoned()
    if apps.get_model(kind).objects.unfinished().filter(pk=job).exists():
        _enqueue_look_after(job, kind)


def enqueue(job: Job) -> None:
    """Leave a job to a worker. To be called outside transactions."""
    kind = job._meta.label
    carry_out.enqueue(job.pk, kind)
    _enqueue_look_after(job.pk, kind)


def enqueue_abandoned() -> list[Job]:
    """Leave the jobs whose worker is gone to others; return them."""
    freed = []
    for kind in RUNNERS:
        model = apps.get_model(kind)
        for pk in free_abandoned(model):
            carry_out.enqueue(pk, kind)
            freed += model.objects.filter(pk=pk)
    return freed


def _enqueue_look_after(job: int, kind: str) -> None:
    # A backend that runs tasks at once cannot put them off, and leaves nothing to look after.
    if look_after.get_backend().supports_defer:
        later = timezone.now() + timedelta(seconds=conf.CHANGE_STALE_S + 1)
        look_after.using(run_after=later).enqueue(job, kind)
