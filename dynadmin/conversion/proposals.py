"""A list of choices made from the values of a column."""

from collections import Counter
from collections.abc import Mapping

from django.core.exceptions import ValidationError

from dynadmin.conversion.choicevalues import SEPARATORS
from dynadmin.fieldtypes.option_fields import clean_text

MOST_PROPOSED = 200


def propose_choices(counts: Mapping[str, int]) -> list[dict[str, str]]:
    """Return choices, as options have them, for the texts of a column with how often each comes.

    The most frequent are proposed, at most so many, in alphabetical order; texts that no choice can be, long
    ones or of several lines, are left out.
    """
    possible = {text: count for text, count in counts.items() if text and _is_possible(text)}
    frequent = sorted(possible, key=lambda text: (-possible[text], text))[:MOST_PROPOSED]
    return [{"value": text, "label": text, "color": ""} for text in sorted(frequent, key=_in_lists)]


def count_parts(counts: Mapping[str, int]) -> dict[str, int]:
    """Return how often each value comes, where texts may be of several with a separator between them."""
    separator = next((sign for sign in SEPARATORS.values() if any(sign in text for text in counts)), None)
    parts: Counter[str] = Counter()
    for text, count in counts.items():
        for part in text.split(separator) if separator else [text]:
            parts[part.strip()] += count
    return dict(parts)


def _is_possible(text: str) -> bool:
    try:
        return clean_text(text, 1) == text
    except ValidationError:
        return False


def _in_lists(text: str) -> tuple[str, str]:
    return text.casefold(), text
