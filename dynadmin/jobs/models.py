"""Job: what the records of all long work have in common, from its order to its end."""

from datetime import timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from dynadmin.conf import conf


class State(models.TextChoices):
    """What has become of a job."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


UNFINISHED = (State.WAITING, State.RUNNING)


class Jobs(models.QuerySet):
    """Jobs, those that have not come to their end among them."""

    def unfinished(self) -> Self:
        return self.filter(state__in=UNFINISHED)

    def abandoned(self) -> Self:
        """Return those that nobody has worked on for ``CHANGE_STALE_S``, though somebody should."""
        return self.filter(_is_abandoned())


def _is_abandoned() -> Q:
    last_sign = Now() - timedelta(seconds=conf.CHANGE_STALE_S)
    return Q(state__in=UNFINISHED, heartbeat_at__lt=last_sign)


class Job(models.Model):
    """Work on its way. ``done`` of ``total`` rows are done; ``position`` is for whoever takes it up again.

    A class of jobs has a field ``phase``: what a job is at. In the phases ``too_late`` it cannot be
    cancelled, in ``taking_back`` it is being taken back already.
    """

    too_late: ClassVar[tuple[str, ...]] = ()
    taking_back: ClassVar[str] = ""
    # What logs and commands call one of them.
    word: ClassVar[str] = "job"

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("author"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    position = models.JSONField(default=list)
    done = models.BigIntegerField(_("rows done"), default=0)
    total = models.BigIntegerField(_("rows in all"), default=0)
    error = models.TextField(_("what went wrong"), blank=True)

    created_at = models.DateTimeField(_("ordered at"), auto_now_add=True)
    started_at = models.DateTimeField(_("begun at"), null=True, blank=True)
    claimed_at = models.DateTimeField(_("taken up at"), null=True, blank=True)
    done_before = models.BigIntegerField(_("rows done when it was taken up"), default=0)
    finished_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("last sign of life"), db_default=Now())
    worker = models.CharField(_("worker"), max_length=80, blank=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    is_cancel_requested = models.BooleanField(_("to be cancelled"), default=False)

    objects = Jobs.as_manager()

    class Meta:
        abstract = True
        default_permissions = ("view",)
        ordering = ["-pk"]

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED

    @property
    def can_be_cancelled(self) -> bool:
        """Whether there is still time to stop it and take everything back."""
        return self.is_unfinished and self.phase not in self.too_late

    @property
    def is_stopping(self) -> bool:
        """Whether somebody has asked it to stop, and whoever works on it has not turned back yet."""
        return self.is_cancel_requested and self.phase not in {*self.too_late, self.taking_back}

    # --- For whoever works on it; each in one statement, so that two never hold the same job ---

    def claim(self, worker: str) -> bool:
        """Make it this worker's; False if another is at work on it, or it has ended."""
        here = type(self).objects
        free = here.filter(Q(state=State.WAITING) | _is_abandoned(), pk=self.pk)
        claimed = free.update(
            state=State.RUNNING,
            worker=worker,
            # Those that came to nothing: one that is interrupted each night may still come to its end.
            attempts=Case(When(done__gt=F("done_before"), then=1), default=F("attempts") + 1),
            started_at=Coalesce("started_at", Now()),
            claimed_at=Now(),
            done_before=F("done"),
            heartbeat_at=Now(),
        )
        if claimed:
            self.refresh_from_db()
        return bool(claimed)

    def update_as(self, worker: str, **changes: Any) -> bool:
        """Write progress; False if the job is not this worker's any more."""
        mine = type(self).objects.filter(pk=self.pk, worker=worker, state=State.RUNNING)
        if not mine.update(heartbeat_at=Now(), **changes):
            return False
        for name, value in changes.items():
            setattr(self, name, value)
        return True

    def request_cancel(self) -> bool:
        """Ask whoever works on it to stop and take everything back; False if it is too late.

        One that nobody has begun ends at once.
        """
        here = type(self).objects.unfinished().filter(pk=self.pk).exclude(phase__in=self.too_late)
        unbegun = here.filter(state=State.WAITING, started_at=None)
        if unbegun.update(state=State.CANCELLED, is_cancel_requested=True, finished_at=Now()):
            return True
        return bool(here.update(is_cancel_requested=True))


def free_abandoned(kind: type[Job]) -> list[int]:
    """Take jobs away from workers that have given no sign of life, and return their ids.

    They wait again; each is returned to one caller only.
    """
    freed = []
    for pk in kind.objects.abandoned().values_list("pk", flat=True):
        one = kind.objects.abandoned().filter(pk=pk)
        if one.update(state=State.WAITING, worker="", heartbeat_at=Now()):
            freed.append(pk)
    return freed
