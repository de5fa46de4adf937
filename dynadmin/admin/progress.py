"""How far work in the background has come, for its page and for the script of the page."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from django.forms import Media, Script
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dynadmin import background
from dynadmin.admin.durations import in_words
from dynadmin.changes import Phase, SchemaChange
from dynadmin.jobs import Job, State

STYLES = Media(css={"all": ["dynadmin/changes.css"]})
_USUAL_WAIT = timedelta(seconds=10)
_LONG = gettext_lazy("Waits for a worker: all are busy, or none runs (“manage.py db_worker” starts one)")
# Of a page that shows a bar.
BAR = STYLES + Media(js=[Script("dynadmin/progress.js", defer=True)])


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What is told of a job that goes on. In the phases ``counted`` it goes through rows one by one."""

    job: Job
    counted: ClassVar[Collection[str]] = ()

    @property
    def state(self) -> str:
        """What it is at, in a few words."""
        job = self.job
        if job.state == State.WAITING:
            return _("Waits for a worker") if not self.waits_long else str(_LONG)
        if job.state != State.RUNNING:
            return job.get_state_display()
        return _("Stopping") if job.is_stopping else job.get_phase_display()

    @property
    def rows(self) -> str:
        """How many rows are done, how fast that goes and how long it will take, where rows are read."""
        job = self.job
        if not job.total:
            return ""
        words = {"done": _number(min(job.done, job.total)), "total": _number(job.total)}
        parts = [_("%(done)s of %(total)s rows") % words]
        if job.phase in self.counted and (rate := self.rate):
            left = max(job.total - job.done, 0) / rate
            parts.append(_("%(rate)s rows a second") % {"rate": _number(round(rate))})
            parts.append(_("about %(time)s left") % {"time": in_words(round(left) * 1000) or in_words(1000)})
        return ", ".join(parts)

    @property
    def rate(self) -> float:
        """Rows a second since the worker has taken the job up; 0 before anything can be told."""
        job = self.job
        if job.state != State.RUNNING or job.claimed_at is None:
            return 0.0
        passed = (timezone.now() - job.claimed_at).total_seconds()
        return (job.done - job.done_before) / passed if passed > 0.5 else 0.0

    @property
    def waits_long(self) -> bool:
        """Whether it waits for longer than any worker that has nothing else to do would let it."""
        job = self.job
        return job.state == State.WAITING and timezone.now() - job.heartbeat_at > _USUAL_WAIT

    @property
    def is_silent(self) -> bool:
        """Whether nobody has worked on it for some time, though somebody should."""
        return type(self.job).objects.abandoned().filter(pk=self.job.pk).exists()

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Tell it to the script of the page, and by POST have the job taken up if its worker is gone."""
        if request.method == "POST" and self.is_silent:
            background.enqueue_abandoned()
        response = JsonResponse(self.to_json())
        response["Cache-Control"] = "no-store"
        return response

    def to_json(self) -> dict[str, Any]:
        job = self.job
        return {
            "state": self.state,
            "rows": self.rows,
            "done": min(job.done, job.total),
            "total": job.total,
            "is_unfinished": job.is_unfinished,
            "can_be_cancelled": job.can_be_cancelled and not job.is_cancel_requested,
            "is_silent": self.is_silent,
        }


@dataclass(frozen=True, kw_only=True)
class ChangeProgress(Progress):
    """What is told of a change of tables."""

    job: SchemaChange
    counted = (Phase.FILL,)

    @property
    def what_is_left(self) -> str:
        """What became of what was wanted, where nothing was changed."""
        if self.job.plan.get("overrides") is None:
            return _("Nothing was changed. What was wanted is kept as a draft.")
        return _("Nothing was changed. Tables and definitions are as they were.")


def _number(value: int) -> str:
    return number_format(value, force_grouping=True)
