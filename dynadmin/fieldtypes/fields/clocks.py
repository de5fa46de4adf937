"""The time that clocks show in the time zone in force."""

from datetime import date, datetime, time

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dynadmin.fieldtypes.fields.doors import refuse


def is_unclear(naive: datetime) -> bool:
    """Whether the clocks of the zone in force show this time twice in that night, or never."""
    zone = timezone.get_current_timezone()
    return zone.utcoffset(naive.replace(fold=0)) != zone.utcoffset(naive.replace(fold=1))


def local_moment(naive: datetime) -> datetime:
    """Return the moment at which clocks of the zone in force show this. Raises ValidationError if unclear."""
    if is_unclear(naive):
        message = _(
            "%(value)s is skipped or comes twice in the time zone %(zone)s, as clocks change. "
            "Write it with its distance from UTC, such as 2024-01-31T14:30+01:00."
        )
        raise refuse(message, "unclear", value=naive, zone=timezone.get_current_timezone_name())
    return naive.replace(tzinfo=timezone.get_current_timezone())


def local_now() -> datetime:
    """Return the current moment as the clocks show it."""
    return timezone.localtime() if settings.USE_TZ else timezone.now()


def today() -> date:
    """Return the date in the time zone in force."""
    return local_now().date()


def current_time() -> time:
    """Return the time of day in the time zone in force, to the second."""
    return local_now().time().replace(microsecond=0)
