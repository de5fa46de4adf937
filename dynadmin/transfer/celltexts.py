"""The values of a column as the texts of a file's cells."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django.db import models

from dynadmin.fieldtypes.cells import text_writer
from dynadmin.transfer.formulas import escape_formula, is_free_text

# Texts beyond this length are not remembered: they seldom repeat, and would cost memory.
_MEMORABLE = 100
_TEXTS = 10_000

# Fields of which equal values have equal texts; 0.0 and -0.0 are equal, and so are 1.0 and 1.00.
_UNAMBIGUOUS = (
    models.CharField,
    models.DateField,
    models.TimeField,
    models.UUIDField,
    models.BooleanField,
    models.GenericIPAddressField,
)


def writer_of(field: models.Field, *, escape: bool) -> Callable[[Any], str]:
    """Return the function that gives the text of a value of this field; '' for None.

    With `escape`, texts that a spreadsheet would run as formulas are made harmless.
    """
    plain = text_writer(field)
    if escape and is_free_text(field):
        return lambda value: "" if value is None else escape_formula(plain(value))
    return lambda value: "" if value is None else plain(value)


class Texts(dict):
    """The text of each value of a column, remembered for the values seen lately: `texts[value]`."""

    def __init__(self, write: Callable[[Any], str]) -> None:
        super().__init__()
        self._write = write

    def __missing__(self, value: Any) -> str:
        text = self._write(value)
        if len(text) <= _MEMORABLE:
            if len(self) >= _TEXTS:
                self.clear()
            self[value] = text
        return text


def column_writer(field: models.Field, *, escape: bool) -> Callable[[Iterable[Any]], Iterable[Any]]:
    """Return the function that makes of a column's values what a csv writer takes, for many rows at once."""
    if isinstance(field, models.IntegerField):
        # The csv writer gives the same text, and '' for None, without a call a cell.
        return iter
    write = writer_of(field, escape=escape)
    return partial(map, Texts(write).__getitem__ if isinstance(field, _UNAMBIGUOUS) else write)
