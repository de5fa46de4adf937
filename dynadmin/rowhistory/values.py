"""Values as the history keeps them, and back.

A value is JSON that means the same on both engines: numbers, texts, lists and objects as they are, anything
else (a date, a decimal) as the text that files have for it. Whatever the rules of a field are by now, a value
that its column had can be read: nothing is checked.
"""

import json
import math
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import singledispatch
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_duration

from dynadmin.fieldtypes.cells import text_parser, to_text

AS_THEY_ARE = frozenset({str, int, bool, list, dict, type(None)})
# Python takes some of these for equal that are written in different ways: 0.0 and -0.0, [1] and [True].
LOOKED_INTO = frozenset({float, list, dict})


class UnreadableValue(ValueError):
    """A value of the history that its column cannot have any more."""


def key_of(field: models.Field) -> str:
    """Return under what the history keeps the values of a field of a table's class."""
    if field.many_to_many:
        return str(field.field_id)
    return field.column.removeprefix("c")


def encode(field: models.Field, value: Any) -> Any:
    """Return a value of the database as JSON."""
    if type(value) in AS_THEY_ARE or (type(value) is float and math.isfinite(value)):
        return value
    return to_text(field, value)


def decode(field: models.Field, kept: Any) -> Any:
    """Return the value that was kept, as the field's column had it. Raises UnreadableValue."""
    if kept is None:
        return None
    try:
        return reader(field)(kept)
    except (ValueError, TypeError, ArithmeticError, ValidationError) as error:
        raise UnreadableValue(str(kept)[:100]) from error


def differs(before: Any, after: Any) -> bool:
    """Whether two values of one column are not the same."""
    if before != after:
        return True
    return type(before) in LOOKED_INTO and json.dumps(before) != json.dumps(after)


def is_stored_as_given(field: models.Field, value: Any) -> bool:
    """Whether the column has exactly this value once it is written, and not what the database makes of it."""
    if value is None:
        return True
    if isinstance(value, datetime) and timezone.is_naive(value):
        return False
    return type(value) is own_type(field)


def is_foreseen(field: models.Field, before: Any, value: Any) -> bool:
    """Whether a column has exactly this value once it is written: one that it had before it has again."""
    return is_stored_as_given(field, value) or (type(value) is type(before) and not differs(before, value))


@singledispatch
def own_type(field: models.Field) -> type | None:
    """Return of which type the values of a field are that need no adapting; None if that is not known."""
    return None


_OWN_TYPES: dict[type[models.Field], type] = {
    models.CharField: str,
    models.TextField: str,
    models.IntegerField: int,
    models.BooleanField: bool,
    models.DateField: date,
    models.DateTimeField: datetime,
}
for _field_class, _own in _OWN_TYPES.items():
    own_type.register(_field_class)(lambda field, own=_own: own)


@own_type.register
def _key(field: models.ForeignKey) -> type | None:
    return own_type(field.target_field)


class Cells:
    """Some columns of a class: read from the database together, and told apart by their keys."""

    def __init__(self, fields: Iterable[models.Field]) -> None:
        self.fields = list(fields)
        self.attributes = [field.attname for field in self.fields]
        self.keys = [key_of(field) for field in self.fields]

    def read(self, rows: models.QuerySet) -> list[tuple[Any, ...]]:
        """Return the values of rows as the database gives them, after the number of each."""
        return list(rows.values_list("pk", *self.attributes))

    def whole(self, values: Sequence[Any]) -> dict[str, Any]:
        """Return what is kept of a row with these values."""
        parts = zip(self.keys, self.fields, values, strict=True)
        return {key: encode(field, value) for key, field, value in parts}

    def difference(
        self, before: Sequence[Any], after: Sequence[Any]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what is kept of a row that had some values, and has others."""
        was, made = {}, {}
        for key, field, old, new in zip(self.keys, self.fields, before, after, strict=True):
            if differs(old, new):
                was[key], made[key] = encode(field, old), encode(field, new)
        return was, made


# --- From what was kept to values ---

Reader = Callable[[Any], Any]


@singledispatch
def reader(field: models.Field) -> Reader:
    """Return what makes a value of this field of what was kept."""
    parse = text_parser(field)
    return lambda kept: field.to_python(parse(kept) if isinstance(kept, str) else kept)


def _as_it_is(kept: Any) -> Any:
    return kept


_READERS: dict[type[models.Field], Reader] = {
    models.BooleanField: _as_it_is,
    models.CharField: _as_it_is,
    models.FileField: _as_it_is,
    models.GenericIPAddressField: _as_it_is,
    models.IntegerField: _as_it_is,
    models.JSONField: _as_it_is,
    models.TextField: _as_it_is,
    models.DecimalField: Decimal,
    models.FloatField: float,
    models.UUIDField: uuid.UUID,
    models.DateField: date.fromisoformat,
    models.DateTimeField: datetime.fromisoformat,
    models.TimeField: time.fromisoformat,
    models.DurationField: parse_duration,
}
for _field_class, _read in _READERS.items():
    reader.register(_field_class)(lambda field, read=_read: read)


@reader.register
def _relation_reader(field: models.ForeignKey) -> Reader:
    return reader(field.target_field)
