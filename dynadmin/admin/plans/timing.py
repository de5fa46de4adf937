"""How long a change takes, as roughly as it can be known, and who has to wait meanwhile."""

from bisect import bisect_left
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dynadmin.executor.estimates import estimate
from dynadmin.plan import Plan

MINUTE, HOUR = 60, 3600
# Numbers that do not look as if somebody had measured.
ROUND = (1, 2, 3, 5, 10, 15, 20, 30, 45, 60)


@dataclass(frozen=True, kw_only=True)
class Timing:
    """``words`` say how long, ``locks`` in a sentence who has to wait meanwhile."""

    words: str
    locks: str
    is_online: bool


def timing_of(plan: Plan) -> Timing | None:
    """Return how long a plan takes; None if it does nothing."""
    if plan.is_empty:
        return None
    found = estimate(plan)
    return Timing(words=roughly(found.seconds), locks=found.locks, is_online=found.is_online)


def roughly(seconds: float) -> str:
    """Return a duration in words, rounded up to a number that people would say."""
    if seconds < 1:
        return _("less than a second")
    if seconds <= MINUTE:
        count = _rounded(seconds)
        return ngettext("about %(count)d second", "about %(count)d seconds", count) % {"count": count}
    if seconds <= HOUR:
        count = _rounded(seconds / MINUTE)
        return ngettext("about %(count)d minute", "about %(count)d minutes", count) % {"count": count}
    count = round(seconds / HOUR + 0.5)
    return ngettext("about %(count)d hour", "about %(count)d hours", count) % {"count": count}


def _rounded(number: float) -> int:
    return ROUND[min(bisect_left(ROUND, number), len(ROUND) - 1)]
