"""Which JSON a form field may be given: Django's expect the texts of an HTML form."""

from collections.abc import Mapping
from functools import singledispatch
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# float() crashes on a whole number that is larger than the largest float.
MOST_BITS = 1000


def kind_of(value: Any) -> str:
    """Return what kind of JSON value this is, in words."""
    kinds: tuple[tuple[Any, Any], ...] = (
        (bool, _("true or false")),
        (int | float, _("a number")),
        (str, _("a text")),
        (Mapping, _("an object")),
        (list | tuple, _("a list")),
    )
    names = (name for kind, name in kinds if isinstance(value, kind))
    return str(next(names, _("null")))


@singledispatch
def check_shape(field: forms.Field, value: Any) -> None:
    """Raise ValidationError when the JSON value is not of the kind that the form field takes.

    A form field of one's own takes any JSON unless a rule is registered for it.
    """


@check_shape.register
def _check_boolean(field: forms.BooleanField, value: Any) -> None:
    if value is not None and not isinstance(value, bool):
        raise ValidationError(
            _("It has to be true or false, not %(kind)s."), code="shape", params={"kind": kind_of(value)}
        )


@check_shape.register
def _check_number(field: forms.IntegerField, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float | str | None):
        raise ValidationError(
            _("It has to be a number, not %(kind)s."), code="shape", params={"kind": kind_of(value)}
        )
    if isinstance(value, int) and value.bit_length() > MOST_BITS:
        raise ValidationError(_("The number is too large."), code="out_of_range")


@check_shape.register(forms.CharField)
@check_shape.register(forms.ChoiceField)
@check_shape.register(forms.DateField)
@check_shape.register(forms.DateTimeField)
@check_shape.register(forms.TimeField)
@check_shape.register(forms.DurationField)
def _check_text(field: forms.Field, value: Any) -> None:
    if not isinstance(value, str | None):
        raise ValidationError(
            _("It has to be a text, not %(kind)s."), code="shape", params={"kind": kind_of(value)}
        )
    refuse_unstorable(value or "")


def refuse_unstorable(text: str) -> None:
    """Raise ValidationError on text that no database stores: NUL and halves of surrogate pairs."""
    if "\x00" in text:
        raise ValidationError(_("NUL characters are not allowed."), code="unstorable")
    if not has_whole_characters(text):
        raise ValidationError(
            _("The text has a broken character (half of a surrogate pair)."), code="unstorable"
        )


def has_whole_characters(text: str) -> bool:
    """Return whether there is no half of a surrogate pair in a text, which JSON can hold and UTF-8 cannot."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
