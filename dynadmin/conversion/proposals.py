"""A list of choices made from the values of a column."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from dynadmin.fieldtypes.cells import to_text
from dynadmin.fieldtypes.option_fields import MOST_CHOICES, clean_text

MOST_PROPOSED = 200


def propose_choices(
    counts: Mapping[Any, int],
    field: models.Field | None = None,
    *,
    separator: str = "",
    most: int = MOST_PROPOSED,
) -> list[dict[str, str]]:
    """Return choices, as options have them, for the values of a column with how often each comes.

    ``field`` is the one the values are of; without it they are texts. With a ``separator`` each text is of
    several values. At most ``most`` are proposed, the most frequent, in alphabetical order; texts that no
    choice can be, long ones or of several lines, are left out.
    """
    texts: Counter[str] = Counter()
    for value, count in counts.items():
        text = to_text(field, value) if field is not None else str(value or "")
        for part in text.split(separator) if separator else [text]:
            texts[part.strip()] += count
    possible = {text: count for text, count in texts.items() if text and _is_possible(text, separator)}
    frequent = sorted(possible, key=lambda text: (-possible[text], text))[: min(most, MOST_CHOICES)]
    return [{"value": text, "label": text, "color": ""} for text in sorted(frequent, key=_in_lists)]


def _is_possible(text: str, separator: str) -> bool:
    try:
        return clean_text(text, 1) == text and not (separator and ";" in text)
    except ValidationError:
        return False


def _in_lists(text: str) -> tuple[str, str]:
    return text.casefold(), text
