"""The figures of a report as a page shows them: how many values, what share, and some of them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from dynadmin.conversion.choices import EMPTY, KEEP, VALUE, Choices
from dynadmin.executor import Report, Sample

MOST_SHOWN = 8
LONGEST_SHOWN = 80

# The address of a row by its id; "" for who may not see it.
RowUrl = Callable[[int], str]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One figure. ``kind`` is a word for the stylesheet: "same", "changed", "failed", "reason"."""

    kind: str
    words: str
    count: str
    share: str


@dataclass(frozen=True, kw_only=True)
class Example:
    """A value as a page shows it, with the first row that has it."""

    before: str
    after: str
    reason: str
    count: str
    pk: int
    url: str


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What becomes of the values of one field."""

    lines: tuple[Line, ...] = ()
    changes: tuple[Example, ...] = ()
    misfits: tuple[Example, ...] = ()
    repeated: tuple[Example, ...] = ()
    affected: int = 0
    failed: int = 0
    why_not: str = ""


def figures_of(report: Report, row_url: RowUrl) -> Figures:
    """Return the figures of a report. Those of a question that is open are none."""
    if report.reading is None:
        return Figures(why_not=report.why_not)
    return Figures(
        lines=tuple(_lines(report)),
        changes=_examples(report.changes, row_url),
        misfits=_examples(_some_of_each_reason(report.misfits), row_url),
        repeated=_examples(report.repeated, row_url),
        affected=report.changed + report.returned + report.failed,
        failed=report.failed,
    )


def _lines(report: Report) -> Iterator[Line]:
    def line(kind: str, words: str, count: int) -> Line:
        return Line(kind=kind, words=words, count=number(count), share=share(count, report.total))

    yield line("same", _("stay the same"), report.same)
    if report.returned:
        yield line("same", _("become exactly what they were before"), report.returned)
    yield line("changed", _("change"), report.changed)
    if report.new_rows:
        words = _("new rows are made, in the table referred to; they stay there if this is undone")
        yield Line(kind="reason", words=words, count=number(report.new_rows), share="")
    yield line("failed" if report.failed else "none", words_of_failure(report.choices), report.failed)
    for reason, count in sorted(report.failures.items(), key=lambda item: -item[1]):
        yield line("reason", reason, count)


def words_of_failure(choices: Choices) -> str:
    """Return what becomes of values that do not fit."""
    words = {
        EMPTY: _("do not fit, and are left empty"),
        VALUE: _("do not fit, and become “%(value)s”") % {"value": choices.value},
        KEEP: _("do not fit: they are left empty, and their text is kept"),
    }
    return words.get(choices.on_failure, _("do not fit"))


def number(count: int) -> str:
    """Return a count as people read it."""
    return number_format(count, use_l10n=True, force_grouping=True)


def share(count: int, total: int) -> str:
    """Return a share in percent; what is neither nothing nor all is never shown as either."""
    if not count or not total:
        return ""
    percent = 100 * count / total
    if percent < 0.1:
        return _("under %(percent)s %%") % {"percent": number_format(0.1, 1)}
    if count < total and percent > 99.9:
        return _("over %(percent)s %%") % {"percent": number_format(99.9, 1)}
    return f"{number_format(percent, 1 if percent < 100 else 0)} %"


def _some_of_each_reason(samples: Iterable[Sample]) -> list[Sample]:
    """Return samples such that the first few have each reason among them."""
    by_reason: dict[str, list[Sample]] = {}
    for sample in samples:
        by_reason.setdefault(sample.reason, []).append(sample)
    longest = max(map(len, by_reason.values()), default=0)
    return [group[place] for place in range(longest) for group in by_reason.values() if place < len(group)]


def _examples(samples: Iterable[Sample], row_url: RowUrl) -> tuple[Example, ...]:
    return tuple(example_of(sample, row_url) for sample in islice(samples, MOST_SHOWN))


def example_of(sample: Sample, row_url: RowUrl) -> Example:
    return Example(
        before=cut(sample.before),
        after=cut(sample.after),
        reason=sample.reason,
        count=number(sample.count),
        pk=sample.pk,
        url=row_url(sample.pk),
    )


def cut(text: str) -> str:
    """Return the text cut to a length that fits a page."""
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"
