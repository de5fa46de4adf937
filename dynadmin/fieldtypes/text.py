"""Types of text."""

from typing import Any, ClassVar

from django import forms
from django.core import validators
from django.db import models
from django.utils.translation import gettext_lazy as _

from dynadmin.fieldtypes import fields
from dynadmin.fieldtypes.base import FieldType, Options
from dynadmin.fieldtypes.patterns import PatternOptions, pattern_validators
from dynadmin.fieldtypes.registry import field_types
from dynadmin.fieldtypes.shared import TextualOptions, UniqueTextOptions
from dynadmin.options import OptionsForm

# A PostgreSQL index refuses entries beyond 2,704 bytes, and a character may take four.
LONGEST_INDEXED = 600


class LengthOptions(OptionsForm):
    """A subclass declares ``max_length`` with the limits of its kind."""

    min_length = forms.IntegerField(
        label=_("Shortest"),
        required=False,
        min_value=0,
        max_value=10_000,
        help_text=_("Fewest characters of a value that is not empty."),
    )

    def clean(self) -> dict[str, Any]:
        options = super().clean()
        longest = options.get("max_length")
        if longest is not None and (options.get("min_length") or 0) > longest:
            self.add_error("min_length", _("The shortest is longer than the longest."))
        return options


class IndexedTextOptions(UniqueTextOptions):
    """For texts of one line: an index takes only short ones."""

    default = forms.CharField(label=_("Default"), required=False)

    def clean(self) -> dict[str, Any]:
        options = super().clean()
        longest = options.get("max_length") or 0
        for option in ("unique", "db_index"):
            if options.get(option) and longest > LONGEST_INDEXED:
                message = _("Possible only up to a length of %(longest)d characters.")
                self.add_error(option, message % {"longest": LONGEST_INDEXED})
        return options


class CharOptions(LengthOptions, PatternOptions, IndexedTextOptions):
    max_length = forms.IntegerField(
        label=_("Longest"),
        min_value=1,
        max_value=10_000,
        initial=255,
        help_text=_("Most characters of a value."),
    )
    field_order = ("max_length", "min_length", "regex", "regex_message")


class TextOptions(LengthOptions, PatternOptions, TextualOptions):
    max_length = forms.IntegerField(
        label=_("Longest"),
        min_value=1,
        max_value=10_000_000,
        initial=100_000,
        help_text=_("Most characters of a value."),
    )
    default = forms.CharField(label=_("Default"), required=False, widget=forms.Textarea)
    field_order = ("max_length", "min_length", "regex", "regex_message")


class EmailOptions(IndexedTextOptions):
    max_length = forms.IntegerField(
        label=_("Longest"),
        min_value=6,
        max_value=320,
        initial=254,
        help_text=_("Most characters of a value."),
    )


class URLOptions(IndexedTextOptions):
    max_length = forms.IntegerField(
        label=_("Longest"),
        min_value=11,
        max_value=2048,
        initial=500,
        help_text=_("Most characters of a value."),
    )


class SlugOptions(IndexedTextOptions):
    max_length = forms.IntegerField(
        label=_("Longest"), min_value=1, max_value=255, initial=50, help_text=_("Most characters of a value.")
    )
    allow_unicode = forms.BooleanField(
        label=_("Letters of all scripts"), required=False, help_text=_("Not only the letters a to z.")
    )


class TextType(FieldType):
    """Base of types of text: a NOT NULL column has an empty text as default in the database."""

    family = "text"
    kind = "text"
    field_class: type[models.Field]
    options_for_new_values: ClassVar[frozenset[str]] = frozenset({"regex_message"})

    def column(self, options: Options) -> dict[str, Any]:
        column = {**super().column(options), "max_length": options["max_length"]}
        return column if column["null"] else {**column, "db_default": ""}

    def model_field(self, options: Options) -> models.Field:
        rules = pattern_validators(options)
        if options.get("min_length"):
            rules = [validators.MinLengthValidator(options["min_length"]), *rules]
        return self.with_default(self.field_class(validators=rules, **self.column(options)), options)


@field_types.register
class Char(TextType):
    slug = "char"
    label = _("Text")
    options_form = CharOptions
    field_class = fields.CharField


@field_types.register
class Text(TextType):
    slug = "text"
    label = _("Text, several lines")
    options_form = TextOptions
    field_class = fields.TextField


@field_types.register
class Email(TextType):
    slug = "email"
    label = _("E-mail address")
    options_form = EmailOptions
    field_class = fields.EmailField


@field_types.register
class URL(TextType):
    slug = "url"
    label = _("Web address")
    options_form = URLOptions
    field_class = fields.URLField


@field_types.register
class Slug(TextType):
    slug = "slug"
    label = _("Slug")
    options_form = SlugOptions
    field_class = fields.SlugField

    def column(self, options: Options) -> dict[str, Any]:
        return {**super().column(options), "allow_unicode": options.get("allow_unicode", False)}
