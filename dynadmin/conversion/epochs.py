"""Dates and moments as numbers: seconds since 1970 and their like."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal

from dynadmin.conversion.reasons import cannot
from dynadmin.conversion.zones import moment_in, start_of

# Units, by how many of them are a second.
SCALES = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
DAYS, YMD = "days", "ymd"
UNITS = (*SCALES, DAYS, YMD)

START = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# Day 0 of spreadsheets, which count a 29th of February 1900 that never was; from March 1900 on it is right.
_DAY_ZERO = date(1899, 12, 30)
_FIRST_DAY = 61

# In seconds: from March 1973 to November 2286. The windows of two units do not meet.
_SINCE, _UNTIL = 10**8, 10**10
# Days of spreadsheets from 1927 to 2173.
_DAYS_SINCE, _DAYS_UNTIL = 10**4, 10**5
_YEARS = range(1900, 2200)
_MOST_DIGITS = 25


def epoch_number(text: str) -> Decimal | None:
    """Return the number that the plain text is, digits alone with an optional fraction, or None."""
    whole, _point, part = text.removeprefix("-").partition(".")
    is_number = whole.isdigit() and whole.isascii() and (not part or (part.isdigit() and part.isascii()))
    return Decimal(text) if is_number and len(text) <= 40 else None


def units_of(number: Decimal) -> frozenset[str]:
    """Return in which units the number is likely a moment: one if it is clear; none if it says nothing."""
    if not number:
        return frozenset()
    if (day := ymd_date(number)) is not None and day.year in _YEARS:
        return frozenset({YMD})
    for unit, scale in SCALES.items():
        if _SINCE <= abs(number) / scale < _UNTIL:
            return frozenset({unit})
    if _DAYS_SINCE <= number < _DAYS_UNTIL:
        return frozenset({"s", "ms", DAYS})
    return frozenset({"s", "ms"}) if abs(number) < _SINCE else frozenset()


def ymd_date(number: Decimal) -> date | None:
    """Return the date that a number such as 20240131 writes, or None."""
    if not 10**7 <= number < 10**8 or number != number.to_integral_value():
        return None
    year_month, day = divmod(int(number), 100)
    try:
        return date(*divmod(year_month, 100), day)
    except ValueError:
        return None


def moment_of(number: Decimal, unit: str, zone: tzinfo) -> datetime:
    """Return the moment that the number means in this unit. Raises CannotConvert."""
    if unit == YMD:
        day = ymd_date(number)
        if day is None:
            raise cannot("date")
        return start_of(zone, day)
    if unit == DAYS:
        return _spreadsheet_moment(number, zone)
    return _later(START, number, 1, SCALES[unit])


def _spreadsheet_moment(number: Decimal, zone: tzinfo) -> datetime:
    if not _FIRST_DAY <= number < 10**7:
        raise cannot("calendar")
    naive = _later(datetime.combine(_DAY_ZERO, time()), number, 86_400, 1)
    if naive.time() == time():
        return start_of(zone, naive.date())
    return moment_in(zone, naive.date(), naive.time())


def _later(start: datetime, number: Decimal, seconds: int, parts: int) -> datetime:
    """Return the moment so many parts of so many seconds later, exactly."""
    if number.adjusted() > _MOST_DIGITS:
        raise cannot("calendar")
    # Arithmetic with decimals would round to 28 digits.
    numerator, denominator = number.as_integer_ratio()
    micros, rest = divmod(numerator * seconds * 10**6, denominator * parts)
    if rest:
        raise cannot("rounded")
    try:
        return start + micros * _MICROSECOND
    except OverflowError:
        raise cannot("calendar") from None


def seconds_of(moment: datetime) -> Decimal:
    """Return the seconds since 1970, exactly."""
    return Decimal((moment - START) // _MICROSECOND).scaleb(-6)
