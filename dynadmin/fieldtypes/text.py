"""Types of text."""

from typing import Any

from django import forms
from django.core import validators
from django.db import models
from django.utils.translation import gettext_lazy as _

from dynadmin.fieldtypes import fields
from dynadmin.fieldtypes.base import FieldType, Options
from dynadmin.fieldtypes.registry import field_types
from dynadmin.fieldtypes.shared import UniqueTextOptions

# A PostgreSQL index refuses entries beyond 2,704 bytes, and a character may take four.
LONGEST_INDEXED = 600


class CharOptions(UniqueTextOptions):
    max_length = forms.IntegerField(
        label=_("Longest"),
        min_value=1,
        max_value=10_000,
        initial=255,
        help_text=_("Most characters of a value."),
    )
    min_length = forms.IntegerField(
        label=_("Shortest"), required=False, min_value=0, max_value=10_000, help_text=_("Fewest characters.")
    )
    default = forms.CharField(label=_("Default"), required=False)

    def clean(self) -> dict[str, Any]:
        options = super().clean()
        longest = options.get("max_length") or 0
        if (options.get("min_length") or 0) > longest:
            self.add_error("min_length", _("The shortest is longer than the longest."))
        for option in ("unique", "db_index"):
            if options.get(option) and longest > LONGEST_INDEXED:
                message = _("Possible only up to a length of %(longest)d characters.")
                self.add_error(option, message % {"longest": LONGEST_INDEXED})
        return options


def length_validators(options: Options) -> list[Any]:
    shortest = options.get("min_length")
    return [validators.MinLengthValidator(shortest)] if shortest else []


class TextType(FieldType):
    """Base of types of text: a NOT NULL column needs an empty text in the database too."""

    family = "text"

    def column(self, options: Options) -> dict[str, Any]:
        column = super().column(options)
        return column if column["null"] else {**column, "db_default": ""}


@field_types.register
class Char(TextType):
    slug = "char"
    label = _("Text")
    options_form = CharOptions

    def model_field(self, options: Options) -> models.Field:
        field = fields.CharField(
            max_length=options["max_length"], validators=length_validators(options), **self.column(options)
        )
        return self.with_default(field, options)
