"""SchemaChange: the record of a change that is too long for one transaction, from its order to its end.

Whatever process works on it, this row is the truth: how far it has come, whether somebody wants it to stop,
and whether whoever works on it is still alive.
"""

from collections.abc import Collection, Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from dynadmin.conf import conf


class State(models.TextChoices):
    """What has become of a change."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class Phase(models.TextChoices):
    """What a change is at; in this order, but for the last, which it goes to when it does not succeed."""

    EXPAND = "expand", _("Making room for new values")
    FILL = "fill", _("Going through the rows")
    INDEX = "index", _("Building indexes")
    CONTRACT = "contract", _("Taking the change into use")
    FINISH = "finish", _("Finishing")
    UNDO = "undo", _("Taking everything back")


class Unfinished(models.QuerySet):
    """Changes that have not come to their end."""

    def unfinished(self) -> "Unfinished":
        return self.filter(state__in=(State.WAITING, State.RUNNING))

    def abandoned(self) -> "Unfinished":
        """Return those that nobody has worked on for ``CHANGE_STALE_S``, though somebody should."""
        return self.filter(_is_abandoned())

    def of_tables(self, tables: Collection[int]) -> Iterator["SchemaChange"]:
        """Yield the unfinished ones that concern any of these tables."""
        return (change for change in self.unfinished() if not set(tables).isdisjoint(change.tables))


def _is_abandoned() -> Q:
    last_sign = Now() - timedelta(seconds=conf.CHANGE_STALE_S)
    return Q(state__in=(State.WAITING, State.RUNNING), heartbeat_at__lt=last_sign)


class SchemaChange(models.Model):
    """A plan on its way. ``plan`` is what ``plan_from_json`` reads; ``tables`` are the ids it concerns.

    ``expected`` are the figures a person agreed to, ``position`` the last row that was gone through and of
    which work of the plan.
    """

    plan = models.JSONField(_("plan"))
    tables = models.JSONField(_("tables"))
    operations = models.JSONField(_("operations"))
    expected = models.JSONField(default=dict)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("author"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    phase = models.CharField(_("step"), max_length=10, choices=Phase, default=Phase.EXPAND)
    position = models.JSONField(default=list)
    done = models.BigIntegerField(_("rows done"), default=0)
    total = models.BigIntegerField(_("rows in all"), default=0)
    error = models.TextField(_("what went wrong"), blank=True)
    revision = models.ForeignKey(
        "dynadmin.SchemaRevision",
        verbose_name=_("revision"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    created_at = models.DateTimeField(_("ordered at"), auto_now_add=True)
    started_at = models.DateTimeField(_("begun at"), null=True, blank=True)
    claimed_at = models.DateTimeField(_("taken up at"), null=True, blank=True)
    done_before = models.BigIntegerField(_("rows done when it was taken up"), default=0)
    finished_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("last sign of life"), db_default=Now())
    worker = models.CharField(_("worker"), max_length=80, blank=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    is_cancel_requested = models.BooleanField(_("to be cancelled"), default=False)

    objects = Unfinished.as_manager()

    class Meta:
        verbose_name = _("change in the background")
        verbose_name_plural = _("changes in the background")
        default_permissions = ("view",)
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["state"],
                name="dynadmin_change_unfinished",
                condition=Q(state__in=("waiting", "running")),
            )
        ]

    def __str__(self) -> str:
        return "; ".join(self.operations)

    @property
    def is_unfinished(self) -> bool:
        return self.state in {State.WAITING, State.RUNNING}

    @property
    def can_be_cancelled(self) -> bool:
        """Whether there is still time: from the moment it is taken into use, undoing it is another change."""
        return self.is_unfinished and self.phase != Phase.FINISH

    # --- For whoever works on it; each in one statement, so that two never hold the same change ---

    def claim(self, worker: str) -> bool:
        """Make it this worker's; False if another is at work on it, or it has ended."""
        free = SchemaChange.objects.filter(Q(state=State.WAITING) | _is_abandoned(), pk=self.pk)
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
        """Write progress; False if the change is not this worker's any more."""
        mine = SchemaChange.objects.filter(pk=self.pk, worker=worker, state=State.RUNNING)
        if not mine.update(heartbeat_at=Now(), **changes):
            return False
        for name, value in changes.items():
            setattr(self, name, value)
        return True

    def request_cancel(self) -> bool:
        """Ask whoever works on it to stop and take everything back; False if it is too late.

        One that nobody has begun ends at once.
        """
        here = SchemaChange.objects.unfinished().filter(pk=self.pk)
        unbegun = here.filter(state=State.WAITING, started_at=None)
        if unbegun.update(state=State.CANCELLED, is_cancel_requested=True, finished_at=Now()):
            return True
        return bool(here.exclude(phase=Phase.FINISH).update(is_cancel_requested=True))


def is_of_a_change(error: Exception) -> bool:
    """Whether the database refused a row because of what its table is being changed to.

    A unique index has to hold before it can be relied on, so there is a moment in which the rows keep a rule
    that no class knows yet.
    """
    broken = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    return bool(broken and broken.startswith("dyn_o"))


def free_abandoned() -> list[int]:
    """Take changes away from workers that have given no sign of life, and return their ids.

    They wait again; each is returned to one caller only.
    """
    freed = []
    for pk in SchemaChange.objects.abandoned().values_list("pk", flat=True):
        one = SchemaChange.objects.abandoned().filter(pk=pk)
        if one.update(state=State.WAITING, worker="", heartbeat_at=Now()):
            freed.append(pk)
    return freed
