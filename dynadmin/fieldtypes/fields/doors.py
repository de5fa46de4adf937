"""Form fields that leave the reading of a value to their model field."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

_LONGEST_SHOWN = 60


class ModelFieldDoor(forms.Field):
    """Mixin for form fields. Django's read some texts otherwise than the model does (digits of other scripts,
    dates in the format of a language), so a form and a file would disagree.
    """

    def __init__(self, *, model_field: models.Field, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.model_field = model_field

    def to_python(self, value: Any) -> Any:
        return self.model_field.to_python(value)


class TextFormField(ModelFieldDoor, forms.CharField):
    pass


class EmailFormField(ModelFieldDoor, forms.EmailField):
    pass


class URLFormField(ModelFieldDoor, forms.CharField):
    """Unlike Django's it adds no scheme to ``example.com``: a file would not either."""

    widget = forms.URLInput


class SlugFormField(ModelFieldDoor, forms.SlugField):
    pass


class IntegerFormField(ModelFieldDoor, forms.IntegerField):
    pass


class FloatFormField(ModelFieldDoor, forms.FloatField):
    pass


class DecimalFormField(ModelFieldDoor, forms.DecimalField):
    pass


class DurationFormField(ModelFieldDoor, forms.DurationField):
    pass


class UUIDFormField(ModelFieldDoor, forms.UUIDField):
    pass


class IPAddressFormField(ModelFieldDoor, forms.GenericIPAddressField):
    pass


def refuse(message: str, code: str = "invalid", **params: Any) -> ValidationError:
    """Return the error to raise; texts of people go through ``params``, cut to a readable length."""
    short = {key: shorten(value) for key, value in params.items()}
    return ValidationError(message, code=code, params=short)


def shorten(value: Any) -> Any:
    """Return the value as a text fit for a message; numbers as they are."""
    if isinstance(value, int) and not isinstance(value, bool):
        # A hundred thousand digits are no message, and Python refuses to write them out.
        return value if value.bit_length() < 128 else _("a very long number")
    text = value if isinstance(value, str) else str(value)
    # A message with half a surrogate pair could not be sent to anyone.
    text = text.encode("utf-8", "replace").decode()
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"
