"""Days, times and moments, read many at a time."""

from datetime import UTC, date, datetime, time
from operator import methodcaller

from django.db import models

from dynadmin.fieldtypes import fields
from dynadmin.fieldtypes.bulk.readers import Shaped, Texts
from dynadmin.fieldtypes.fields.dates import EARLIEST, LATEST

# Of years that no time zone leads out of the calendar, and without the 29th of February.
_DAY = (
    r"[1-8][0-9]{3}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"
    r"|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
)
_CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"


class Dates(Shaped):
    """Reads days."""

    shape = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
    read = staticmethod(date.fromisoformat)

    def driver_values(self, texts: Texts) -> Texts:
        """Return the texts, which are what SQLite holds."""
        return texts

    def plain_shape(self) -> str | None:
        """Return days that each year has."""
        return _DAY if self.is_unlimited else None


class Times(Dates):
    """Reads times of the day."""

    shape = r"(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}"
    read = staticmethod(time.fromisoformat)

    def plain_shape(self) -> str | None:
        """Return times of the day."""
        return _CLOCK if self.is_unlimited else None


class Moments(Shaped):
    """Reads moments that say their zone."""

    shape = (
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ](?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(?:\.[0-9]{6})?"
        r"(?:Z|[+-](?:0[0-9]|1[0-2]):[0-5][0-9])"
    )
    read = staticmethod(datetime.fromisoformat)

    def __init__(self, field: models.Field) -> None:
        super().__init__(field)
        first, last = EARLIEST, LATEST
        self.lowest = first if self.lowest is None else max(first, self.lowest)
        self.highest = last if self.highest is None else min(last, self.highest)
        self._to_utc = isinstance(field, fields.DateTimeField)

    def values(self, texts: Texts) -> list[datetime]:
        """Return the moments, in UTC where the field gives them so."""
        moments = map(datetime.fromisoformat, texts)
        return list(map(methodcaller("astimezone", UTC), moments) if self._to_utc else moments)

    def driver_values(self, texts: Texts) -> list[str]:
        """Return the texts that SQLite holds."""
        moments = map(methodcaller("astimezone", UTC), map(datetime.fromisoformat, texts))
        return list(map(str, map(methodcaller("replace", tzinfo=None), moments)))

    def plain_shape(self) -> str | None:
        """Return moments in UTC."""
        is_whole = (self.lowest, self.highest) == (EARLIEST, LATEST)
        return f"{_DAY}[T ]{_CLOCK}Z" if is_whole else None
