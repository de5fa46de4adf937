"""One type with options, and what it does with values."""

from dataclasses import dataclass, field
from typing import Any

from django.db import models

from dynadmin.fieldtypes import get_field

NUL = "a\x00b"
HALF_A_PAIR = "a\ud800b"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One type with options.

    ``valid`` has an input (JSON or text), the value it means, and the text of that value in a file;
    ``invalid`` an input and a part of the message; ``rendered`` a part of the HTML of the form's box.
    """

    slug: str
    valid: tuple[tuple[Any, Any, str], ...] = ()
    invalid: tuple[tuple[Any, str], ...] = ()
    rendered: str = ""
    options: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return "-".join([self.slug, *self.options])

    def make_field(self, **options: Any) -> models.Field:
        """Return a new field of the case, with further options."""
        return get_field(self.slug, {**self.options, **options})

    @property
    def texts(self) -> list[tuple[str, Any]]:
        """The texts that a file may hold, and what they mean."""
        return [(text, value) for given, value, text in self.valid] + [
            (given, value) for given, value, text in self.valid if isinstance(given, str) and given.strip()
        ]
