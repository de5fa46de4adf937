"""What becomes of each value: it stays the same, it changes, or it cannot be converted."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from dynadmin.conversion.choices import CREATE, EMPTY, KEEP, STOP, STOPPING, VALUE, Choices
from dynadmin.conversion.relations import is_same_target
from dynadmin.conversion.rule import Convert, Ends, Rule
from dynadmin.exceptions import CannotConvert
from dynadmin.fieldtypes.cells import empty_value, from_text, text_writer

_IMPOSSIBLE = {
    EMPTY: _lazy("“%(field)s” has to have a value, so none can be left empty."),
    KEEP: _lazy("“%(field)s” has to have a value, so none can be left empty beside its original text."),
    VALUE: _lazy("“%(field)s” takes no value twice, or refers to rows, so one value cannot stand for many."),
    CREATE: _lazy("New rows cannot be made from the values of “%(field)s”."),
}

SAME, CHANGED, FAILED = "same", "changed", "failed"

# Values of these types are the same when they are equal, which 0.0 and -0.0, or 1.0 and 1.00, are not.
_MEMORABLE = (str, date, time, timedelta, UUID)
_LONGEST = 100
_MOST_REMEMBERED = 10_000


class Outcome(NamedTuple):
    """What becomes of one value.

    ``value`` will be stored: for one that failed, what the choices put in its place.
    ``reason`` and ``code`` say why a value failed, see CannotConvert.
    """

    kind: str
    value: Any
    reason: str = ""
    code: str = ""


Settle = Callable[[Any], Outcome]


def possible_failures(ends: Ends) -> tuple[str, ...]:
    """Return what may become of values that do not convert, as the new field is."""
    field = ends.new_field
    try:
        field.clean(empty_value(field), None)
        may_be_empty = True
    except ValidationError:
        may_be_empty = False
    # One value for many rows is more than a unique column takes.
    is_key = ends.new_kind == "key"
    possible = {
        STOP: True,
        EMPTY: may_be_empty,
        VALUE: not (field.unique or is_key),
        KEEP: may_be_empty,
        CREATE: is_key and not is_same_target(ends) and (ends.rows is None or ends.rows.may_be_made()),
    }
    return tuple(word for word, is_possible in possible.items() if is_possible)


def replacement_of(ends: Ends, choices: Choices) -> Any:
    """Return what is stored for values that do not convert. Raises ValidationError by key of the choices."""
    if choices.on_failure not in possible_failures(ends):
        raise ValidationError({"on_failure": str(_IMPOSSIBLE[choices.on_failure]) % {"field": _name(ends)}})
    if choices.on_failure == VALUE:
        return _value_of(ends, choices.value)
    return None if choices.on_failure in STOPPING else empty_value(ends.new_field)


def _value_of(ends: Ends, text: str) -> Any:
    try:
        return from_text(ends.new_field, text)
    except ValidationError as error:
        message = _("The value for “%(field)s” does not fit: %(problem)s")
        params = {"field": _name(ends), "problem": " ".join(error.messages)}
        raise ValidationError({"value": message % params}) from None


def _name(ends: Ends) -> str:
    return ends.new.label or ends.new.name


def settler(ends: Ends, rule: Rule, convert: Convert, choices: Choices) -> Settle:
    """Return the function from a value to its outcome."""
    replacement = replacement_of(ends, choices)
    old_text, new_text = ends.write(), text_writer(ends.new_field)
    is_key = ends.new_kind == "key"
    keeps = rule.keeps or (is_key and is_same_target(ends))
    new = tuple.__new__  # four times as quick as the class itself

    def settle(value: Any) -> Outcome:
        try:
            result = convert(value)
        except CannotConvert as error:
            return Outcome(FAILED, replacement, error.reason, error.code)
        if value is None or result is None:
            is_same = (value is None or old_text(value) == "") and result in (None, "")
        else:
            is_same = keeps or (not is_key and old_text(value) == new_text(result))
        return new(Outcome, (SAME if is_same else CHANGED, result, "", ""))

    # What tells no row now may do so later: who knows the rows remembers what can be.
    return settle if rule.prepare else _remembering(settle)


def _remembering(settle: Settle) -> Settle:
    """Return a function that knows the outcomes of the values it met lately, if values repeat."""
    outcomes: dict[Any, Outcome] = {}
    hits, is_worth_it = 0, True

    def remember(value: Any) -> Outcome:
        nonlocal hits, is_worth_it
        if not is_worth_it or not isinstance(value, _MEMORABLE):
            return settle(value)
        outcome = outcomes.get(value)
        if outcome is not None:
            hits += 1
            return outcome
        outcome = settle(value)
        if value.__class__ is not str or len(value) <= _LONGEST:
            outcomes[value] = outcome
            if len(outcomes) >= _MOST_REMEMBERED:
                is_worth_it = hits > _MOST_REMEMBERED // 10
                hits = 0
                outcomes.clear()
        return outcome

    return remember
