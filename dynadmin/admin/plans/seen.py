"""What a page has shown, carried along with it: to say afterwards what is no longer so."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.utils.translation import gettext as _

from dynadmin.admin.plans.figures import number
from dynadmin.conversion import Choices
from dynadmin.executor import Preview, Report

SALT = "dynadmin.plans.seen"

Counts = dict[str, int]


@dataclass(frozen=True, kw_only=True)
class Seen:
    """The steps of a plan in words, the figures by field, and what the person had decided by then."""

    steps: tuple[str, ...]
    figures: Mapping[str, tuple[str, Counts]]
    choices: Mapping[str, Any]

    def sign(self) -> str:
        content = [list(self.steps), self.figures, self.choices]
        return signing.dumps(content, salt=SALT, compress=True)


def seen_in(found: Preview, choices: Mapping[int, Choices]) -> Seen:
    """Return what a page shows of a preview."""
    return Seen(
        steps=tuple(found.plan.descriptions),
        figures={
            str(report.operation.field.id): (report.operation.words["field"], _counts(report))
            for report in found.reports
        },
        choices={str(id): chosen.to_json() for id, chosen in choices.items()},
    )


def read_seen(token: str) -> Seen | None:
    """Return what the page had shown that this text was on; None if it is from no page of ours."""
    try:
        steps, figures, choices = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Seen(steps=tuple(steps), figures=figures, choices=choices)


def _counts(report: Report) -> Counts:
    counts = {_("stay the same"): report.same, _("change"): report.changed + report.returned}
    return counts | {reason: count for reason, count in report.failures.items() if count}


def differences(before: Seen, now: Seen) -> Iterator[str]:
    """Yield in sentences what a page shows now and did not show before."""
    yield from (_("New: %(step)s.") % {"step": s} for s in now.steps if s not in before.steps)
    yield from (_("No longer: %(step)s.") % {"step": s} for s in before.steps if s not in now.steps)
    for id, (field, counts) in now.figures.items():
        if id in before.figures:
            yield from _differing_counts(field, before.figures[id][1], counts)


def _differing_counts(field: str, old: Counts, new: Counts) -> Iterator[str]:
    for words in dict.fromkeys([*old, *new]):
        before, now = old.get(words, 0), new.get(words, 0)
        if before != now:
            message = _("Field “%(field)s”, values that “%(words)s”: %(before)s before, %(now)s now.")
            params = {"field": field, "words": words, "before": number(before), "now": number(now)}
            yield message % params
