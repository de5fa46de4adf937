"""Model fields of dates, times and lengths of time.

Every text is ISO 8601, whatever the language: a form, a file and the API read one text alike.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_duration
from django.utils.translation import gettext_lazy as _

from dynadmin.fieldtypes.fields.clocks import local_moment
from dynadmin.fieldtypes.fields.doors import DurationFormField, refuse
from dynadmin.fieldtypes.fields.numbers import is_empty, limits_of
from dynadmin.fieldtypes.fields.pickers import DateFormField, DateTimeFormField, TimeFormField

# The shapes are ours, as Python's own parsers take more, and other things in each version: weeks, 24:00,
# digits of other scripts. What has the shape they then read, which is quick and knows the calendar.
DATE = r"\d{4}-\d{2}-\d{2}"
TIME = r"(\d{2}):\d{2}(?::\d{2}(?:[.,]\d{1,6}0*)?)?"
ZONE = r"\s?(?:Z|[+-]\d{2}(?::?\d{2})?)?"
DATE_ONLY = re.compile(rf"({DATE})(?:[T ]00:00(?::00(?:[.,]0+)?)?)?", re.ASCII)
TIME_ONLY = re.compile(TIME, re.ASCII)
DATE_AND_TIME = re.compile(rf"{DATE}(?:[T ]{TIME}{ZONE})?", re.ASCII | re.IGNORECASE)

# A day to spare at either end of the calendar: nearer to it, a moment has no local time in some zone, and a
# row that holds one could be stored but never read again.
EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
LATEST = datetime(9999, 12, 31, tzinfo=UTC) - timedelta(microseconds=1)

# SQLite holds microseconds in 64 bits, which ends after 106,751,991 days.
LONGEST = timedelta(days=100_000_000)


class PickerMixin(models.Field):
    """A field whose form has the browser's own picker, with the range that the field allows."""

    form_class: Any

    def formfield(self, **kwargs: Any) -> Any:
        # The admin's boxes write dates as the language in force does; the browser's picker always writes ISO.
        if _is_of_the_admin(kwargs.get("widget")):
            kwargs.pop("widget")
        door = {"form_class": self.form_class, "model_field": self, "limits": limits_of(self)}
        return super().formfield(**{**kwargs, **door})


def _is_of_the_admin(widget: Any) -> bool:
    widget_class = widget if isinstance(widget, type) else type(widget)
    return widget_class.__module__ == "django.contrib.admin.widgets"


class DateField(PickerMixin, models.DateField):
    """A day of the calendar, from year 1 to 9999."""

    form_class = DateFormField

    def to_python(self, value: Any) -> date | None:
        if is_empty(value):
            return None
        if isinstance(value, date):
            return super().to_python(value)
        match = DATE_ONLY.fullmatch(value.strip()) if isinstance(value, str) else None
        if not match:
            raise refuse(_("“%(value)s” is not a date like 2024-01-31."), value=value)
        try:
            return date.fromisoformat(match[1])
        except ValueError:
            raise refuse(_("The date %(value)s does not exist."), "no_such_date", value=value) from None


class TimeField(PickerMixin, models.TimeField):
    """A time of the day, from 00:00 to 23:59:59.999999."""

    form_class = TimeFormField

    def to_python(self, value: Any) -> time | None:
        if is_empty(value):
            return None
        if isinstance(value, datetime) or (isinstance(value, time) and value.tzinfo is None):
            return super().to_python(value)
        match = TIME_ONLY.fullmatch(value.strip()) if isinstance(value, str) else None
        if not match:
            raise refuse(_("“%(value)s” is not a time like 14:30 or 14:30:59."), value=value)
        try:
            _check_hour(match[1])
            return time.fromisoformat(match[0])
        except ValueError:
            raise refuse(_("The time %(value)s does not exist."), "no_such_time", value=value) from None


class DateTimeField(PickerMixin, models.DateTimeField):
    """A moment. A text without a zone is meant in the time zone in force."""

    form_class = DateTimeFormField

    def to_python(self, value: Any) -> datetime | None:
        if is_empty(value):
            return None
        moment = self._moment(value)
        if moment.tzinfo is None:
            moment = local_moment(moment)
        if not EARLIEST <= moment <= LATEST:
            message = _("%(value)s is too near to the end of the calendar: from 0001-01-02 to 9999-12-30.")
            raise refuse(message, "out_of_range", value=value)
        return moment.astimezone(UTC) if settings.USE_TZ else timezone.make_naive(moment)

    def _moment(self, value: Any) -> datetime:
        if isinstance(value, datetime):
            return value
        if isinstance(value, date):
            return datetime.combine(value, time())
        match = DATE_AND_TIME.fullmatch(value.strip()) if isinstance(value, str) else None
        if not match:
            message = _("“%(value)s” is not a date and time like 2024-01-31 14:30 or 2024-01-31T14:30:00Z.")
            raise refuse(message, value=value)
        day, clock = match[0][:10], match[0][11:]
        try:
            _check_hour(match[1] or "")
            return datetime.fromisoformat(f"{day}T{clock.replace(' ', '').upper()}" if clock else day)
        except ValueError:
            raise refuse(_("The moment %(value)s does not exist."), "no_such_date", value=value) from None


def _check_hour(hour: str) -> None:
    if hour == "24":
        raise ValueError("Some versions of Python take 24:00 for the next day.")


class DurationField(models.DurationField):
    """A length of time of less than 100 million days."""

    def to_python(self, value: Any) -> timedelta | None:
        if is_empty(value):
            return None
        length = value if isinstance(value, timedelta) else self._parse(value)
        if length is None:
            raise refuse(
                _("“%(value)s” is not a duration like 1:30:00, 3 12:00:00 (days first) or P3DT12H."),
                value=value,
            )
        if abs(length) >= LONGEST:
            raise refuse(_("“%(value)s” is 100 million days or more."), "out_of_range", value=value)
        return length

    def _parse(self, value: Any) -> timedelta | None:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        # A number means seconds, as its text does.
        text = str(value) if is_number else value
        if not isinstance(text, str) or not text.isascii() or len(text) > 100:
            return None
        try:
            return parse_duration(text.strip())
        except (ValueError, OverflowError):
            return None

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{**kwargs, "form_class": DurationFormField, "model_field": self})
