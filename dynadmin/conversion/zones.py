"""The time zone in which values without one are meant."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.timezone import get_current_timezone

from dynadmin.conversion.reasons import cannot

_DISTANCE = re.compile(r"([+-])(\d{2}):(\d{2})", re.ASCII)


def current_zone_name() -> str:
    """Return the name of the time zone in force, as ``zone_named`` takes it."""
    zone = get_current_timezone()
    name = getattr(zone, "key", None)
    if name:
        return str(name)
    distance = zone.utcoffset(None) or timedelta()
    hours, minutes = divmod(int(abs(distance).total_seconds()) // 60, 60)
    return f"{'-' if distance < timedelta() else '+'}{hours:02d}:{minutes:02d}" if distance else "UTC"


@lru_cache(maxsize=50)
def zone_named(name: str) -> tzinfo | None:
    """Return the zone with this IANA name, or at this distance from UTC ("+01:00"); None if there is none."""
    if match := _DISTANCE.fullmatch(name):
        distance = timedelta(hours=int(match[2]), minutes=int(match[3]))
        return (
            timezone(-distance if match[1] == "-" else distance) if distance < timedelta(hours=24) else None
        )
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return None


def moment_in(zone: tzinfo, day: date, clock: time) -> datetime:
    """Return the moment at which clocks of the zone show this. Raises CannotConvert when that is unclear."""
    naive = datetime.combine(day, clock)
    moment = naive.replace(tzinfo=zone)
    if zone.utcoffset(moment) != zone.utcoffset(moment.replace(fold=1)):
        raise cannot("clocks", zone=str(zone))
    return moment


def start_of(zone: tzinfo, day: date) -> datetime:
    """Return the moment at which the day begins in the zone, also where clocks skip or repeat midnight."""
    moment = datetime.combine(day, time(), tzinfo=zone)
    if local_date(zone, moment) != day:
        # A whole day that a zone left out when it crossed the date line.
        raise cannot("clocks", zone=str(zone))
    return moment


def local_date(zone: tzinfo, moment: datetime) -> date:
    """Return the date that calendars of the zone show; a moment without a zone is of this one."""
    return local(zone, moment).date()


def local(zone: tzinfo, moment: datetime) -> datetime:
    """Return what clocks of the zone show. Raises CannotConvert beyond the calendar."""
    if moment.tzinfo is None:
        return moment
    try:
        return moment.astimezone(UTC).astimezone(zone)
    except OverflowError:
        raise cannot("calendar") from None
