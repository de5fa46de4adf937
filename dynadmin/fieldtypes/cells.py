"""Values as the text of a file's cell, and back: for the fields of any model.

``field.clean(text_reader...)`` is never needed to be guessed: ``to_text`` and ``from_text`` are each other's
inverse for every value that the field accepts.
"""

from collections.abc import Callable
from functools import singledispatch
from typing import Any

from django.db import models

TextWriter = Callable[[Any], str]


def to_text(field: models.Field, value: Any) -> str:
    """Return the value as text; None as ``""``."""
    return "" if value is None else text_writer(field)(value)


@singledispatch
def text_writer(field: models.Field) -> TextWriter:
    """Return the function that writes a value of this field, never None, as text."""
    return str
