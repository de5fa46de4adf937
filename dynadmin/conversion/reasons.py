"""Why a value cannot be converted: one table of words.

No reason has a value of a row in it, so that the same trouble of many rows counts as one.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from dynadmin.exceptions import CannotConvert

REASONS = {
    "empty": _("has no value"),
    # Numbers
    "number": _("is not a number"),
    "whole": _("is not a whole number"),
    "rounded": _("would be rounded"),
    "infinite": _("is not a finite number"),
    "range": _("is out of range"),
    "mark": _("does not fit the decimal mark"),
    "unclear_mark": _("can be read in two ways: a mark is either decimal or between thousands"),
    "percent": _("has a percent sign"),
    "currency": _("has a currency sign"),
    "other_currency": _("is in another currency"),
    "places": _("has more than %(limit)s decimal places"),
    "digits": _("has too many digits"),
    # Dates and times
    "date": _("is not a date"),
    "time": _("is not a time of day"),
    "datetime": _("is not a date and time"),
    "duration": _("is not a duration"),
    "no_such_date": _("is a date that does not exist"),
    "no_such_time": _("is a time that does not exist"),
    "order": _("does not fit the order of day, month and year"),
    "unclear_order": _("can be read in two ways: the day and the month may be in either order"),
    "unclear_parts": _("can be read in two ways: hours and minutes, or minutes and seconds"),
    "zone": _("has a time zone that is not known"),
    "clocks": _("is skipped or comes twice as clocks change in the time zone %(zone)s"),
    "calendar": _("is beyond the calendar or too near to its end"),
    "micro": _("has more than six decimals of a second"),
    "no_time": _("has no time of day"),
    "negative": _("is negative"),
    "day": _("is a day or more"),
    # Chosen values
    "bool": _("is neither yes nor no"),
    "bit": _("is neither 0 nor 1"),
    "choice": _("is not one of the choices"),
    "several": _("has several values"),
    # Rows
    "row": _("is that of no row"),
    "rows": _("is that of several rows"),
    "forbidden": _("is that of a row that may not be chosen here"),
    "no_row": _("refers to a row that is gone, or that nothing tells"),
    "unmade": _("cannot become a new row"),
    # Others
    "json": _("is not JSON"),
    "structure": _("is an object or a list"),
    "object": _("is not a list of texts"),
    "uuid": _("is not a UUID"),
    "ip": _("is not an IP address of a version that is allowed"),
    "long": _("is longer than %(limit)s"),
    "short": _("is shorter than %(limit)s"),
    "high": _("is above %(limit)s"),
    "low": _("is below %(limit)s"),
    "invalid": _("is not possible in this field"),
}

# What the errors of model fields are called here.
_OF_ERRORS = {
    "null": "empty",
    "blank": "empty",
    "required": "empty",
    "max_length": "long",
    "min_length": "short",
    "max_value": "high",
    "min_value": "low",
    "out_of_range": "range",
    "max_digits": "digits",
    "max_whole_digits": "range",
    "max_decimal_places": "places",
    "invalid_choice": "choice",
    "no_such_date": "no_such_date",
    "no_such_time": "no_such_time",
}

# What "invalid" means in a field of a kind.
_OF_KINDS = {
    "whole": "whole",
    "number": "number",
    "exact": "number",
    "bool": "bool",
    "date": "date",
    "time": "time",
    "datetime": "datetime",
    "duration": "duration",
    "uuid": "uuid",
    "ip": "ip",
}


def cannot(code: str, **params: Any) -> CannotConvert:
    """Return the refusal to raise, in the language in force."""
    return CannotConvert(str(REASONS[code]) % params if params else str(REASONS[code]), code)


def refusal_of(error: ValidationError, kind: str) -> CannotConvert:
    """Return the refusal that says what the error of a model field of this kind says, without the value."""
    first = error.error_list[0]
    code = _OF_ERRORS.get(first.code or "")
    if code == "range" and kind == "datetime":
        code = "calendar"
    if code is None and (first.code or "invalid") == "invalid":
        code = _OF_KINDS.get(kind)
    if code is None:
        return CannotConvert(_sentence(first), first.code or "invalid")
    return cannot(code, limit=_limit(first.params or {}))


def _limit(params: dict[str, Any]) -> Any:
    return next((params[name] for name in ("limit_value", "max", "most") if name in params), "")


def _sentence(error: ValidationError) -> str:
    params = error.params or {}
    without_values = {key: "…" if "value" in key and key != "limit_value" else params[key] for key in params}
    message = translate(error.message) if isinstance(error.message, str) else str(error.message)
    return message % without_values if params else message
