"""Texts of a column read all at once, where each is written in the plain way that is the same everywhere.

A bulk reader only says of a whole list that it fits, by operations that look at all texts in one go; what
does not fit is read text by text by the field's ``clean``, which alone refuses. So both ways agree: a list
that fits has the values that ``clean`` gives. Third parties add readers for their own fields to
``bulk_readers``.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import repeat
from operator import methodcaller
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import validators
from django.db import models
from django.utils.text import capfirst

from dynadmin.fieldtypes import fields
from dynadmin.fieldtypes.fields.dates import EARLIEST, LATEST

Texts = Sequence[str]


class BulkReader:
    """Reads texts of one field. Subclass it for a kind of values.

    `copies` says that PostgreSQL's COPY reads a fitting text as the value that it means.
    """

    copies = True

    def __init__(self, field: models.Field) -> None:
        self.field = field
        self.lowest, self.highest = _limits(field)

    def fits(self, texts: Texts) -> bool:
        """Return whether all these texts, none of them empty, are plain and legal."""
        raise NotImplementedError

    def values(self, texts: Texts) -> list[Any]:
        """Return the values of texts that fit."""
        raise NotImplementedError

    def driver_values(self, texts: Texts) -> Sequence[Any]:
        """Return the values of texts that fit as SQLite's driver takes them."""
        raise NotImplementedError

    def plain_shape(self) -> str | None:
        """Return a regular expression of texts that all are legal and mean to PostgreSQL what they mean here.

        None of them has a quote, a backslash, a line break or what stands between cells. None: there is none.
        """
        return None


# Of years that no time zone leads out of the calendar, and without the 29th of February.
_DAY = (
    r"[1-8][0-9]{3}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"
    r"|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
)
_CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"


class Shaped(BulkReader):
    """Reads texts that have one shape, and values in a range."""

    shape: str
    read: Callable[[str], Any]

    def __init__(self, field: models.Field) -> None:
        super().__init__(field)
        # Of ASCII letters only. A line break inside a text may look like one between two: `read` refuses it.
        self._shapes = re.compile(rf"{self.shape}(?:\n{self.shape})*")

    def fits(self, texts: Texts) -> bool:
        """Return whether all texts have the shape and their values are in the range."""
        if not self._shapes.fullmatch("\n".join(texts)):
            return False
        try:
            values = self.values(texts)
        except ValueError:
            return False
        return (self.lowest is None or min(values) >= self.lowest) and (
            self.highest is None or max(values) <= self.highest
        )

    def values(self, texts: Texts) -> list[Any]:
        """Return the values of texts that have the shape."""
        return list(map(self.read, texts))

    def driver_values(self, texts: Texts) -> Sequence[Any]:
        """Return the values: SQLite's driver takes them as they are."""
        return self.values(texts)


class WholeNumbers(Shaped):
    """Reads whole numbers."""

    shape = "-?[0-9]{1,18}"
    read = staticmethod(int)

    def __init__(self, field: models.Field) -> None:
        super().__init__(field)
        if isinstance(field, fields.IntegerField | fields.BigIntegerField):
            self.lowest = max(field.lowest, field.lowest if self.lowest is None else self.lowest)
            self.highest = min(field.highest, field.highest if self.highest is None else self.highest)

    def plain_shape(self) -> str | None:
        """Return whole numbers with too few digits to be out of the range."""
        lowest = -(2**63) if self.lowest is None else self.lowest
        highest = 2**63 - 1 if self.highest is None else self.highest
        digits = len(str(highest)) - 1
        if lowest == 0 and digits:
            return f"[0-9]{{1,{digits}}}"
        digits = min(digits, len(str(-lowest)) - 1)
        return f"-?[0-9]{{1,{digits}}}" if digits > 0 and lowest < 0 else None


class Floats(Shaped):
    """Reads numbers with a floating point."""

    shape = r"-?[0-9]{1,15}(?:\.[0-9]{1,17})?"
    read = staticmethod(float)

    def plain_shape(self) -> str | None:
        """Return the shape, where all such numbers are legal."""
        return self.shape if self.lowest is None and self.highest is None else None


class Decimals(Shaped):
    """Reads exact numbers that have no more digits than their column."""

    read = staticmethod(Decimal)

    def __init__(self, field: models.DecimalField) -> None:
        places = field.decimal_places
        whole = f"[0-9]{{1,{field.max_digits - places}}}"
        behind = rf"(?:\.[0-9]{{1,{places}}})?" if places else ""
        # "-0.00" is no other number than 0.
        self.shape = rf"(?!-[0.]+(?:\n|\Z))-?{whole}{behind}"
        super().__init__(field)
        self._is_own = isinstance(field, fields.DecimalField)
        self._exponent = Decimal(1).scaleb(-places)

    def values(self, texts: Texts) -> list[Decimal]:
        """Return the numbers, with the places of the column where the field gives them so."""
        numbers = map(Decimal, texts)
        return list(map(Decimal.quantize, numbers, repeat(self._exponent)) if self._is_own else numbers)

    def driver_values(self, texts: Texts) -> Texts:
        """Return the texts: the column makes numbers of them."""
        return texts

    def plain_shape(self) -> str | None:
        """Return numbers without a sign, where all of them are legal."""
        return self.shape.partition("-?")[2] if self.lowest is None and self.highest is None else None


class Dates(Shaped):
    """Reads days."""

    shape = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
    read = staticmethod(date.fromisoformat)

    def driver_values(self, texts: Texts) -> Texts:
        """Return the texts, which are what SQLite holds."""
        return texts

    def plain_shape(self) -> str | None:
        """Return days that each year has."""
        return _DAY if self.lowest is None and self.highest is None else None


class Times(Dates):
    """Reads times of the day."""

    shape = r"(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}"
    read = staticmethod(time.fromisoformat)

    def plain_shape(self) -> str | None:
        """Return times of the day."""
        return _CLOCK if self.lowest is None and self.highest is None else None


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


class UUIDs(Shaped):
    """Reads UUIDs."""

    shape = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    read = staticmethod(UUID)

    def fits(self, texts: Texts) -> bool:
        """Return whether all texts have the shape: then each is a UUID."""
        return set(map(len, texts)) == {36} and bool(self._shapes.fullmatch("\n".join(texts)))

    def driver_values(self, texts: Texts) -> list[str]:
        """Return the digits, which are what SQLite holds."""
        return list(map(methodcaller("replace", "-", ""), texts))

    def plain_shape(self) -> str | None:
        """Return the shape."""
        return self.shape


class PlainTexts(BulkReader):
    """Reads texts that are stored as they stand."""

    copies = False

    def __init__(self, field: models.Field) -> None:
        super().__init__(field)
        lengths = [v.limit_value for v in field.validators if isinstance(v, validators.MaxLengthValidator)]
        self._longest = min(lengths, default=None)
        self._is_own = isinstance(field, fields.CharField | fields.TextField)
        self._is_single = isinstance(field, fields.CharField)

    def fits(self, texts: Texts) -> bool:
        """Return whether the field would change or refuse none of these texts."""
        joined = "".join(texts)
        if "\x00" in joined or (self._longest is not None and max(map(len, texts)) > self._longest):
            return False
        if self._is_own and ("\r" in joined or list(map(str.strip, texts)) != list(texts)):
            return False
        return not (self._is_single and "\n" in joined) and _is_storable(joined)

    def values(self, texts: Texts) -> list[str]:
        """Return the texts."""
        return list(texts)

    def driver_values(self, texts: Texts) -> Texts:
        """Return the texts."""
        return texts

    def plain_shape(self) -> str | None:
        """Return texts of one line that begin and end with no space, nor look like an escaped formula."""
        return f"(?![ '])[{_LETTERS} ']{{1,{min(self._longest or 200, 200)}}}+(?<! )"


# Printable letters but quotes, backslashes and what may stand between cells; Latin, Greek and Cyrillic ones.
_LETTERS = r"!#-&(-+\--:<-\[\]-{}~À-ɏͰ-ԯ"


def _is_storable(text: str) -> bool:
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            return False
    return True


# Which class of fields, exactly, is read by which reader: a subclass may mean something else by its texts.
bulk_readers: dict[type[models.Field], type[BulkReader]] = {
    **dict.fromkeys(
        (
            fields.IntegerField,
            fields.BigIntegerField,
            models.IntegerField,
            models.BigIntegerField,
            models.SmallIntegerField,
            models.PositiveIntegerField,
            models.PositiveBigIntegerField,
            models.PositiveSmallIntegerField,
            models.AutoField,
            models.BigAutoField,
        ),
        WholeNumbers,
    ),
    **dict.fromkeys((fields.FloatField, models.FloatField), Floats),
    **dict.fromkeys((fields.DecimalField, models.DecimalField), Decimals),
    **dict.fromkeys((fields.DateField, models.DateField), Dates),
    **dict.fromkeys((fields.TimeField, models.TimeField), Times),
    **dict.fromkeys((fields.DateTimeField, models.DateTimeField), Moments),
    **dict.fromkeys((fields.UUIDField, models.UUIDField), UUIDs),
    **dict.fromkeys((fields.CharField, fields.TextField, models.CharField, models.TextField), PlainTexts),
}

# What a reader knows to look at; a field with any other validator is read text by text.
_KNOWN_VALIDATORS = (
    validators.MinValueValidator,
    validators.MaxValueValidator,
    validators.MaxLengthValidator,
    validators.DecimalValidator,
)


def bulk_reader(field: models.Field) -> BulkReader | None:
    """Return what reads many texts of this field at once; None where each has to be looked at by itself."""
    reader = bulk_readers.get(type(field))
    if reader is None or field.choices or not all(type(v) in _KNOWN_VALIDATORS for v in field.validators):
        return None
    if isinstance(field, models.DateTimeField) and not settings.USE_TZ:
        return None
    if isinstance(field, models.DecimalField) and field.max_digits == field.decimal_places:
        return None  # Django refuses 0 there, and takes 0.1
    return reader(field)


def is_own(field: models.Field) -> bool:
    """Return whether the class of the field is Django's or the program's, and so are its validators."""
    parts = [type(field), *map(type, field.validators)]
    return all(part.__module__.partition(".")[0] in ("django", "dynadmin") for part in parts)


def read_singly(columns: Iterable[models.Field]) -> list[str]:
    """Return the labels of fields of other apps that say nothing of many texts at once: they take longer."""
    return [
        str(capfirst(field.verbose_name))
        for field in columns
        if not field.is_relation and not is_own(field) and bulk_reader(field) is None
    ]


def _limits(field: models.Field) -> tuple[Any, Any]:
    """Return the lowest and the highest value that the validators allow."""
    lowest = _values_of(field, validators.MinValueValidator)
    highest = _values_of(field, validators.MaxValueValidator)
    return max(lowest, default=None), min(highest, default=None)


def _values_of(field: models.Field, kind: type[validators.BaseValidator]) -> list[Any]:
    limits = [v.limit_value for v in field.validators if isinstance(v, kind)]
    return [limit() if callable(limit) else limit for limit in limits]
