"""Model fields that refer to rows of a table."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from dynadmin.fieldtypes.fields.numbers import BigIntegerField
from dynadmin.options import EMPTY

Conditions = Sequence[Mapping[str, Any]]

# Django's lookups, by the sign between a field and a value.
OPERATORS = {"=": "exact", "!=": "exact", "<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}


class LimitMixin(models.Field):
    """A relation that only some rows of the target may be chosen for.

    ``limit`` lists conditions that all hold: ``{"field": 7, "operator": "=", "value": "PL"}``. The field is
    that of the target with this id, or this name; the value is text, as in a file.
    """

    def __init__(self, *args: Any, limit: Conditions = (), **kwargs: Any) -> None:
        self.limit = tuple(limit)
        if limit:
            kwargs["limit_choices_to"] = self._limit
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        if self.limit:
            del kwargs["limit_choices_to"]
            kwargs["limit"] = self.limit
        return name, path, args, kwargs

    def _limit(self) -> Q:
        """Return the conditions in the names of the present. One on a field that is gone holds for no row."""
        allowed = Q()
        for condition in self.limit:
            field = self._field_of_target(condition["field"])
            allowed &= Q(pk__in=()) if field is None else condition_on(field, condition)
        return allowed

    def _field_of_target(self, id_or_name: int | str) -> models.Field | None:
        fields = self.remote_field.model._meta.concrete_fields
        found = (f for f in fields if id_or_name in {f.name, getattr(f, "field_id", None)})
        return next(found, None)


def condition_on(field: models.Field, condition: Mapping[str, Any]) -> Q:
    """Return what a condition demands of a field. No row fits a value that the field itself does not take."""
    if condition["value"] in EMPTY:
        empty = Q(**{f"{field.name}__isnull": True})
        allowed = empty | Q(**{field.name: ""}) if field.empty_strings_allowed else empty
    else:
        try:
            value = field.clean(condition["value"], None)
        except ValidationError:
            return Q(pk__in=())
        allowed = Q(**{f"{field.name}__{OPERATORS[condition['operator']]}": value})
    return ~allowed if condition["operator"] == "!=" else allowed


def key_reader(key: models.Field) -> models.Field:
    """Return what reads the ids of a target as strictly as any other numbers."""
    return BigIntegerField() if isinstance(key, models.IntegerField) else key


def is_key(key: models.Field, value: Any) -> bool:
    """Whether a value may be the id of a row; numbers that no database holds are none."""
    try:
        key_reader(key).clean(value, None)
    except ValidationError:
        return False
    return True


class KeyMixin(models.ForeignKey):
    """A foreign key that reads the target's id as strictly as any other number."""

    @cached_property
    def _reader(self) -> models.Field:
        return key_reader(self.target_field)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, models.Model):
            value = getattr(value, self.target_field.attname)
        if value is None or value == "":
            return None
        return self._reader.to_python(value)


class ForeignKey(LimitMixin, KeyMixin, models.ForeignKey):
    """One row of the target, which may be that of many rows."""


class OneToOneField(LimitMixin, KeyMixin, models.OneToOneField):
    """One row of the target, which is that of no other row."""


class ManyToManyField(LimitMixin, models.ManyToManyField):
    """Any number of rows of the target."""

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        if "through" not in kwargs:
            # Left out as a class that belongs to the table; and without it Django takes no fields of it.
            kwargs.pop("through_fields", None)
        return name, path, args, kwargs
