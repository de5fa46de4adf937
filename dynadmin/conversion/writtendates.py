"""Dates as people write them, read as far as one can without knowing the order of day and month."""

import re
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from dynadmin.conversion.monthnames import ENGLISH_MONTHS, normal
from dynadmin.conversion.reasons import cannot

DMY, MDY, YMD = ORDERS = ("dmy", "mdy", "ymd")

# Two digits of a year from here on are of the twentieth century, as in POSIX.
PIVOT = 69

_SEPARATOR = r"\s?[-/.\s]\s?"
_YEAR_FIRST = re.compile(
    rf"(\d{{4}})({_SEPARATOR})(\d{{1,2}})\2(\d{{1,2}})\.?|(\d{{4}})(\d{{2}})(\d{{2}})", re.ASCII
)
_CJK = re.compile(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]?", re.ASCII)
_NUMBERS = re.compile(rf"(\d{{1,2}})({_SEPARATOR})(\d{{1,2}})\2(\d{{4}}|\d{{2}})\.?", re.ASCII)

_WORD = r"([^\W\d_]{2,20})\.?"
_GAP = r"[-/.,\s]*"
_ORDINAL = r"(\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?"
_YEAR = r"(\d{4}|'?\d{2})"
_DAY_MONTH = re.compile(rf"{_ORDINAL}{_GAP}(?:of\s|de\s|d')?{_WORD}{_GAP}(?:de\s)?{_YEAR}", re.IGNORECASE)
_MONTH_DAY = re.compile(rf"{_WORD}{_GAP}{_ORDINAL}(?:{_GAP}\s|,|-|/){_YEAR}", re.IGNORECASE)
_YEAR_MONTH = re.compile(rf"(\d{{4}}){_GAP}{_WORD}{_GAP}{_ORDINAL}", re.IGNORECASE)


class WrittenDate(NamedTuple):
    """The three parts of a date as numbers, from left to right; ``order`` is theirs where it is plain.

    ``year_digits`` are those of the last part, where the order is open.
    """

    parts: tuple[int, int, int]
    order: str = ""
    year_digits: int = 4

    def orders(self) -> frozenset[str]:
        """Return the orders in which the date exists; none when the order is plain."""
        if self.order:
            return frozenset()
        possible = ORDERS if self.year_digits == 2 else (DMY, MDY)
        return frozenset(order for order in possible if self.date_in(order) is not None)

    def date_in(self, order: str) -> date | None:
        """Return the date when the parts are in this order, or None when there is none."""
        order = self.order or order
        if order == YMD and not self.order and self.year_digits == 4:
            return None
        named = dict(zip(order, self.parts, strict=True))
        year = _full_year(named["y"]) if self.year_digits == 2 else named["y"]
        try:
            return date(year, named["m"], named["d"])
        except ValueError:
            return None

    def in_order(self, order: str) -> date:
        """Return the date. Raises CannotConvert; ``order`` may be unknown."""
        if not order and not self.order:
            possible = {self.date_in(each) for each in self.orders()}
            if len(possible) > 1:
                raise cannot("unclear_order")
            order = next(iter(self.orders()), DMY)
        found = self.date_in(order)
        if found is None:
            raise cannot("order" if self.orders() else "no_such_date")
        return found


def _full_year(year: int) -> int:
    return year + (1900 if year >= PIVOT else 2000)


def read_date(text: str, months: Mapping[str, int] = ENGLISH_MONTHS) -> WrittenDate | None:
    """Return what the text says, or None when it is no date. The text is plain, see ``characters``."""
    if match := _YEAR_FIRST.fullmatch(text):
        year, month, day = (part for part in match.group(1, 3, 4, 5, 6, 7) if part)
        return WrittenDate((int(year), int(month), int(day)), YMD)
    if match := _NUMBERS.fullmatch(text):
        first, second, third = match.group(1, 3, 4)
        return WrittenDate((int(first), int(second), int(third)), "", len(third))
    return _read_named(text, months)


def _read_named(text: str, months: Mapping[str, int]) -> WrittenDate | None:
    if match := _CJK.fullmatch(text):
        return WrittenDate((int(match[1]), int(match[2]), int(match[3])), YMD)
    for pattern, places in _NAMED.items():
        if match := pattern.fullmatch(text):
            day, word, year = (match[place] for place in places)
            month = months.get(normal(word))
            return _named(int(day), month, year.lstrip("'")) if month else None
    return None


_NAMED = {_DAY_MONTH: (1, 2, 3), _MONTH_DAY: (2, 1, 3), _YEAR_MONTH: (3, 2, 1)}


def _named(day: int, month: int, year: str) -> WrittenDate:
    full = _full_year(int(year)) if len(year) == 2 else int(year)
    return WrittenDate((day, month, full), DMY)


def month_word(text: str) -> str | None:
    """Return the word that stands in the place of a month's name, or None."""
    for pattern, places in _NAMED.items():
        if match := pattern.fullmatch(text):
            return normal(match[places[1]])
    return None
