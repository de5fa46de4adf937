"""Which values can be compared, and how."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import singledispatch
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, kw_only=True)
class Family:
    """Kinds of values that can be compared with each other. Those of no order are equal or different only.

    Those that are not comparable stand in indexes alone.
    """

    label: Any
    is_ordered: bool = True
    is_temporal: bool = False
    is_comparable: bool = True


NUMBERS = Family(label=_("a number"))
DATES = Family(label=_("a date"), is_temporal=True)
MOMENTS = Family(label=_("a date and time"), is_temporal=True)
TIMES = Family(label=_("a time"), is_temporal=True)
DURATIONS = Family(label=_("a duration"))
# The order of texts is another one in each database.
TEXTS = Family(label=_("a text"), is_ordered=False)
ANSWERS = Family(label=_("yes or no"), is_ordered=False)
UUIDS = Family(label=_("a UUID"), is_ordered=False)
ADDRESSES = Family(label=_("an IP address"), is_ordered=False)
# Which row it is says nothing about any other value; but two may be the same.
ROWS = Family(label=_("a row"), is_ordered=False, is_comparable=False)


@singledispatch
def family_of(field: models.Field) -> Family | None:
    """Return what a model field's values can be compared with; None if with nothing."""
    return None


for field_class, family in {
    models.IntegerField: NUMBERS,
    models.FloatField: NUMBERS,
    models.DecimalField: NUMBERS,
    models.DateField: DATES,
    models.DateTimeField: MOMENTS,
    models.TimeField: TIMES,
    models.DurationField: DURATIONS,
    models.CharField: TEXTS,
    models.TextField: TEXTS,
    models.BooleanField: ANSWERS,
    models.UUIDField: UUIDS,
    models.GenericIPAddressField: ADDRESSES,
    models.ForeignKey: ROWS,
}.items():
    family_of.register(field_class, lambda field, family=family: family)


@dataclass(frozen=True, kw_only=True)
class Operator:
    """A comparison: its sign, Django's lookup for it (negated or not), and what it does in Python."""

    symbol: str
    lookup: str
    compare: Callable[[Any, Any], bool]
    words: Any
    temporal_words: Any = ""
    needs_order: bool = True
    is_negated: bool = False


OPERATORS = {
    "<": Operator(
        symbol="<", lookup="lt", compare=lt, words=_("less than"), temporal_words=_("earlier than")
    ),
    "<=": Operator(
        symbol="≤", lookup="lte", compare=le, words=_("at most"), temporal_words=_("no later than")
    ),
    ">": Operator(
        symbol=">", lookup="gt", compare=gt, words=_("greater than"), temporal_words=_("later than")
    ),
    ">=": Operator(
        symbol="≥", lookup="gte", compare=ge, words=_("at least"), temporal_words=_("no earlier than")
    ),
    "==": Operator(symbol="=", lookup="exact", compare=eq, words=_("equal to"), needs_order=False),
    "!=": Operator(
        symbol="≠",
        lookup="exact",
        compare=ne,
        words=_("different from"),
        needs_order=False,
        is_negated=True,
    ),
}


def words_for(operator: Operator, family: Family | None) -> str:
    """Return the operator in words that suit the values: a date is not less than another but earlier."""
    if family is not None and family.is_temporal and operator.temporal_words:
        return str(operator.temporal_words)
    return str(operator.words)
