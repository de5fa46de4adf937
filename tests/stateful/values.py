"""What values are, in plain Python: as texts, read from texts, and from one type to another."""

import datetime
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from hypothesis import strategies as st

TEXTS = ["", "12", "-3", "007", "1.50", "2024-05-06", "yes", "no", "abc", "50% of ü", 'a "b", c', "=1+1"]
VALUES: dict[str, st.SearchStrategy] = {
    "char": st.sampled_from(TEXTS),
    "text": st.sampled_from([*TEXTS, "two\nlines"]),
    "int": st.one_of(st.none(), st.integers(-2, 3), st.integers(-(2**31), 2**31 - 1)),
    "decimal": st.one_of(
        st.none(), st.sampled_from([Decimal(t) for t in ("0.00", "1.00", "-2.50", "9999.99")])
    ),
    "bool": st.sampled_from([None, True, False]),
    "date": st.one_of(st.none(), st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 1, 1))),
}
OPTIONS: dict[str, dict[str, Any]] = {
    "char": {"max_length": 80},
    "text": {"max_length": 1000},
    "int": {},
    "decimal": {"max_digits": 12, "decimal_places": 2},
    "bool": {},
    "date": {},
}
# What stands in for values that do not convert.
VALUE: dict[str, Any] = {
    "char": "?",
    "text": "?",
    "int": -1,
    "decimal": Decimal("-1.00"),
    "bool": False,
    "date": datetime.date(1999, 12, 31),
}
DEFAULTS: dict[str, Any] = {"int": 7, "char": "none", "text": "none"}
WHOLE = range(-(2**31), 2**31)


class Unfit(Exception):
    """A value cannot become one of the other type."""


def empty(type: str) -> Any:
    """Return what a row has that was given no value."""
    return "" if type in {"char", "text"} else None


def to_text(value: Any) -> str:
    """Return a value as a cell of a file has it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def converted(value: Any, old: str, new: str) -> Any:
    """Return what becomes of a value. Raises Unfit."""
    if value is None or value == "" or old == new:
        return empty(new) if value is None or value == "" else value
    return CONVERSIONS[old, new](value)


def can_convert(old: str, new: str) -> bool:
    return (old, new) in CONVERSIONS


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise Unfit from None


def _whole(number: Decimal) -> int:
    if number != number.to_integral_value() or int(number) not in WHOLE:
        raise Unfit
    return int(number)


def _exact(number: Decimal) -> Decimal:
    if abs(number) >= 10**10 or number != number.quantize(Decimal("0.01")):
        raise Unfit
    return number.quantize(Decimal("0.01"))


def _truth(number: Decimal) -> bool:
    if number not in (0, 1):
        raise Unfit
    return bool(number)


def _word(text: str) -> bool:
    try:
        return {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}[text]
    except KeyError:
        raise Unfit from None


def _date(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise Unfit from None


def _short(text: str, most: int) -> str:
    if len(text) > most or (most <= 80 and "\n" in text):
        raise Unfit
    return text


CONVERSIONS: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("char", "int"): lambda text: _whole(_number(text)),
    ("char", "decimal"): lambda text: _exact(_number(text)),
    ("char", "bool"): _word,
    ("char", "date"): _date,
    ("char", "text"): lambda text: text,
    ("text", "char"): lambda text: _short(text, 80),
    ("int", "char"): str,
    ("int", "decimal"): lambda number: _exact(Decimal(number)),
    ("int", "bool"): _truth,
    ("decimal", "char"): str,
    ("decimal", "int"): _whole,
    ("decimal", "bool"): _truth,
    ("bool", "char"): to_text,
    ("bool", "int"): int,
    ("bool", "decimal"): lambda value: _exact(Decimal(int(value))),
    ("date", "char"): to_text,
}
