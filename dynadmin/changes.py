"""SchemaChange: the record of a change that is too long for one transaction, from its order to its end."""

from collections.abc import Collection, Iterator
from functools import partial

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dynadmin import jobs
from dynadmin.jobs import Job, Jobs, State

__all__ = ["Phase", "SchemaChange", "State", "free_abandoned", "is_of_a_change"]


class Phase(models.TextChoices):
    """What a change is at; in this order, but for the last, which it goes to when it does not succeed."""

    EXPAND = "expand", _("Making room for new values")
    FILL = "fill", _("Going through the rows")
    INDEX = "index", _("Building indexes")
    CONTRACT = "contract", _("Taking the change into use")
    FINISH = "finish", _("Finishing")
    UNDO = "undo", _("Taking everything back")


class Changes(Jobs):
    """Changes, those that have not come to their end among them."""

    def of_tables(self, tables: Collection[int]) -> Iterator["SchemaChange"]:
        """Yield the unfinished ones that concern any of these tables."""
        return (change for change in self.unfinished() if not set(tables).isdisjoint(change.tables))


class SchemaChange(Job):
    """A plan on its way. ``plan`` is what ``plan_from_json`` reads; ``tables`` are the ids it concerns.

    ``expected`` are the figures a person agreed to, ``position`` the last row that was gone through and of
    which work of the plan. From the moment it is taken into use, undoing it is another change.
    """

    too_late = (Phase.FINISH,)
    taking_back = Phase.UNDO
    word = "change"

    plan = models.JSONField(_("plan"))
    tables = models.JSONField(_("tables"))
    operations = models.JSONField(_("operations"))
    expected = models.JSONField(default=dict)
    phase = models.CharField(_("step"), max_length=10, choices=Phase, default=Phase.EXPAND)
    revision = models.ForeignKey(
        "dynadmin.SchemaRevision",
        verbose_name=_("revision"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    objects = Changes.as_manager()

    class Meta(Job.Meta):
        verbose_name = _("change in the background")
        verbose_name_plural = _("changes in the background")
        indexes = [
            models.Index(
                fields=["state"],
                name="dynadmin_change_unfinished",
                condition=Q(state__in=("waiting", "running")),
            )
        ]

    def __str__(self) -> str:
        return "; ".join(self.operations)


free_abandoned = partial(jobs.free_abandoned, SchemaChange)


def is_of_a_change(error: Exception) -> bool:
    """Whether the database refused a row because of what its table is being changed to.

    A unique index has to hold before it can be relied on, so there is a moment in which the rows keep a rule
    that no class knows yet.
    """
    broken = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    return bool(broken and broken.startswith("dyn_o"))
