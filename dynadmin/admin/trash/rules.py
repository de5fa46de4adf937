"""The rules that would come back with a field, on the page that asks what to do where rows break them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.http import HttpRequest, QueryDict

from dynadmin.admin.navigation import may_view, table_url
from dynadmin.admin.plans.breaches import Breaches, breaches_of
from dynadmin.admin.plans.rows import has_all_types
from dynadmin.plan import AddConstraint, Plan

LONGEST_ID = 18  # Python reads no number of thousands of digits


@dataclass(frozen=True, kw_only=True)
class ComingRule:
    """A rule in words, the rows that break it, and whether the person wants to do without it."""

    id: int
    words: str
    breaches: Breaches | None = None
    is_left_out: bool = False


def rules_of(
    request: HttpRequest, plan: Plan, *, left_out: Collection[int], site_name: str
) -> Iterator[ComingRule]:
    """Yield the rules of a plan that brings a field back. Rows are shown to those who may see them."""
    for operation in plan.operations:
        if isinstance(operation, AddConstraint):
            url = table_url(plan.base.tables[operation.table.id], site_name=site_name)
            breaches = None
            if operation.can_fail and has_all_types(operation, plan):
                breaches = breaches_of(
                    operation,
                    plan,
                    lambda pk, url=url: f"{url}{pk}/change/",
                    may_see=may_view(request.user, operation.table),
                )
            yield ComingRule(
                id=operation.constraint.id,
                words=operation.describe(),
                breaches=breaches,
                is_left_out=operation.constraint.id in left_out,
            )


def left_out_in(data: QueryDict) -> set[int]:
    """Return the ids of the rules that a person wants to do without."""
    texts = (text for text in data.getlist("without") if text.isascii() and text.isdigit())
    return {int(text) for text in texts if len(text) <= LONGEST_ID}
