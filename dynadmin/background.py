"""Leaves long changes to a worker, through Django's tasks: those of Django 6, or their backport before.

The record of a change is the truth, and a task only a nudge to look at it: one too many does nothing, and one
that was lost is made up for by the next that looks for abandoned changes.
"""

import logging
from datetime import timedelta

from django.utils import timezone

from dynadmin.changes import SchemaChange, free_abandoned
from dynadmin.conf import conf
from dynadmin.exceptions import ChangeLost, PlanError
from dynadmin.models import resume_change

try:
    from django.tasks import task
except ImportError:  # Django 5.2
    from django_tasks import task

logger = logging.getLogger(__name__)


@task()
def carry_out(change: int) -> None:
    """Carry a change out, or take it up where it was left; what comes of it is written into its record."""
    found = SchemaChange.objects.filter(pk=change).first()
    if found is None:
        return
    try:
        resume_change(found)
    except ChangeLost:
        logger.warning("Change %d was taken over by another worker.", change)
    except PlanError as error:
        logger.info("Change %d was not made: %s", change, error)


@task()
def look_after(change: int) -> None:
    """Have a change taken up by another worker if its own is gone; look again later while it goes on."""
    enqueue_abandoned()
    if SchemaChange.objects.unfinished().filter(pk=change).exists():
        _enqueue_look_after(change)


def enqueue(change: SchemaChange) -> None:
    """Leave a change to a worker. To be called outside transactions."""
    carry_out.enqueue(change.pk)
    _enqueue_look_after(change.pk)


def enqueue_abandoned() -> list[int]:
    """Leave the changes whose worker is gone to others; return their ids."""
    freed = free_abandoned()
    for change in freed:
        carry_out.enqueue(change)
    return freed


def _enqueue_look_after(change: int) -> None:
    # A backend that runs tasks at once cannot put them off, and leaves nothing to look after.
    if look_after.get_backend().supports_defer:
        later = timezone.now() + timedelta(seconds=conf.CHANGE_STALE_S + 1)
        look_after.using(run_after=later).enqueue(change)
