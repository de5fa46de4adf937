"""How far a change in the background has come, for its page and for the script of the page."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from dynadmin.admin.durations import in_words
from dynadmin.changes import Phase, SchemaChange, State


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What is told of a change that goes on."""

    change: SchemaChange

    @property
    def state(self) -> str:
        """What it is at, in a few words."""
        change = self.change
        if change.state == State.WAITING:
            return _("Waits for a worker")
        if change.state != State.RUNNING:
            return change.get_state_display()
        if change.is_cancel_requested and change.phase not in {Phase.FINISH, Phase.UNDO}:
            return _("Stopping")
        return change.get_phase_display()

    @property
    def rows(self) -> str:
        """How many rows are done, how fast that goes and how long it will take, where rows are read."""
        change = self.change
        if not change.total:
            return ""
        words = {"done": _number(min(change.done, change.total)), "total": _number(change.total)}
        parts = [_("%(done)s of %(total)s rows") % words]
        if change.phase == Phase.FILL and (rate := self.rate):
            left = max(change.total - change.done, 0) / rate
            parts.append(_("%(rate)s rows a second") % {"rate": _number(round(rate))})
            parts.append(_("about %(time)s left") % {"time": in_words(round(left) * 1000) or in_words(1000)})
        return ", ".join(parts)

    @property
    def rate(self) -> float:
        """Rows a second since the worker has taken the change up; 0 before anything can be told."""
        change = self.change
        if change.state != State.RUNNING or change.claimed_at is None:
            return 0.0
        passed = (timezone.now() - change.claimed_at).total_seconds()
        return (change.done - change.done_before) / passed if passed > 0.5 else 0.0

    @property
    def is_silent(self) -> bool:
        """Whether nobody has worked on it for some time, though somebody should."""
        return SchemaChange.objects.abandoned().filter(pk=self.change.pk).exists()

    @property
    def what_is_left(self) -> str:
        """What became of what was wanted, where nothing was changed."""
        if self.change.plan.get("overrides") is None:
            return _("Nothing was changed. What was wanted is kept as a draft.")
        return _("Nothing was changed. Tables and definitions are as they were.")

    def to_json(self) -> dict[str, Any]:
        change = self.change
        return {
            "state": self.state,
            "rows": self.rows,
            "done": min(change.done, change.total),
            "total": change.total,
            "is_unfinished": change.is_unfinished,
            "can_be_cancelled": change.can_be_cancelled and not change.is_cancel_requested,
            "is_silent": self.is_silent,
        }


def _number(value: int) -> str:
    return number_format(value, force_grouping=True)
