"""Model fields of values with a form of their own: UUIDs, network addresses, JSON."""

import json
import re
import uuid
from decimal import Decimal
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from dynadmin.fieldtypes.fields.doors import IPAddressFormField, ModelFieldDoor, UUIDFormField, refuse
from dynadmin.fieldtypes.fields.numbers import is_empty
from dynadmin.options import refuse_unstorable

# With hyphens or without; Python's own reader also takes underscores, braces and digits of other scripts.
UUID_TEXT = re.compile(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

# From here on a float has no digits behind the point, and PostgreSQL gives it back as a whole number.
WHOLE_FLOATS = 1e16
LARGEST_NUMBER = 2**63


class UUIDField(models.UUIDField):
    """A UUID."""

    def to_python(self, value: Any) -> uuid.UUID | None:
        if is_empty(value) or isinstance(value, uuid.UUID):
            return value or None
        text = value.strip() if isinstance(value, str) else ""
        if not UUID_TEXT.fullmatch(text):
            raise refuse(_("“%(value)s” is not a UUID."), value=value)
        return uuid.UUID(text)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{**kwargs, "form_class": UUIDFormField, "model_field": self})


class IPAddressField(models.GenericIPAddressField):
    """An address of IP version 4 or 6."""

    def to_python(self, value: Any) -> str | None:
        if is_empty(value):
            return None
        # PostgreSQL refuses the zone of an address ("fe80::1%eth0"), which Python accepts.
        if not isinstance(value, str) or "%" in value or not value.isascii():
            raise refuse(_("“%(value)s” is not an IP address."), value=value)
        return super().to_python(value)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{**kwargs, "form_class": IPAddressFormField, "model_field": self})


class JSONFormField(ModelFieldDoor, forms.CharField):
    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        if value is None or isinstance(value, str):
            return value
        return json.dumps(value, indent=2, ensure_ascii=False)


class JSONField(models.JSONField):
    """JSON: an object, a list, a number, true or false.

    A text is always read as JSON text, so a lone text is no value of this field: cleaning a value twice would
    read it twice. ``null`` is no value either, it means that there is none.
    """

    non_db_attrs = (*models.JSONField.non_db_attrs, "max_length", "max_depth")
    # An empty list or object is a value.
    empty_values: Any = (None, "")

    def __init__(self, *args: Any, max_depth: int = 20, **kwargs: Any) -> None:
        self.max_depth = max_depth
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "max_depth": self.max_depth}

    def to_python(self, value: Any) -> Any:
        if is_empty(value):
            return None
        checked = self._check(self._parse(value) if isinstance(value, str) else value, depth=1)
        if isinstance(checked, str):
            raise refuse(_("A text alone is not possible here, only an object, a list or a number."), "text")
        self._check_length(checked)
        return checked

    def _check_length(self, value: Any) -> None:
        # Without white space: forms show JSON with indents.
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        if self.max_length is not None and len(text) > self.max_length:
            message = _("The JSON is longer than %(most)d characters.")
            raise refuse(message, "max_length", most=self.max_length)

    def _parse(self, text: str) -> Any:
        try:
            return json.loads(text, parse_constant=_refuse_constant)
        except json.JSONDecodeError as error:
            message = _("This is not JSON: %(problem)s at line %(line)d, column %(column)d.")
            raise refuse(message, problem=error.msg, line=error.lineno, column=error.colno) from None
        except RecursionError:
            raise self._too_deep() from None
        except ValueError:
            # Python reads no whole number of more than 4,300 digits.
            raise refuse(NUMBER_TOO_LARGE, "number") from None

    def _check(self, value: Any, depth: int) -> Any:
        """Return the value as both engines give it back, or raise ValidationError if one cannot store it."""
        if depth > self.max_depth:
            raise self._too_deep()
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            refuse_unstorable(value)
            return value
        if isinstance(value, int | float):
            return _check_number(value)
        if isinstance(value, list | tuple):
            return [self._check(item, depth + 1) for item in value]
        if isinstance(value, dict) and all(isinstance(key, str) for key in value):
            return {self._check(key, depth): self._check(item, depth + 1) for key, item in value.items()}
        raise refuse(_("“%(value)s” cannot be written as JSON."), value=value)

    def _too_deep(self) -> Exception:
        return refuse(_("The JSON is nested more than %(most)d levels deep."), "depth", most=self.max_depth)

    def formfield(self, **kwargs: Any) -> Any:
        door = {"form_class": JSONFormField, "model_field": self}
        # Past Django's JSONField, whose form field reads by itself, and crashes on deep nesting.
        return super(models.JSONField, self).formfield(**{**kwargs, **door})


NUMBER_TOO_LARGE = _("Numbers in JSON are limited to 64 bits, and are neither infinite nor NaN.")


def _refuse_constant(_name: str) -> Any:
    raise refuse(NUMBER_TOO_LARGE, "number")


def _check_number(number: float) -> float:
    if not -LARGEST_NUMBER <= number < LARGEST_NUMBER:
        raise refuse(NUMBER_TOO_LARGE, "number")
    if isinstance(number, float) and abs(number) >= WHOLE_FLOATS:
        return int(Decimal(repr(number)))
    return number
