"""In which ways one text can be read: as a whole number, a date with the day first, an address, ...

Texts of one shape are counted together, so that whatever is decided in the end it is known how many fit.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, time, tzinfo
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError

from dynadmin.conversion.amounts import Amount, marks_of, read_amount
from dynadmin.conversion.characters import plain
from dynadmin.conversion.durations import read_duration
from dynadmin.conversion.writtendates import ORDERS, WrittenDate
from dynadmin.conversion.writtentimes import Moment, read_moment
from dynadmin.conversion.yesno import meaning_of
from dynadmin.conversion.zones import moment_in
from dynadmin.exceptions import CannotConvert
from dynadmin.fieldtypes import fields
from dynadmin.inference.numbers import Numeral, numerals_of

WHOLE, NUMBER, DATE, DATETIME = "whole", "number", "date", "datetime"
TIME, DURATION, UUID, IP, EMAIL, URL, JSON = "time", "duration", "uuid", "ip", "email", "url", "json"
YES, NO, CODE = "yes", "no", "code"
# Beside the ways of a moment that does not say its time zone.
NAIVE = "naive"
NOTHING: frozenset[str] = frozenset()


class Shape(NamedTuple):
    """What texts have in common: the ways to read them, each with the mark or the order it needs.

    ``marks`` and ``orders`` are those that the text speaks for, none where it makes no difference.
    ``is_plain`` says that fields read it as it is written.
    """

    ways: frozenset[str]
    marks: frozenset[str] = NOTHING
    orders: frozenset[str] = NOTHING
    is_percent: bool = False
    currency: str = ""
    is_plain: bool = False


class Found(NamedTuple):
    """A shape, and of numbers what they are by decimal mark."""

    shape: Shape
    numerals: dict[str, Numeral]


TEXT = Found(Shape(NOTHING), {})


def is_mark(text: str) -> bool:
    """Return whether a text is one word that begins and ends with a letter, digits in between or not."""
    return bool(_MARK.fullmatch(text))


_DIGIT = re.compile(r"\d")
_ZEROS = re.compile(r"0\d")
_PHONE = re.compile(r"\s*(?:\+|00)\d[\d\s()/.-]{5,}")
_CODE = re.compile(r"\s*[(+]?\+?0\d[\d\s()/.-]*|\s*\+\d[\d\s()/.-]{5,}")
_DURATION = re.compile(
    r"[+-]?(?:\d+ days?,? )?\d+:\d\d(?::\d\d(?:\.\d{1,6})?)?|-?P\w+|.*\d\s?[a-z]+\.?", re.I | re.A
)
_IP = re.compile(r"[0-9a-fA-F:.]{3,45}")
# One word with digits in it, such as a licence plate: neither an amount nor a date is written so.
_MARK = re.compile(r"[^\W\d_]\w*[^\W\d_]")
_UUID_DIGITS = 32
_LONGEST = 2_048


def shape_of(text: str, zone: tzinfo) -> Found:
    """Return the ways to read a text that is not blank; ``zone`` is that of moments without one."""
    if len(text) > _LONGEST:
        return Found(Shape(frozenset({JSON})), {}) if _is_json(text) else TEXT
    if not _DIGIT.search(text):
        return _of_ways(_ways_of_words(text))
    if _MARK.fullmatch(text):
        kinds = [UUID] if len(text) == _UUID_DIGITS else [DURATION] if text[0] in "pP" else []
        return _of_ways(way for way in kinds if _OTHERS[way](text))
    ways = {way for way, fits in _OTHERS.items() if fits(text)}
    amount = read_amount(text)
    numerals = numerals_of(amount) if amount else {}
    if amount and numerals and not (_ZEROS.match(amount.body) or _PHONE.fullmatch(text)):
        return _number(amount, numerals, ways)
    orders: frozenset[str] = NOTHING
    if (moment := _moment(text)) is not None:
        ways |= set(ways_of_moment(moment, zone))
        orders = moment.day.orders() if moment.day else NOTHING
    elif _CODE.fullmatch(text):
        ways.add(CODE)
    return _of_ways(ways, orders)


def _of_ways(ways: Iterable[str], orders: frozenset[str] = NOTHING) -> Found:
    found = frozenset(ways)
    return Found(Shape(found, orders=orders), {}) if found else TEXT


# --- Numbers ---


def _number(amount: Amount, numerals: dict[str, Numeral], ways: set[str]) -> Found:
    for mark, number in numerals.items():
        ways.add(NUMBER + mark)
        if not number.places:
            ways.add(WHOLE + mark)
    shape = Shape(
        frozenset(ways),
        marks=marks_of(amount.body),
        is_percent=amount.is_percent,
        currency=amount.currency,
    )
    return Found(shape, numerals)


# --- Dates and times ---


def _moment(text: str) -> Moment | None:
    try:
        return read_moment(plain(text))
    except CannotConvert:
        return None


def ways_of_moment(moment: Moment, zone: tzinfo) -> Iterator[str]:
    if moment.day is None:
        if moment.zone is None:
            yield TIME
        return
    for order in ORDERS:
        if _has_day(moment.day, order):
            yield from _ways_of_day(moment, order, zone)


def _has_day(day: WrittenDate, order: str) -> bool:
    return day.date_in(order) is not None and (bool(day.order) or order in day.orders())


def _ways_of_day(moment: Moment, order: str, zone: tzinfo) -> Iterator[str]:
    assert moment.day is not None
    day = moment.day.in_order(order)
    if moment.clock in (None, time()) and moment.zone is None:
        yield DATE + order
    if moment.zone is None:
        yield NAIVE
    # Nearer to the end of the calendar, a moment has no local time in some zone.
    if 1 < day.year < 9999 and (moment.clock is None or moment.zone or _exists(zone, day, moment.clock)):
        yield DATETIME + order


def _exists(zone: tzinfo, day: Any, clock: time) -> bool:
    try:
        moment_in(zone, day, clock)
    except CannotConvert:
        return False
    return True


def moments_exist(texts: Sequence[str], zone: tzinfo | None) -> bool:
    """Return whether all these texts, in the shape of ISO 8601, are moments; those without a zone in this."""
    try:
        moments = list(map(datetime.fromisoformat, texts))
    except ValueError:
        return False
    return zone is None or all(_exists(zone, moment.date(), moment.time()) for moment in moments)


# --- Others ---


def _accepted_by(field: Any) -> Callable[[str], bool]:
    def accepts(text: str) -> bool:
        try:
            field.clean(text, None)
        except ValidationError:
            return False
        return True

    return accepts


_is_uuid = fields.structured.UUID_TEXT.fullmatch
_is_ip = _accepted_by(fields.IPAddressField())
_is_email = _accepted_by(fields.EmailField(max_length=320))
_is_url = _accepted_by(fields.URLField(max_length=_LONGEST))
_takes_json = _accepted_by(fields.JSONField(max_length=100_000))
_takes_duration = _accepted_by(fields.DurationField())


def _is_json(text: str) -> bool:
    return text.lstrip()[:1] in ("{", "[") and _parses(text) and _takes_json(text)


def _parses(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _is_duration(text: str) -> bool:
    if not _DURATION.fullmatch(text.strip()):
        return False
    try:
        # Two numbers with a colon between them are one, whatever they will be said to mean.
        length = read_duration(text, "hours")
    except CannotConvert:
        return False
    return not isinstance(length, str) or _takes_duration(length)


def _ways_of_words(text: str) -> Iterator[str]:
    """Yield the ways to read a text without digits."""
    try:
        yield YES if meaning_of(text) else NO
    except CannotConvert:
        pass
    for way in (EMAIL, URL, JSON, IP):
        if _OTHERS[way](text):
            yield way


_OTHERS: dict[str, Callable[[str], Any]] = {
    UUID: lambda text: _is_uuid(text.strip()),
    IP: lambda text: _IP.fullmatch(text) and (text.count(".") == 3 or text.count(":") > 1) and _is_ip(text),
    EMAIL: lambda text: "@" in text and _is_email(text),
    URL: lambda text: "://" in text and _is_url(text),
    JSON: _is_json,
    DURATION: _is_duration,
}
