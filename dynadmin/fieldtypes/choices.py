"""Types whose values are chosen: yes or no, one of a list, several of a list."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from dynadmin.fieldtypes import fields
from dynadmin.fieldtypes.base import FieldType, Options
from dynadmin.fieldtypes.fields.choices import SEPARATOR
from dynadmin.fieldtypes.option_fields import LONGEST_VALUE, ChoiceListField, TextListField
from dynadmin.fieldtypes.registry import field_types
from dynadmin.fieldtypes.shared import TextualOptions, UniqueTextOptions, ValueOptions
from dynadmin.fieldtypes.text import TextType
from dynadmin.options import OptionsForm, check_shape


class BooleanDefaultField(forms.TypedChoiceField):
    """A default of yes, no, or neither."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [("", _("None")), ("true", _("Yes")), ("false", _("No"))]
        super().__init__(choices=choices, coerce=lambda word: word == "true", empty_value=None, **kwargs)

    def to_python(self, value: Any) -> str:
        return super().to_python(str(value).lower() if isinstance(value, bool) else value)


@check_shape.register
def _take_boolean(field: BooleanDefaultField, value: Any) -> None:
    """Anything else is none of the choices."""


class BoolOptions(ValueOptions):
    default = BooleanDefaultField(label=_("Default"), required=False)


class ChoicesOptions(OptionsForm):
    choices = ChoiceListField(
        label=_("Choices"), help_text=_("The value is stored and stands in files; people see the label.")
    )


class ChoiceOptions(ChoicesOptions, UniqueTextOptions):
    default = forms.CharField(label=_("Default"), required=False, help_text=_("The value of one choice."))
    field_order = ("choices",)


class MultiChoiceOptions(ChoicesOptions):
    blank = TextualOptions.base_fields["blank"]
    help_text = TextualOptions.base_fields["help_text"]
    default = TextListField(
        label=_("Default"), required=False, item_title=_("Value"), help_text=_("Values of choices.")
    )

    def clean_choices(self) -> list[dict[str, str]]:
        choices: list[dict[str, str]] = self.cleaned_data["choices"]
        for choice in choices:
            if SEPARATOR in choice["value"]:
                # It stands between the values in a file.
                message = _("The value “%(value)s” has a “;”, which separates values in files.")
                raise ValidationError(message, code="separator", params={"value": choice["value"]})
        return choices


@field_types.register
class Bool(FieldType):
    slug = "bool"
    kind = "bool"
    label = _("Yes or no")
    family = "choices"
    options_form = BoolOptions

    def model_field(self, options: Options) -> models.Field:
        column = {**self.column(options), "unique": False, "db_index": False}
        return self.with_default(fields.BooleanField(**column), options)


def pairs(options: Options) -> list[tuple[str, str]]:
    """Return the choices of the options as Django writes them."""
    return [(choice["value"], choice["label"]) for choice in options["choices"]]


def colors(options: Options) -> dict[str, str]:
    """Return the colours of the options by value; choices without one are left out."""
    return {choice["value"]: choice["color"] for choice in options["choices"] if choice["color"]}


@field_types.register
class Choice(TextType):
    slug = "choice"
    kind = "choice"
    label = _("Choice")
    family = "choices"
    options_form = ChoiceOptions
    field_class = fields.ChoiceField

    def column(self, options: Options) -> dict[str, Any]:
        # One length for all, so that a change of choices never changes the column.
        column = super().column({**options, "max_length": LONGEST_VALUE})
        return {**column, "choices": pairs(options), "choice_colors": colors(options)}


@field_types.register
class MultiChoice(FieldType):
    slug = "multichoice"
    kind = "choices"
    label = _("Multiple choice")
    family = "choices"
    options_form = MultiChoiceOptions

    def model_field(self, options: Options) -> models.Field:
        column = self.column({**options, "null": True})
        field = fields.MultiChoiceField(item_choices=pairs(options), choice_colors=colors(options), **column)
        return self.with_default(field, options)
