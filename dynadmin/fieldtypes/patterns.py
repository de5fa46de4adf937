"""Regular expressions that people type, run in time linear in the text."""

from functools import lru_cache
from typing import Any

import re2
from django import forms
from django.core.exceptions import ValidationError
from django.utils.deconstruct import deconstructible
from django.utils.translation import gettext_lazy as _

from dynadmin.options import OptionsForm

LONGEST_PATTERN = 500


@lru_cache(maxsize=512)
def compile_pattern(pattern: str) -> Any:
    """Return the compiled expression. Raises ValidationError, in words, when it cannot be run safely.

    RE2 never backtracks, so that no pattern can hold up a server; for that it lacks look-around and
    references back to a group.
    """
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error.args[0])
        message = _(
            "This expression cannot be used: %(reason)s. "
            "Looking ahead or behind and referring back to a group are not possible."
        )
        raise ValidationError(message, code="regex", params={"reason": reason}) from error


@deconstructible
class PatternValidator:
    """Accepts a text when the whole of it matches the expression."""

    message: Any = _("The value does not have the form asked for: %(regex)s")
    code = "regex"

    def __init__(self, regex: str, message: str = "") -> None:
        self.regex = regex
        self.message = message or self.message

    def __call__(self, value: str) -> None:
        if not compile_pattern(self.regex).fullmatch(value):
            raise ValidationError(self.message, code=self.code, params={"regex": self.regex, "value": value})

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, PatternValidator)
            and self.regex == other.regex
            and str(self.message) == str(other.message)
        )

    def __hash__(self) -> int:
        return hash(self.regex)


class PatternOptions(OptionsForm):
    """For types whose texts may have to match a regular expression."""

    regex = forms.CharField(
        label=_("Pattern"),
        required=False,
        max_length=LONGEST_PATTERN,
        strip=False,
        help_text=_("A regular expression that the whole value has to match, such as [A-Z]{2}[0-9]+."),
    )
    regex_message = forms.CharField(
        label=_("Message"),
        required=False,
        max_length=200,
        help_text=_("What to tell people whose value does not match."),
    )

    def clean_regex(self) -> str:
        regex: str = self.cleaned_data["regex"]
        if regex:
            compile_pattern(regex)
        return regex


def pattern_validators(options: Any) -> list[PatternValidator]:
    """Return the validators that the options ask for: one, or none."""
    regex = options.get("regex")
    # A percent sign in a person's message is no placeholder.
    message = options.get("regex_message", "").replace("%", "%%")
    return [PatternValidator(regex, message)] if regex else []
