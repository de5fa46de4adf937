"""What stands in the way of a step on one field, in sentences made from its report."""

from collections.abc import Iterator

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dynadmin.executor.reports import Report

SAMPLES = 5


def obstacles_in(report: Report) -> Iterator[str]:
    """Yield what has to be decided or mended before the step can be made."""
    words = report.operation.words
    if report.why_not:
        message = _("Field “%(field)s” cannot be converted: %(reason)s")
        yield message % (words | {"reason": report.why_not})
    for question in report.open_questions:
        message = _("Field “%(field)s”: %(question)s Please answer.")
        yield message % (words | {"question": question.text})
    if report.failed and report.choices.on_failure == "stop":
        yield _misfits(report)
    if report.repeated:
        values = ", ".join(sample.after for sample in report.repeated[:SAMPLES])
        message = _("Field “%(field)s” cannot be unique: %(values)s are there more than once.")
        yield message % (words | {"values": values})


def _misfits(report: Report) -> str:
    reason = max(report.failures, key=lambda reason: report.failures[reason])
    message = ngettext(
        "%(count)s value of field “%(field)s” would not fit (%(reason)s): row %(rows)s.",
        "%(count)s values of field “%(field)s” would not fit (%(reason)s): rows %(rows)s.",
        report.failed,
    )
    pks = sorted(sample.pk for sample in report.misfits if sample.reason == reason)[:SAMPLES]
    rows = ", ".join(map(str, pks)) + (_(" and more") if report.failed > len(pks) else "")
    count = number_format(report.failed, force_grouping=True)
    words = {"count": count, "reason": reason.rstrip("."), "rows": rows}
    return message % (report.operation.words | words)
