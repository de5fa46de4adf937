"""Rules that make numbers of texts and of other numbers, without ever rounding."""

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from dynadmin.conversion.amounts import decimal_of, marks_of, number_text, plain_number, read_amount
from dynadmin.conversion.reasons import cannot
from dynadmin.conversion.rule import Convert, Ends, Reading

# Digits that int() reads at once, whatever the column.
_QUICK = 18

# No column goes further; int() of more digits takes long.
_MOST_DIGITS = 40

Finish = Callable[[Decimal], Any]


# --- What a number becomes in a column of each kind ---


def to_whole(number: Decimal) -> int:
    """Return the whole number. Raises CannotConvert where it would have to be rounded."""
    if number.adjusted() > _MOST_DIGITS:
        raise cannot("range")
    if number != number.to_integral_value():
        raise cannot("rounded")
    return int(number)


def to_float(number: Decimal) -> float:
    """Return the number with a floating point that is written with the same digits."""
    result = float(number)
    if math.isinf(result):
        raise cannot("range")
    if Decimal(repr(result)) != number:
        raise cannot("rounded")
    return result


def finisher(ends: Ends) -> Finish:
    """Return the function that makes of an exact number a value of the new field."""
    clean = ends.clean()
    shapes: dict[str, Callable[[Decimal], Any]] = {"whole": to_whole, "number": to_float}
    shape = shapes.get(ends.new_kind)
    if shape is None:
        return clean
    return lambda number: clean(shape(number))


# --- Out of texts ---


def amount_reader(reading: Reading) -> Callable[[str], Decimal]:
    """Return the function that reads a text as the reading says."""
    mark, percent, currency = reading["decimal"], reading["percent"], reading["currency"]

    def read(text: str) -> Decimal:
        if plain_number(text) and (mark == "." or "." not in text):
            return Decimal(text)
        amount = read_amount(text)
        if amount is None:
            raise cannot("number")
        if amount.is_percent and not percent:
            raise cannot("percent")
        if amount.currency and amount.currency != currency and currency != ANY:
            raise cannot("other_currency" if currency else "currency")
        digits = _digits(amount.body, mark)
        is_hundredth = amount.is_percent and percent == FRACTION
        return decimal_of(digits, negative=amount.is_negative, percent=is_hundredth)

    return read


# Answers to the questions about percent signs and currencies.
FRACTION, AS_WRITTEN = "fraction", "number"
ANY = "any"


def _digits(body: str, mark: str) -> str:
    marks = marks_of(body)
    if not mark and len(marks) > 1:
        # No value of the column was so when a person could have been asked.
        raise cannot("unclear_mark")
    digits = number_text(body, mark or next(iter(marks), "."))
    if digits is None:
        raise cannot("mark" if marks else "number")
    return digits


def whole_from_text(ends: Ends, reading: Reading) -> Convert:
    """Make the function for columns of whole numbers, most of whose texts are nothing but digits."""
    slow, finish, clean = amount_reader(reading), finisher(ends), ends.clean()
    lowest, highest = quick_limits(ends)

    def convert(text: str) -> Any:
        if text.isdigit() and text.isascii() and len(text) <= _QUICK:
            number = int(text)
            return number if lowest <= number <= highest else clean(number)
        return finish(slow(text))

    return convert


def quick_limits(ends: Ends) -> tuple[int, int]:
    """Return between which numbers the new field's ``clean`` is known to say yes; none if it has rules."""
    field = ends.new_field
    if field.validators or field.choices or not hasattr(field, "lowest"):
        return 1, 0
    return field.lowest, field.highest


def number_from_text(ends: Ends, reading: Reading) -> Convert:
    """Make the function for columns of other numbers."""
    read, finish = amount_reader(reading), finisher(ends)
    return lambda text: finish(read(text))


# --- Out of numbers ---


def exact_number(value: Any) -> Decimal:
    """Return the number exactly: one with a floating point as it is written. Raises CannotConvert."""
    if isinstance(value, bool):
        return Decimal(int(value))
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, int):
        value = Decimal(value)
    if not isinstance(value, Decimal):
        raise cannot("number")
    if not value.is_finite():
        raise cannot("infinite")
    return value


def number_from_number(ends: Ends, reading: Reading) -> Convert:
    finish = finisher(ends)
    return lambda value: finish(exact_number(value))


def whole_from_float(ends: Ends, reading: Reading) -> Convert:
    """Make the function for numbers with a floating point, some whole far beyond their written digits."""
    clean = ends.clean()

    def convert(value: float) -> Any:
        if not math.isfinite(value):
            raise cannot("infinite")
        if not float(value).is_integer():
            raise cannot("rounded")
        return clean(int(value))

    return convert


def float_from_whole(ends: Ends, reading: Reading) -> Convert:
    clean = ends.clean()

    def convert(value: int) -> Any:
        if value.bit_length() > 1000:
            raise cannot("range")
        if int(float(value)) != value:
            raise cannot("rounded")
        return clean(float(value))

    return convert
