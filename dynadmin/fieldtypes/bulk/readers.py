"""What all bulk readers have in common."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from django.core import validators
from django.db import models

Texts = Sequence[str]


class BulkReader:
    """Reads texts of one field. Subclass it for a kind of values.

    `copies` says that PostgreSQL's COPY reads a fitting text as the value that it means.
    """

    copies = True

    def __init__(self, field: models.Field) -> None:
        self.field = field
        self.lowest, self.highest = _limits(field)

    @property
    def is_unlimited(self) -> bool:
        """Whether values of any size are legal."""
        return self.lowest is None and self.highest is None

    def fits(self, texts: Texts) -> bool:
        """Return whether all these texts, none of them empty, are plain and legal."""
        raise NotImplementedError

    def values(self, texts: Texts) -> list[Any]:
        """Return the values of texts that fit."""
        raise NotImplementedError

    def driver_values(self, texts: Texts) -> Sequence[Any]:
        """Return the values of texts that fit as SQLite's driver takes them."""
        raise NotImplementedError

    def plain_shape(self) -> str | None:
        """Return a regular expression of texts that all are legal and mean to PostgreSQL what they mean here.

        None of them has a quote, a backslash, a line break or what stands between cells. None: there is none.
        """
        return None


class Shaped(BulkReader):
    """Reads texts that have one shape, and values in a range."""

    shape: str
    read: Callable[[str], Any]

    def __init__(self, field: models.Field) -> None:
        super().__init__(field)
        # Of ASCII letters only. A line break inside a text may look like one between two: `read` refuses it.
        self._shapes = re.compile(rf"{self.shape}(?:\n{self.shape})*")

    def fits(self, texts: Texts) -> bool:
        """Return whether all texts have the shape and their values are in the range."""
        if not self._shapes.fullmatch("\n".join(texts)):
            return False
        try:
            values = self.values(texts)
        except (ValueError, ArithmeticError):
            return False
        return (self.lowest is None or min(values) >= self.lowest) and (
            self.highest is None or max(values) <= self.highest
        )

    def values(self, texts: Texts) -> list[Any]:
        """Return the values of texts that have the shape."""
        return list(map(self.read, texts))

    def driver_values(self, texts: Texts) -> Sequence[Any]:
        """Return the values: SQLite's driver takes them as they are."""
        return self.values(texts)


def _limits(field: models.Field) -> tuple[Any, Any]:
    """Return the lowest and the highest value that the validators allow."""
    lowest = _values_of(field, validators.MinValueValidator)
    highest = _values_of(field, validators.MaxValueValidator)
    return max(lowest, default=None), min(highest, default=None)


def _values_of(field: models.Field, kind: type[validators.BaseValidator]) -> list[Any]:
    limits = [v.limit_value for v in field.validators if isinstance(v, kind)]
    return [limit() if callable(limit) else limit for limit in limits]
