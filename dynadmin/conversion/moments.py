"""Rules that make dates, times and moments, and numbers of them."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from django.utils.translation import gettext as _

from dynadmin.conversion.characters import plain
from dynadmin.conversion.epochs import epoch_number, moment_of, seconds_of
from dynadmin.conversion.monthnames import months_of
from dynadmin.conversion.numbers import exact_number, finisher
from dynadmin.conversion.reasons import cannot
from dynadmin.conversion.rule import Convert, Ends, Reading
from dynadmin.conversion.writtentimes import LONGEST, Moment, read_clock, read_moment
from dynadmin.conversion.zones import local, moment_in, start_of, zone_named
from dynadmin.exceptions import RefusedChange

_DAY = timedelta(days=1)

# What most programs write, which Python reads quickly.
_ISO = re.compile(
    r"\d{4}-\d\d-\d\d[T ](?:[01]\d|2[0-3]):\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)?", re.ASCII
).fullmatch


def zone_of(reading: Reading) -> tzinfo:
    """Return the zone of the reading. Raises RefusedChange where this machine does not know it."""
    zone = zone_named(reading["zone"])
    if zone is None:
        message = _("The time zone “%(zone)s” is not known on this machine.")
        raise RefusedChange(message % {"zone": reading["zone"]})
    return zone


class MomentReader:
    """Reads texts as the reading says."""

    def __init__(self, reading: Reading) -> None:
        self.zone = zone_of(reading)
        self.order, self.unit = reading["order"], reading["unit"]
        self.months = months_of(reading["language"])

    def read(self, text: str, kind: str) -> Moment | datetime:
        """Return what the text says; ``kind`` is the reason why it cannot be read."""
        if len(text) > LONGEST:
            raise cannot(kind)
        text = plain(text)
        moment = read_moment(text, self.months)
        if moment is not None:
            return moment
        number = epoch_number(text)
        if number is None or not self.unit:
            raise cannot(kind)
        return moment_of(number, self.unit, self.zone)

    def date(self, text: str) -> date:
        moment = self.read(text, "date")
        if isinstance(moment, datetime):
            return local(self.zone, moment).date()
        if moment.day is None:
            raise cannot("date")
        day = moment.day.in_order(self.order)
        if moment.zone is None or moment.clock is None:
            return day
        return local(self.zone, datetime.combine(day, moment.clock, tzinfo=moment.zone)).date()

    def datetime(self, text: str) -> datetime:
        moment = self.read(text, "datetime")
        if isinstance(moment, datetime):
            return moment
        if moment.day is None:
            raise cannot("datetime")
        day = moment.day.in_order(self.order)
        if moment.clock is None:
            return start_of(self.zone, day)
        if moment.zone is None:
            return moment_in(self.zone, day, moment.clock)
        return datetime.combine(day, moment.clock, tzinfo=moment.zone)

    def time(self, text: str) -> time:
        clock = read_clock(plain(text)) if len(text) <= LONGEST else None
        if clock is not None and clock[1] is None:
            return clock[0]
        moment = self.read(text, "time")
        if isinstance(moment, datetime):
            return local(self.zone, moment).time()
        if moment.clock is None:
            raise cannot("no_time")
        if moment.zone is None:
            return moment.clock
        if moment.day is None:
            # Which time that is in another zone depends on the day.
            raise cannot("zone")
        aware = datetime.combine(moment.day.in_order(self.order), moment.clock, tzinfo=moment.zone)
        return local(self.zone, aware).time()


# --- Out of texts ---


def date_from_text(ends: Ends, reading: Reading) -> Convert:
    clean, read = ends.clean(), MomentReader(reading).date

    def convert(text: str) -> Any:
        # Nearly all dates that programs write; the rest goes the long way.
        if len(text) == 10 and text[4] == "-" == text[7] and text.isascii():
            try:
                return clean(date.fromisoformat(text))
            except ValueError:
                pass
        return clean(read(text))

    return convert


def datetime_from_text(ends: Ends, reading: Reading) -> Convert:
    clean, reader = ends.clean(), MomentReader(reading)

    def convert(text: str) -> Any:
        if not _ISO(text):
            return clean(reader.datetime(text))
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return clean(reader.datetime(text))
        return clean(moment if moment.tzinfo else moment_in(reader.zone, moment.date(), moment.time()))

    return convert


def time_from_text(ends: Ends, reading: Reading) -> Convert:
    clean, read = ends.clean(), MomentReader(reading).time
    return lambda text: clean(read(text))


# --- Out of numbers ---


def datetime_from_number(ends: Ends, reading: Reading) -> Convert:
    clean, read = ends.clean(), _number_reader(reading)
    return lambda value: clean(read(value))


def date_from_number(ends: Ends, reading: Reading) -> Convert:
    clean, read, zone = ends.clean(), _number_reader(reading), zone_of(reading)
    return lambda value: clean(local(zone, read(value)).date())


def _number_reader(reading: Reading) -> Callable[[Any], datetime]:
    zone, unit = zone_of(reading), reading["unit"]

    def read(value: Any) -> datetime:
        number = exact_number(value)
        # Nought is the same in every unit of time.
        return moment_of(number, unit or _unit_of_zero(number), zone)

    return read


def _unit_of_zero(number: Any) -> str:
    if number:
        raise cannot("datetime")
    return "s"


# --- Among themselves, and to numbers ---


def datetime_from_date(ends: Ends, reading: Reading) -> Convert:
    clean, zone = ends.clean(), zone_of(reading)
    return lambda value: clean(start_of(zone, value))


def date_from_datetime(ends: Ends, reading: Reading) -> Convert:
    clean, zone = ends.clean(), zone_of(reading)
    return lambda value: clean(local(zone, value).date())


def time_from_datetime(ends: Ends, reading: Reading) -> Convert:
    clean, zone = ends.clean(), zone_of(reading)
    return lambda value: clean(local(zone, value).time())


def number_from_datetime(ends: Ends, reading: Reading) -> Convert:
    finish, zone = finisher(ends), zone_of(reading)

    def convert(value: datetime) -> Any:
        moment = value if value.tzinfo else moment_in(zone, value.date(), value.time())
        return finish(seconds_of(moment))

    return convert


def duration_from_time(ends: Ends, reading: Reading) -> Convert:
    clean = ends.clean()
    return lambda value: clean(datetime.combine(date.min, value) - datetime.min)


def time_from_duration(ends: Ends, reading: Reading) -> Convert:
    clean = ends.clean()

    def convert(value: timedelta) -> Any:
        if value < timedelta():
            raise cannot("negative")
        if value >= _DAY:
            raise cannot("day")
        return clean((datetime.min + value).time())

    return convert
