"""Options that many types share, as forms to build on."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.core import validators
from django.utils.translation import gettext_lazy as _

from dynadmin.options import EMPTY, OptionsForm


class TextualOptions(OptionsForm):
    """For types whose empty value is an empty text."""

    blank = forms.BooleanField(
        label=_("May be empty"),
        required=False,
        initial=True,
        help_text=_("Untick to make the field required."),
    )
    null = forms.BooleanField(
        label=_("Store empty as NULL"), required=False, help_text=_("An empty value is NULL in the database.")
    )
    help_text = forms.CharField(
        label=_("Help text"), required=False, max_length=500, help_text=_("Shown below the field in forms.")
    )


class ValueOptions(TextualOptions):
    """For types that have no empty value but NULL."""

    null = forms.BooleanField(
        label=_("Allow NULL"),
        required=False,
        initial=True,
        help_text=_("The column may be without a value. Rows that exist when the field is added need this."),
    )

    def clean(self) -> dict[str, Any]:
        options = super().clean()
        if options.get("blank") and not options.get("null"):
            if "blank" in self.given:
                self.add_error("blank", _("A field that may be empty has to allow NULL as well."))
            else:
                options["blank"] = False
        return options


class UniqueOptions(OptionsForm):
    """For types whose values can be compared and found."""

    unique = forms.BooleanField(
        label=_("No value twice"), required=False, help_text=_("Two rows cannot have the same value.")
    )
    db_index = forms.BooleanField(
        label=_("Index"), required=False, help_text=_("Makes searching and sorting large tables by it quick.")
    )

    # Words for a default that is made anew for each row.
    moving_defaults: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        options = super().clean()
        default = options.get("default")
        if options.get("unique") and default not in EMPTY and default not in self.moving_defaults:
            self.add_error("default", _("A field without repeated values cannot have a default."))
        return options


class UniqueTextOptions(UniqueOptions, TextualOptions):
    """For short texts."""

    def clean(self) -> dict[str, Any]:
        options = super().clean()
        # Two empty texts are equal and would clash; two NULLs are not.
        if options.get("unique") and options.get("blank"):
            options["null"] = True
        return options


class RangeOptions(OptionsForm):
    """For types with a lowest and a highest value: a subclass declares ``min_value`` and ``max_value``."""

    def clean(self) -> dict[str, Any]:
        options = super().clean()
        low, high = options.get("min_value"), options.get("max_value")
        if low is not None and high is not None and low > high:
            self.add_error("max_value", _("The highest value is below the lowest."))
        return options


def range_validators(options: Mapping[str, Any], read: Callable[[Any], Any]) -> list[Any]:
    """Return validators for ``min_value`` and ``max_value``; ``read`` makes a value of a stored option."""
    kinds = {"min_value": validators.MinValueValidator, "max_value": validators.MaxValueValidator}
    return [kind(read(options[name])) for name, kind in kinds.items() if options.get(name) is not None]
