"""Values as the text of a file's cell, and back, for the fields of any model.

For every value that a field accepts, ``from_text(field, to_text(field, value)) == value``.
"""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import singledispatch
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.duration import duration_string
from django.utils.translation import gettext as _

from dynadmin.fieldtypes import fields
from dynadmin.fieldtypes.fields.choices import NO, SEPARATOR, YES

TextWriter = Callable[[Any], str]
TextReader = Callable[[str], Any]


def to_text(field: models.Field, value: Any) -> str:
    """Return the value as text; None as ``""``."""
    return "" if value is None else text_writer(field)(value)


def from_text(field: models.Field, text: str) -> Any:
    """Return the value that the text means, cleaned by the field. Raises ValidationError.

    White space alone is the field's empty value: None where the column allows NULL.
    """
    return text_reader(field)(text)


# --- Out ---


@singledispatch
def text_writer(field: models.Field) -> TextWriter:
    """Return the function that writes a value of this field, never None, as text."""
    return str


@text_writer.register
def _relation_writer(field: models.ForeignKey) -> TextWriter:
    if isinstance(field.remote_field.model, str):  # of no class yet
        return str
    return text_writer(field.target_field)


@text_writer.register
def _boolean_writer(field: models.BooleanField) -> TextWriter:
    return lambda value: "true" if value else "false"


@text_writer.register
def _float_writer(field: models.FloatField) -> TextWriter:
    return repr


@text_writer.register
def _decimal_writer(field: models.DecimalField) -> TextWriter:
    # str() writes small numbers with an exponent.
    return lambda value: format(value, "f") if isinstance(value, Decimal) else str(value)


@text_writer.register
def _date_writer(field: models.DateField) -> TextWriter:
    return lambda value: value.isoformat() if isinstance(value, date) else str(value)


@text_writer.register
def _time_writer(field: models.TimeField) -> TextWriter:
    return lambda value: value.isoformat() if isinstance(value, time) else str(value)


@text_writer.register
def _datetime_writer(field: models.DateTimeField) -> TextWriter:
    return write_moment


def write_moment(value: Any) -> str:
    """Return a moment as ISO 8601 in UTC, which is the same text wherever it is written."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, datetime) else str(value)


@text_writer.register
def _duration_writer(field: models.DurationField) -> TextWriter:
    return duration_string


@text_writer.register
def _json_writer(field: models.JSONField) -> TextWriter:
    return lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":"), cls=field.encoder)


@text_writer.register
def _multichoice_writer(field: fields.MultiChoiceField) -> TextWriter:
    return f"{SEPARATOR} ".join


# --- In ---


def text_reader(field: models.Field) -> TextReader:
    """Return the function that reads a text of a cell. Made once a column, as a file has many rows."""
    clean, parse, empty = field.clean, text_parser(field), empty_value(field)

    def read(text: str) -> Any:
        is_empty = not text or text.isspace()
        return clean(empty if is_empty else parse(text), None)

    return read


def empty_value(field: models.Field) -> Any:
    """Return what an empty cell means to the field: None, or ``""`` where the column cannot be NULL."""
    return "" if field.empty_strings_allowed and not field.null else None


@singledispatch
def text_parser(field: models.Field) -> TextReader:
    """Return the function that makes of a text what the field's ``clean`` takes."""
    return str


@text_parser.register
def _boolean_parser(field: models.BooleanField) -> TextReader:
    # Django's own field reads "True", not "true".
    words = {**dict.fromkeys(YES, True), **dict.fromkeys(NO, False)}
    return lambda text: words.get(text.strip().lower(), text)


@text_parser.register
def _json_parser(field: models.JSONField) -> TextReader:
    def parse(text: str) -> Any:
        try:
            return json.loads(text, cls=field.decoder)
        except (ValueError, RecursionError):
            raise ValidationError(_("This is not JSON."), code="invalid") from None

    return parse


@text_parser.register(fields.JSONField)
@text_parser.register(fields.MultiChoiceField)
def _own_parser(field: models.Field) -> TextReader:
    # These read texts themselves.
    return str
