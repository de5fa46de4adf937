"""Types of numbers."""

from typing import Any

from django import forms
from django.core import validators
from django.db import models
from django.utils.translation import gettext_lazy as _

from dynadmin.fieldtypes import fields
from dynadmin.fieldtypes.base import FieldType, Options
from dynadmin.fieldtypes.registry import field_types
from dynadmin.fieldtypes.shared import RangeOptions, UniqueOptions, ValueOptions


def range_validators(options: Options) -> list[Any]:
    low, high = options.get("min_value"), options.get("max_value")
    lowest = [] if low is None else [validators.MinValueValidator(low)]
    return lowest if high is None else [*lowest, validators.MaxValueValidator(high)]


class NumberOptions(RangeOptions, UniqueOptions, ValueOptions):
    """A subclass declares ``min_value``, ``max_value`` and ``default`` of its kind."""


class WholeNumberOptions(NumberOptions):
    min_value = forms.IntegerField(label=_("Lowest"), required=False)
    max_value = forms.IntegerField(label=_("Highest"), required=False)
    default = forms.IntegerField(label=_("Default"), required=False)


@field_types.register
class Int(FieldType):
    slug = "int"
    label = _("Whole number")
    family = "numbers"
    options_form = WholeNumberOptions
    field_class: type[models.Field] = fields.IntegerField

    def model_field(self, options: Options) -> models.Field:
        field = self.field_class(validators=range_validators(options), **self.column(options))
        return self.with_default(field, options)


@field_types.register
class BigInt(Int):
    slug = "bigint"
    label = _("Large whole number")
    field_class = fields.BigIntegerField
