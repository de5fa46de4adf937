"""Which fields can be read many texts at a time, and by which reader."""

from collections.abc import Iterable

from django.conf import settings
from django.core import validators
from django.db import models
from django.utils.text import capfirst

from dynadmin.fieldtypes import fields
from dynadmin.fieldtypes.bulk.moments import Dates, Moments, Times
from dynadmin.fieldtypes.bulk.numbers import Decimals, Floats, WholeNumbers
from dynadmin.fieldtypes.bulk.readers import BulkReader
from dynadmin.fieldtypes.bulk.texts import PlainTexts, UUIDs

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
