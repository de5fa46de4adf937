"""The rows that break a rule which a plan adds: some on its page, all as a list and as a CSV file."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dynadmin.admin.plans.figures import MOST_SHOWN, RowUrl, cut, number
from dynadmin.admin.plans.rows import CHUNK, taken
from dynadmin.executor.violations import Found, violating_rows
from dynadmin.plan import AddConstraint, Plan
from dynadmin.transfer.formulas import escape_formula, is_free_text


@dataclass(frozen=True, kw_only=True)
class Breach:
    """A row that breaks a rule, with its values in the fields that the rule stands on."""

    pk: int
    values: tuple[str, ...]
    url: str


@dataclass(frozen=True, kw_only=True)
class Breaches:
    """What a page says about the rows that break a rule; ``rows`` are some of them, if they may be seen."""

    words: str
    count: int = 0
    labels: tuple[str, ...] = ()
    rows: tuple[Breach, ...] = ()


def breaches_of(operation: AddConstraint, plan: Plan, row_url: RowUrl, *, may_see: bool) -> Breaches:
    """Return what a page shows of the rows that break a rule. Reads only.

    The plan has been decided, as far as it is.
    """
    found = violating_rows(plan, operation)
    if found is None:
        return Breaches(words=_("Which rows break this rule shows once all questions are answered."))
    count = found.count()
    if not count:
        return Breaches(words=_("All rows keep this rule."))
    message = ngettext("%(count)s row breaks this rule.", "%(count)s rows break this rule.", count)
    return Breaches(
        words=message % {"count": number(count)},
        count=count,
        labels=labels_of(found),
        rows=tuple(breaches(found, row_url, most=MOST_SHOWN)) if may_see else (),
    )


def labels_of(found: Found) -> tuple[str, ...]:
    return tuple(part.label for part in found.parts)


def breaches(found: Found, row_url: RowUrl, *, most: int, start: int = 0) -> Iterator[Breach]:
    """Yield the rows from one place on, as a page shows them."""
    for pk, texts in found.rows(most, start=start):
        yield Breach(pk=pk, values=tuple(map(cut, texts)), url=row_url(pk))


def csv_of(found: Found) -> Iterator[bytes]:
    """Give all rows as the pieces of a CSV file. No text of theirs runs as a formula in a spreadsheet."""
    guards = [escape_formula if is_free_text(part.field) else str for part in found.parts]
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(["id", *map(escape_formula, labels_of(found))])
    rows = found.rows()
    while chunk := list(islice(rows, CHUNK)):
        writer.writerows([pk, *_guarded(guards, texts)] for pk, texts in chunk)
        yield taken(buffer)
    yield taken(buffer)


def _guarded(guards: list[Callable[[str], str]], texts: tuple[str, ...]) -> Iterator[str]:
    return (guard(text) for guard, text in zip(guards, texts, strict=True))
