"""Texts that a spreadsheet would run as a formula, made harmless on the way out and restored on the way in.

A text that starts with one of `= + - @`, a tab or a line end gets a leading apostrophe. So does a text that
already looks escaped, which makes the two functions exact inverses: what was exported imports as it was.
"""

import re

from django.db import models

_STARTS = "\t\n\r+-=@"
_RISKY = re.compile(f"'*[{re.escape(_STARTS)}]")
_ESCAPED = re.compile(f"'+[{re.escape(_STARTS)}]")

# Their texts are written by the program from a number or a date: nothing a person typed is in them.
_HARMLESS = (
    models.IntegerField,
    models.FloatField,
    models.DecimalField,
    models.BooleanField,
    models.DateField,
    models.TimeField,
    models.DurationField,
    models.UUIDField,
)


def is_free_text(field: models.Field) -> bool:
    """Return whether the values of this field may start like a formula."""
    return not isinstance(field, _HARMLESS)


def risky_codes() -> list[int]:
    """Return the codes of the characters that a formula may start with."""
    return [ord(character) for character in _STARTS]


def escape_formula(text: str) -> str:
    """Return the text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if _RISKY.match(text) else text


def unescape_formula(text: str) -> str:
    """Return the text that `escape_formula` was given."""
    return text[1:] if _ESCAPED.match(text) else text
