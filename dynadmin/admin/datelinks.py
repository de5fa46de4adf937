"""Years, months and days above a list of rows, for drilling down by its first date.

Django's date hierarchy reads all listed rows twice to offer only periods that have some. This one asks for
the first and the last day, once, and offers all periods between them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MINYEAR, date, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Max, Min
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

PARTS = ("year", "month", "day")
# More years than this are no help for choosing one.
MAX_YEARS = 40


@dataclass(frozen=True, kw_only=True)
class DateLink:
    """A period to go to. ``url`` is empty for the one that is shown."""

    title: str
    url: str = ""


def chosen_period(name: str, params: dict[str, Any]) -> list[int]:
    """Return year, month and day as far as the address has chosen them. Raises ValueError for no such day."""
    texts = [params.get(f"{name}__{part}") for part in PARTS]
    given = [int(text) for text in texts if text]
    if any(text and not all(texts[:number]) for number, text in enumerate(texts)):
        raise ValueError("A month without its year.")
    # The year before and the one after must exist too, in any time zone.
    if given and not MINYEAR < date(*[*given, 1, 1][:3]).year < 9998:
        raise ValueError("Too near to the end of the calendar.")
    return given


def find_range(queryset: models.QuerySet, field: models.DateField) -> tuple[date, date] | None:
    """Return the first and the last day in a field, as days are here. One query, or two along an index."""
    if field.db_index or field.unique:
        filled = queryset.filter(**{f"{field.name}__isnull": False}).values_list(field.name, flat=True)
        ends = [filled.order_by(order).first() for order in (field.name, f"-{field.name}")]
    else:
        found = queryset.order_by().aggregate(first=Min(field.name), last=Max(field.name))
        ends = [found["first"], found["last"]]
    return None if None in ends else (local_day(ends[0]), local_day(ends[1]))


def local_day(value: date) -> date:
    if not isinstance(value, datetime):
        return value
    return (timezone.localtime(value) if timezone.is_aware(value) else value).date()


class DateLinks:
    """The links of one list. ``back`` leads one level up; None at the top."""

    def __init__(self, changelist: Any, field: models.DateField, first: date, last: date) -> None:
        self._changelist, self._name = changelist, field.name
        self._chosen = chosen_period(field.name, changelist.params)
        self._first, self._last = first, last
        # Where there is only one year, or one month, its parts are what there is to choose.
        self._shown = self._chosen or _common(first, last)

    @property
    def back(self) -> DateLink | None:
        if not self._chosen:
            return None
        above = self._chosen[:-1]
        return DateLink(title=self._title(above) if above else _("All dates"), url=self._url(above))

    def __iter__(self) -> Iterator[DateLink]:
        if len(self._shown) == len(PARTS):
            yield DateLink(title=self._title(self._shown))
            return
        periods = [[*self._shown, number] for number in self._numbers()]
        for period in periods:
            yield DateLink(title=self._title(period), url=self._url(period))

    def _numbers(self) -> list[int]:
        """Return the years, months or days that lie between the first and the last row's."""
        level = len(self._shown)
        ends = [(day.year, day.month, day.day)[: level + 1] for day in (self._first, self._last)]
        if level == 0:
            years = range(ends[0][0], ends[1][0] + 1)
            return list(years) if len(years) <= MAX_YEARS else []
        most = 12 if level == 1 else _days_of(*self._shown)
        return [n for n in range(1, most + 1) if ends[0] <= (*self._shown, n) <= ends[1]]

    def _title(self, period: list[int]) -> str:
        if len(period) == 1:
            return str(period[0])
        day = date(*[*period, 1][:3])
        return capfirst(date_format(day, "YEAR_MONTH_FORMAT" if len(period) == 2 else "MONTH_DAY_FORMAT"))

    def _url(self, period: list[int]) -> str:
        parts = {f"{self._name}__{part}": number for part, number in zip(PARTS, period, strict=False)}
        return self._changelist.get_query_string(parts, [f"{self._name}__"])


def _common(first: date, last: date) -> list[int]:
    """Return the year, and the month, that both days have in common."""
    if first.year != last.year:
        return []
    return [first.year] if first.month != last.month else [first.year, first.month]


def _days_of(year: int, month: int) -> int:
    return (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
