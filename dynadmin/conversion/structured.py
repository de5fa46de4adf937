"""Rules of texts and of values with a form of their own."""

import json
from decimal import Decimal
from typing import Any

from dynadmin.conversion.numbers import exact_number, finisher, float_from_whole
from dynadmin.conversion.reasons import cannot
from dynadmin.conversion.rule import Convert, Ends, Reading
from dynadmin.conversion.yesno import bool_from_number
from dynadmin.fieldtypes.cells import text_parser


def as_it_is(ends: Ends, reading: Reading) -> Convert:
    """Make the function for values that the new field reads as they are."""
    return ends.clean()


def to_text(ends: Ends, reading: Reading) -> Convert:
    """Make the function for values that are written as in a file's cell."""
    clean, write = ends.clean(), ends.write()
    return lambda value: clean(write(value))


def from_text(ends: Ends, reading: Reading) -> Convert:
    """Make the function for texts that the new field reads as in a file's cell."""
    clean, parse, write = ends.clean(), text_parser(ends.new_field), ends.write()
    return lambda value: clean(parse(write(value)))


def json_from_number(ends: Ends, reading: Reading) -> Convert:
    clean = ends.clean()

    def convert(value: Any) -> Any:
        return clean(_json_number(value) if isinstance(value, Decimal) else value)

    return convert


def _json_number(number: Decimal) -> float:
    if number == number.to_integral_value() and number.adjusted() < 20:
        return int(number)
    result = float(number)
    if Decimal(repr(result)) != number:
        raise cannot("rounded")
    return result


def json_from_text(ends: Ends, reading: Reading) -> Convert:
    clean, write = ends.clean(), ends.write()

    def convert(value: Any) -> Any:
        text = write(value)
        try:
            # null is no value: one that was there would be gone.
            if json.loads(text) is None:
                raise cannot("json")
        except (ValueError, RecursionError):
            raise cannot("json") from None
        return clean(text)

    return convert


def number_from_json(ends: Ends, reading: Reading) -> Convert:
    finish, from_whole = finisher(ends), float_from_whole(ends, reading)
    is_float = ends.new_kind == "number"

    def convert(value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise cannot("structure" if isinstance(value, list | dict) else "number")
        if is_float and isinstance(value, int):
            return from_whole(value)
        return finish(exact_number(value))

    return convert


def bool_from_json(ends: Ends, reading: Reading) -> Convert:
    clean, from_number = ends.clean(), bool_from_number(ends, reading)

    def convert(value: Any) -> Any:
        if isinstance(value, list | dict):
            raise cannot("structure")
        return clean(value) if isinstance(value, bool) else from_number(value)

    return convert
