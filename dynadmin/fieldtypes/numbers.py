"""Types of numbers."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from dynadmin.fieldtypes import fields
from dynadmin.fieldtypes.base import FieldType, Options
from dynadmin.fieldtypes.fields.doors import IntegerFormField
from dynadmin.fieldtypes.registry import field_types
from dynadmin.fieldtypes.shared import RangeOptions, UniqueOptions, ValueOptions, range_validators

# SQLite keeps a decimal as a floating point number, which is exact up to 15 digits. A wider column would lose
# digits there without a word, and PostgreSQL follows so that a table means the same on both.
MOST_DIGITS = 15


class NumberOptions(RangeOptions, UniqueOptions, ValueOptions):
    """A subclass declares ``min_value``, ``max_value`` and ``default`` of its kind."""


class WholeNumberOptions(NumberOptions):
    min_value = IntegerFormField(model_field=fields.BigIntegerField(), label=_("Lowest"), required=False)
    max_value = IntegerFormField(model_field=fields.BigIntegerField(), label=_("Highest"), required=False)
    default = IntegerFormField(model_field=fields.BigIntegerField(), label=_("Default"), required=False)


class FloatOptions(NumberOptions):
    min_value = forms.FloatField(label=_("Lowest"), required=False)
    max_value = forms.FloatField(label=_("Highest"), required=False)
    default = forms.FloatField(label=_("Default"), required=False)


class DecimalOptions(NumberOptions):
    max_digits = forms.IntegerField(
        label=_("Digits"),
        min_value=1,
        max_value=MOST_DIGITS,
        initial=12,
        help_text=_("Most digits, those behind the point included; 15 are exact everywhere."),
    )
    decimal_places = forms.IntegerField(
        label=_("Decimal places"),
        min_value=0,
        max_value=MOST_DIGITS,
        initial=2,
        help_text=_("Digits behind the decimal point."),
    )
    min_value = forms.DecimalField(label=_("Lowest"), required=False, max_digits=MOST_DIGITS)
    max_value = forms.DecimalField(label=_("Highest"), required=False, max_digits=MOST_DIGITS)
    default = forms.DecimalField(label=_("Default"), required=False, max_digits=MOST_DIGITS)
    field_order = ("max_digits", "decimal_places")

    def clean(self) -> dict[str, Any]:
        options = super().clean()
        digits, places = options.get("max_digits"), options.get("decimal_places")
        if digits is not None and places is not None and places > digits:
            self.add_error("decimal_places", _("There cannot be more decimal places than digits."))
        return options


class Number(FieldType):
    """Base of types of numbers."""

    family = "numbers"
    field_class: type[models.Field]

    # Makes a limit of the number that the options hold.
    read_limit: Callable[[Any], Any] = staticmethod(lambda limit: limit)

    def model_field(self, options: Options) -> models.Field:
        rules = range_validators(options, self.read_limit)
        return self.with_default(self.field_class(validators=rules, **self.column(options)), options)


@field_types.register
class Int(Number):
    slug = "int"
    kind = "whole"
    label = _("Whole number")
    options_form = WholeNumberOptions
    field_class = fields.IntegerField


@field_types.register
class BigInt(Number):
    slug = "bigint"
    kind = "whole"
    label = _("Large whole number")
    options_form = WholeNumberOptions
    field_class = fields.BigIntegerField


@field_types.register
class Float(Number):
    slug = "float"
    kind = "number"
    label = _("Number, floating point")
    options_form = FloatOptions
    field_class = fields.FloatField


@field_types.register
class DecimalNumber(Number):
    slug = "decimal"
    kind = "exact"
    label = _("Number, exact")
    options_form = DecimalOptions
    field_class = fields.DecimalField
    read_limit = staticmethod(lambda limit: Decimal(str(limit)))

    def column(self, options: Options) -> dict[str, Any]:
        sizes = {name: options[name] for name in ("max_digits", "decimal_places")}
        return {**super().column(options), **sizes}

    # Looked at together, below.
    options_for_new_values: ClassVar[frozenset[str]] = frozenset({"max_digits", "decimal_places"})

    def is_widening(self, old: Options, new: Options) -> bool:
        whole = new["max_digits"] - new["decimal_places"] >= old["max_digits"] - old["decimal_places"]
        return whole and new["decimal_places"] >= old["decimal_places"] and super().is_widening(old, new)
