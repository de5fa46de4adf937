"""Shapes of texts as most programs write them: found by an expression, many texts at a time."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, tzinfo
from decimal import Decimal
from typing import NamedTuple

from dynadmin.conversion.writtendates import ORDERS
from dynadmin.inference.numbers import Numbers, fits_float
from dynadmin.inference.shapes import (
    DATE,
    DATETIME,
    DURATION,
    NAIVE,
    NUMBER,
    TIME,
    UUID,
    WHOLE,
    Shape,
    moments_exist,
)

# Of a column, by decimal mark.
MarkedNumbers = Mapping[str, Numbers]
# A float of so many letters may have lost digits.
_LONGEST_SURE = 16


def _measure_nothing(numbers: MarkedNumbers, texts: Sequence[str]) -> None:
    """There is nothing to know of them but how many they are."""


def _need_no_check(texts: Sequence[str], zone: tzinfo) -> bool:
    """All that look so are so."""
    return True


class PlainShape(NamedTuple):
    """Texts of one shape that fields read as they are written: found, checked and measured together."""

    fits: Callable[[str], object]
    shape: Shape
    measure: Callable[[MarkedNumbers, Sequence[str]], None] = _measure_nothing
    check: Callable[[Sequence[str], tzinfo], bool] = _need_no_check


def _measure_whole(numbers: MarkedNumbers, texts: Sequence[str]) -> None:
    values = list(map(int, texts))
    for marked in numbers.values():
        marked.add_wholes(min(values), max(values))


def _measure_point(numbers: MarkedNumbers, texts: Sequence[str]) -> None:
    parts = [text.partition(".") for text in texts]
    doubtful = [text for text in texts if len(text) > _LONGEST_SURE]
    numbers["."].add_many(
        lowest=Decimal(min(texts, key=float)),
        highest=Decimal(max(texts, key=float)),
        whole_digits=max(len(whole.lstrip("-")) for whole, _point, _places in parts),
        places=max(len(places.rstrip("0")) for _whole, _point, places in parts),
        written=max(len(places) for _whole, _point, places in parts),
        fits_float=all(fits_float(Decimal(text)) for text in doubtful),
    )


def _measure_unclear(numbers: MarkedNumbers, texts: Sequence[str]) -> None:
    _measure_point(numbers, texts)
    values = [int(text.replace(".", "")) for text in texts]
    numbers[","].add_wholes(min(values), max(values))


def _are_days(texts: Sequence[str], zone: tzinfo) -> bool:
    try:
        list(map(date.fromisoformat, texts))
    except ValueError:
        return False
    return True


def _are_moments(texts: Sequence[str], zone: tzinfo) -> bool:
    return moments_exist(texts, None)


def _pattern(pattern: str) -> Callable[[str], object]:
    return re.compile(pattern, re.ASCII).fullmatch


def _of_all_orders(*kinds: str) -> frozenset[str]:
    return frozenset(kind + order for kind in kinds for order in ORDERS)


_BOTH = frozenset({WHOLE + ".", WHOLE + ",", NUMBER + ".", NUMBER + ","})
_POINT, _EITHER = frozenset("."), frozenset(".,")
_YEAR = r"(?:1[0-9]|20)\d\d"
_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?"
PLAIN_SHAPES = (
    PlainShape(_pattern(r"-?(?:0|[1-9]\d{0,17})"), Shape(_BOTH, is_plain=True), _measure_whole),
    PlainShape(
        _pattern(r"-?[1-9]\d{0,2}\.(?!000)\d{3}"),
        Shape(frozenset({WHOLE + ",", NUMBER + ".", NUMBER + ","}), marks=_EITHER, is_plain=True),
        _measure_unclear,
    ),
    PlainShape(
        _pattern(r"(?!-?[1-9]\d{0,2}\.000$)-?(?:0|[1-9]\d{0,17})\.0{1,15}"),
        Shape(frozenset({WHOLE + ".", NUMBER + "."}), marks=_POINT, is_plain=True),
        _measure_point,
    ),
    PlainShape(
        _pattern(r"-?(?:0|[1-9]\d{0,17})\.\d{0,20}[1-9]\d{0,20}"),
        Shape(frozenset({NUMBER + "."}), marks=_POINT, is_plain=True),
        _measure_point,
    ),
    PlainShape(
        _pattern(rf"{_YEAR}-\d\d-\d\d"),
        Shape(_of_all_orders(DATE, DATETIME) | {NAIVE}, is_plain=True),
        check=_are_days,
    ),
    PlainShape(
        _pattern(rf"{_YEAR}-\d\d-\d\d[T ]{_CLOCK}(?:Z|[+-]\d\d:\d\d)"),
        Shape(_of_all_orders(DATETIME), is_plain=True),
        check=_are_moments,
    ),
    PlainShape(
        _pattern(rf"{_YEAR}-\d\d-\d\d[T ](?!00:00(?::00(?:\.0+)?)?$){_CLOCK}"),
        Shape(_of_all_orders(DATETIME) | {NAIVE}, is_plain=True),
        check=moments_exist,
    ),
    PlainShape(_pattern(_CLOCK), Shape(frozenset({TIME, DURATION}), is_plain=True)),
    PlainShape(
        _pattern(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        Shape(frozenset({UUID}), is_plain=True),
    ),
)
