"""Rules that make lengths of time, and numbers of them."""

import re
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from dynadmin.conversion.characters import plain
from dynadmin.conversion.numbers import exact_number, finisher
from dynadmin.conversion.questions import Examples, Question
from dynadmin.conversion.reasons import cannot
from dynadmin.conversion.rule import Answers, Convert, Ends, Evidence, Reading

HOURS, MINUTES = "hours", "minutes"

_TWO_PARTS = re.compile(r"([+-]?)(\d{1,9}):(\d{2})", re.ASCII)
_UNITS = {
    **dict.fromkeys(("w", "week", "weeks"), 604_800),
    **dict.fromkeys(("d", "day", "days"), 86_400),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1),
}
_NAMED = re.compile(r"(\d{1,12}(?:\.\d{1,9})?)\s?([a-z]+)\.?,?\s*(?:and\s+)?", re.ASCII)
_MOST_DIGITS = 20
_LONGEST = 100
_MICROSECOND = timedelta(microseconds=1)


class DurationEvidence(Evidence):
    """What "1:30" means is nowhere written."""

    def __init__(self, ends: Ends) -> None:
        super().__init__(ends)
        self.two_parts = Examples()

    def add(self, values: Iterable[Any]) -> None:
        for value in values:
            if isinstance(value, str) and len(value) <= _LONGEST and _TWO_PARTS.fullmatch(plain(value)):
                self.two_parts.add(value)

    def questions(self, answers: Answers) -> tuple[Question, ...]:
        if not self.two_parts.texts:
            return ()
        choices = (
            (HOURS, _("1:30 is 1 hour and 30 minutes")),
            (MINUTES, _("1:30 is 1 minute and 30 seconds")),
        )
        text = _("What do two numbers with a colon between them mean?")
        return (Question(id="parts", text=text, choices=choices, examples=self.two_parts.texts),)

    def reading(self, answers: Answers) -> Reading:
        given = answers.get("parts")
        return {"parts": given if given in (HOURS, MINUTES) else ""}


def duration_from_text(ends: Ends, reading: Reading) -> Convert:
    clean, parts = ends.clean(), reading["parts"]
    return lambda text: clean(read_duration(text, parts))


def read_duration(text: str, parts: str) -> timedelta | str:
    """Return the length of time that the text says, or the text of one that fields read by themselves."""
    if len(text) > _LONGEST:
        raise cannot("duration")
    text = plain(text)
    if match := _TWO_PARTS.fullmatch(text):
        return _two_parts(match, parts)
    named = _named(text.lower())
    return text if named is None else named


def _two_parts(match: re.Match[str], parts: str) -> timedelta:
    if not parts:
        raise cannot("unclear_parts")
    sign, first, second = match.groups()
    if int(second) > 59:
        raise cannot("no_such_time")
    length = timedelta(minutes=int(first), seconds=int(second))
    length = length * 60 if parts == HOURS else length
    return -length if sign == "-" else length


def _named(text: str) -> timedelta | None:
    """Return the length of a text such as "1 h 30 min", or None."""
    sign, text = (-1, text[1:].strip()) if text.startswith("-") else (1, text)
    at, seconds = 0, Decimal()
    while match := _NAMED.match(text, at):
        if match[2] not in _UNITS:
            return None
        seconds += Decimal(match[1]) * _UNITS[match[2]]
        at = match.end()
    return duration_of(sign * seconds) if at and at == len(text) else None


def duration_of(seconds: Decimal) -> timedelta:
    """Return the length of so many seconds. Raises CannotConvert where it would be rounded."""
    if seconds.adjusted() > _MOST_DIGITS:
        raise cannot("range")
    numerator, denominator = seconds.as_integer_ratio()
    micros, rest = divmod(numerator * 10**6, denominator)
    if rest:
        raise cannot("rounded")
    try:
        return micros * _MICROSECOND
    except OverflowError:
        raise cannot("range") from None


def duration_from_number(ends: Ends, reading: Reading) -> Convert:
    clean = ends.clean()
    return lambda value: clean(duration_of(exact_number(value)))


def number_from_duration(ends: Ends, reading: Reading) -> Convert:
    finish = finisher(ends)
    return lambda value: finish(Decimal(value // _MICROSECOND).scaleb(-6))
