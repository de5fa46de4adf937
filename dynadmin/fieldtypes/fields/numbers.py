"""Model fields of numbers."""

import math
import re
from decimal import Decimal
from typing import Any

from django.core import validators
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from dynadmin.fieldtypes.fields.doors import DecimalFormField, FloatFormField, IntegerFormField, refuse

# Digits are ASCII: Python's int() would also take other scripts' digits, and underscores.
WHOLE_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.0*)?")

NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")

# More digits than any column holds; longer ones are never given to int(), whose time grows with the square.
MOST_DIGITS = 40


def limits_of(field: models.Field) -> dict[str, Any]:
    """Return the lowest and highest value that the field's validators allow, as arguments of a form field."""
    limits = {}
    for validator in field.validators:
        if isinstance(validator, validators.MinValueValidator):
            limits["min_value"] = validator.limit_value
        elif isinstance(validator, validators.MaxValueValidator):
            limits["max_value"] = validator.limit_value
    return limits


def is_empty(value: Any) -> bool:
    """Whether there is no value: None, or a text of nothing but white space."""
    return value is None or (isinstance(value, str) and not value.strip())


class WholeNumberMixin(models.Field):
    """Reads whole numbers strictly: 5, "5", "+5" and 5.0, but neither 5.5, True nor "1_000"."""

    lowest: int
    highest: int
    range_message: Any

    @cached_property
    def validators(self) -> list[Any]:
        # Django's own limits differ by engine (SQLite's are of 64 bits always); ours are in to_python.
        return [*self.default_validators, *self._validators]

    def to_python(self, value: Any) -> int | None:
        # Nearly all values of a file are of the first kind, and there are millions of them.
        if type(value) is str and value.isdigit() and value.isascii() and len(value) < MOST_DIGITS:
            number = int(value)
        elif is_empty(value):
            return None
        else:
            number = self._number(value)
        if not self.lowest <= number <= self.highest:
            raise refuse(self.range_message, "out_of_range", value=value)
        return number

    def _number(self, value: Any) -> int:
        if type(value) is int:
            return value
        text = value.strip() if isinstance(value, str) else self._text_of(value)
        if not WHOLE_NUMBER.fullmatch(text):
            raise refuse(_("“%(value)s” is not a whole number."), value=value)
        if len(text) > MOST_DIGITS:
            raise refuse(self.range_message, "out_of_range", value=value)
        return int(text.partition(".")[0])

    def _text_of(self, value: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            return ""
        # Infinity and NaN have no whole part: int() would crash on them.
        return str(int(value)) if math.isfinite(value) and value == int(value) else str(value)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(
            **{**limits_of(self), **kwargs, "form_class": IntegerFormField, "model_field": self}
        )


class IntegerField(WholeNumberMixin, models.IntegerField):
    """A whole number of 32 bits."""

    lowest, highest = -(2**31), 2**31 - 1
    range_message = _(
        "“%(value)s” is too large: whole numbers go from -2147483648 to 2147483647. "
        "Fields of the type “Large whole number” go further."
    )


class BigIntegerField(WholeNumberMixin, models.BigIntegerField):
    """A whole number of 64 bits."""

    lowest, highest = -(2**63), 2**63 - 1
    range_message = _("“%(value)s” is too large: it goes from -9223372036854775808 to 9223372036854775807.")


class NumberMixin(models.Field):
    """Reads numbers with a decimal point strictly: no other scripts' digits, no infinity, no NaN."""

    form_class: Any

    def number_text(self, value: Any) -> str:
        """Return the value as a plain ASCII number. Raises ValidationError when it is none."""
        is_number = isinstance(value, int | float | Decimal | str) and not isinstance(value, bool)
        # Python refuses to write out a very long whole number.
        text = "" if not is_number or _is_endless(value) else str(value).strip()
        if not NUMBER.fullmatch(text):
            raise refuse(_("“%(value)s” is not a number."), value=value)
        return text

    def formfield(self, **kwargs: Any) -> Any:
        door = {"form_class": self.form_class, "model_field": self}
        return super().formfield(**{**limits_of(self), **kwargs, **door})


def _is_endless(value: Any) -> bool:
    return isinstance(value, int) and value.bit_length() > 2048


class FloatField(NumberMixin, models.FloatField):
    """A number with a floating point, finite."""

    form_class = FloatFormField

    def to_python(self, value: Any) -> float | None:
        if is_empty(value):
            return None
        number = float(self.number_text(value))
        if math.isinf(number):
            raise refuse(
                _("“%(value)s” is too large: numbers go up to 1.7e308."), "out_of_range", value=value
            )
        return number


class DecimalField(NumberMixin, models.DecimalField):
    """An exact number with a decimal point."""

    form_class = DecimalFormField

    def to_python(self, value: Any) -> Decimal | None:
        if is_empty(value):
            return None
        number = Decimal(self.number_text(value))
        # "1.500" is 1.50 where there are two places; validators refuse what would have to be rounded.
        # quantize() would fail on a number with more digits than a column has.
        if number.adjusted() < self.max_digits - self.decimal_places:
            exact = number.quantize(Decimal(1).scaleb(-self.decimal_places))
            # Adding nought turns "-0" into "0".
            number = exact + 0 if exact == number else number
        return number
