"""Times of day and moments as people write them."""

import re
from collections.abc import Mapping
from datetime import UTC, time, timedelta, timezone, tzinfo
from typing import NamedTuple

from dynadmin.conversion.monthnames import ENGLISH_MONTHS, is_weekday
from dynadmin.conversion.reasons import cannot
from dynadmin.conversion.writtendates import WrittenDate, month_word, read_date

_CLOCK = re.compile(
    r"""(?P<hour>\d{1,2})
        (?:\s?[:h.]\s?(?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,:](?P<part>\d{1,9}))?)?)?
        (?:\s?(?:h|uhr)\b|\s?(?P<half>[ap])\.?\s?m\b\.?)?""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_ZONE = re.compile(
    r"(?:Z|UTC|GMT)?\s?(?P<offset>(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{2})?)?", re.I | re.A
)

# The date, then the time: behind T, a comma, or a space.
_DAY_AND_CLOCK = re.compile(
    r"(?P<day>.*[\w.])(?:\s?T\s?|\s?,\s?|\s)(?P<clock>\d{1,2}[:h.\d]\d.*|\d{1,2}\s?[ap]\.?\s?m\b.*)",
    re.IGNORECASE,
)
# Without the T only with seconds: twelve digits may be milliseconds of the last century.
_BASIC = re.compile(
    r"(\d{8})(?:T?(\d\d)(\d\d)(\d\d)|T(\d\d)(\d\d)(?!\d))((?:[.,]\d+)?\D?.*)", re.IGNORECASE | re.ASCII
)
_AT = re.compile(r"\s(?:at|um|o|à)$", re.IGNORECASE)
_WORD_BEFORE = re.compile(r"([^\W\d_]{2,20}\.?),?\s(?=.*\d)")

LONGEST = 100


class Moment(NamedTuple):
    """A date, a time of day, or both, and the distance from UTC if the text says it."""

    day: WrittenDate | None
    clock: time | None
    zone: tzinfo | None = None


def read_moment(text: str, months: Mapping[str, int] = ENGLISH_MONTHS) -> Moment | None:
    """Return what the plain text says, or None when it is neither date nor time.

    Raises CannotConvert when it is one that does not exist.
    """
    if len(text) > LONGEST:
        return None
    moment = _read(text, months)
    if moment is None and (match := _WORD_BEFORE.match(text)):
        moment = _read(text[match.end() :], months)
        # Any other word in front makes it a text about a date.
        return moment if moment is not None and is_weekday(match[1]) else None
    return moment


def _read(text: str, months: Mapping[str, int]) -> Moment | None:
    if (day := read_date(text, months)) is not None:
        return Moment(day, None)
    if match := _BASIC.fullmatch(text):
        digits = ":".join(part for part in match.group(2, 3, 4, 5, 6) if part)
        return _both(match[1], digits + match[7], months)
    if (clock := read_clock(text)) is not None:
        return Moment(None, *clock)
    match = _DAY_AND_CLOCK.fullmatch(text)
    return _both(match["day"], match["clock"], months) if match else None


def _both(day: str, clock: str, months: Mapping[str, int]) -> Moment | None:
    date_part, clock_part = read_date(_AT.sub("", day).strip(" ,"), months), read_clock(clock)
    if date_part is None or clock_part is None:
        return None
    return Moment(date_part, *clock_part)


def read_clock(text: str) -> tuple[time, tzinfo | None] | None:
    """Return the time of day and the zone that the text says, or None when it is no time of day.

    Raises CannotConvert when it is one that does not exist.
    """
    match = _CLOCK.match(text)
    if match is None or not (match["minute"] or match["half"]):
        return None
    rest = text[match.end() :].strip()
    zone = _ZONE.fullmatch(rest)
    if zone is None:
        if rest.isalpha() and rest.isupper() and len(rest) <= 5:
            raise cannot("zone")
        return None
    return _time(match), _offset(zone) if rest else None


def _time(match: re.Match[str]) -> time:
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if half := match["half"]:
        hour = _hour24(hour, half)
    micro = _microseconds(match["part"] or "")
    try:
        return time(hour, minute, int(match["second"] or 0), micro)
    except ValueError:
        raise cannot("no_such_time") from None


def _hour24(hour: int, half: str) -> int:
    if not 1 <= hour <= 12:
        raise cannot("no_such_time")
    return hour % 12 + (12 if half in "pP" else 0)


def _microseconds(part: str) -> int:
    if part[6:].strip("0"):
        raise cannot("micro")
    return int(part[:6].ljust(6, "0"))


def _offset(zone: re.Match[str]) -> tzinfo:
    if not zone["offset"]:
        return UTC
    distance = timedelta(hours=int(zone["hours"]), minutes=int(zone["minutes"] or 0))
    if distance >= timedelta(hours=24) or int(zone["minutes"] or 0) > 59:
        raise cannot("zone")
    return timezone(-distance if zone["sign"] == "-" else distance)


def month_word_of(text: str) -> str | None:
    """Return the word in the place of a month's name in a text that may have more around, or None."""
    if len(text) > LONGEST:
        return None
    match = _DAY_AND_CLOCK.fullmatch(text)
    days = [text, _AT.sub("", match["day"])] if match else [text]
    days += [day[before.end() :] for day in days if (before := _WORD_BEFORE.match(day))]
    return next((word for day in days if (word := month_word(day.strip(" ,")))), None)
