"""The options of a field that takes the values of a column, and some more like them."""

from typing import Any

from django.core.exceptions import ValidationError

from dynadmin.conversion import propose_choices
from dynadmin.fieldtypes import field_types
from dynadmin.inference.deciding import Decision, stores_texts
from dynadmin.inference.tally import Tally
from dynadmin.inference.words import names_codes, names_keys

# Lengths that people choose; a text that comes next may be a little longer.
_LENGTHS = (10, 20, 50, 100, 150, 200, 255, 500, 1_000, 2_000, 5_000, 10_000)
_LONGEST_UNIQUE = 600
_MOST_DIGITS = 15
_MORE_DIGITS = 2
# As many places are kept as are written, even where they are noughts: 12.50 is an amount.
_PLACES_OF_AMOUNTS = 4
_UNIQUE_TYPES = frozenset({"int", "bigint", "char", "uuid", "email", "url"})
# With fewer values it means little that none comes twice, unless the header says that they tell rows.
_MANY = 1_000


def options_for(tally: Tally, decision: Decision, header: str) -> dict[str, Any]:
    """Return canonical options; those of the type alone where the values allow no others."""
    field_type = field_types[decision.type]
    known = field_type.options_form.base_fields
    wanted = {name: value for name, value in _wanted(tally, decision, header).items() if name in known}
    try:
        return field_type.clean_options(wanted)
    except ValidationError:
        try:
            return field_type.clean_options({})
        except ValidationError:
            return {}


def _wanted(tally: Tally, decision: Decision, header: str) -> dict[str, Any]:
    options: dict[str, Any] = _emptiness(decision)
    if decision.numbers is not None and decision.type == "decimal":
        options |= _digits(decision)
    if decision.type == "choice":
        texts = (*tally.texts, *tally.words)
        counts = {text.strip(): 1 for text in texts if text not in decision.empty_texts}
        options["choices"] = propose_choices(counts)
    elif decision.type == "text":
        options["max_length"] = max(100_000, _length(tally.longest))
    elif decision.way in ("text", "email", "url"):
        options["max_length"] = _length(tally.longest)
    if is_unique(tally, decision, header):
        options["unique"] = True
        if "max_length" in options:
            options["max_length"] = min(options["max_length"], _LONGEST_UNIQUE)
    return options


def _emptiness(decision: Decision) -> dict[str, Any]:
    is_required = decision.values > 0 and not decision.empties and not decision.misfits
    return {"blank": not is_required, "null": not is_required and not stores_texts(decision.type)}


def _digits(decision: Decision) -> dict[str, int]:
    numbers = decision.numbers
    assert numbers is not None
    is_fraction = decision.reading.get("percent") == "fraction"
    places = max(numbers.places, numbers.percent_places if is_fraction else 0)
    if places < numbers.written <= _PLACES_OF_AMOUNTS:
        places = numbers.written
    digits = min(_MOST_DIGITS, numbers.whole_digits + places + _MORE_DIGITS)
    return {"max_digits": digits, "decimal_places": min(places, digits)}


def _length(longest: int) -> int:
    roomy = longest * 5 // 4
    return next((length for length in _LENGTHS if length >= roomy), max(longest, _LENGTHS[-1]))


def is_unique(tally: Tally, decision: Decision, header: str) -> bool:
    """Return whether the values look as if they told rows: none comes twice, and that is no accident."""
    if decision.type not in _UNIQUE_TYPES or decision.misfits or tally.has_repeated is not False:
        return False
    if (
        names_codes(header)
        or tally.longest > _LONGEST_UNIQUE
        or decision.values < 2
        or decision.empties > decision.values
    ):
        return False
    return names_keys(header) or decision.values >= _MANY
