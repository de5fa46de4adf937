"""Numbers in texts: what one is with each decimal mark, and what those of a column have in common."""

from decimal import Decimal
from typing import NamedTuple

from dynadmin.conversion.amounts import MARKS, Amount, decimal_of, number_text

INT_LIMITS = (-(2**31), 2**31 - 1)
BIGINT_LIMITS = (-(2**63), 2**63 - 1)


class Numeral(NamedTuple):
    """A number as it is with one decimal mark: its digits before and behind, and whether floats hold it.

    ``places`` are those that are needed, ``written`` has the noughts at the end as well.
    """

    value: Decimal
    whole_digits: int
    places: int
    written: int
    fits_float: bool


def numerals_of(amount: Amount) -> dict[str, Numeral]:
    """Return by decimal mark the number that the amount is, where it is one."""
    texts = {mark: number_text(amount.body, mark) for mark in MARKS}
    return {mark: _numeral(text, amount) for mark, text in texts.items() if text is not None}


def _numeral(digits: str, amount: Amount) -> Numeral:
    value = decimal_of(digits, negative=amount.is_negative, percent=False)
    places = _places(value)
    written = max(places, -int(value.as_tuple().exponent)) if places or not digits.endswith(".0") else 0
    return Numeral(value, max(value.adjusted() + 1, 1), places, written, fits_float(value))


def _places(value: Decimal) -> int:
    """Return the places that are needed, without noughts at the end."""
    _sign, digits, exponent = value.as_tuple()
    text = "".join(map(str, digits)).rstrip("0")
    return max(0, -int(exponent) - (len(digits) - len(text))) if text else 0


def fits_float(value: Decimal) -> bool:
    """Return whether the number with a floating point has the same digits."""
    number = float(value)
    return abs(number) != float("inf") and Decimal(repr(number)) == value


class Numbers:
    """The lowest and the highest, and the digits that a column needs for all of them."""

    def __init__(self) -> None:
        self.lowest: Decimal | None = None
        self.highest: Decimal | None = None
        self.whole_digits = 1
        self.places = 0
        self.written = 0
        self.percent_places = 0
        self.fits_float = True

    def add(self, numeral: Numeral, *, is_percent: bool) -> None:
        self.add_many(
            lowest=numeral.value,
            highest=numeral.value,
            whole_digits=numeral.whole_digits,
            places=numeral.places,
            written=numeral.written,
            fits_float=numeral.fits_float,
        )
        if is_percent:
            self.percent_places = max(self.percent_places, numeral.places + 2)

    def add_wholes(self, lowest: int, highest: int) -> None:
        longest = max(abs(lowest), abs(highest))
        self.add_many(
            lowest=Decimal(lowest),
            highest=Decimal(highest),
            whole_digits=len(str(longest)),
            places=0,
            written=0,
            # Beyond it not every whole number is a float; nearly all are below.
            fits_float=longest <= 2**53,
        )

    def add_many(
        self,
        *,
        lowest: Decimal,
        highest: Decimal,
        whole_digits: int,
        places: int,
        written: int,
        fits_float: bool,
    ) -> None:
        self.lowest = lowest if self.lowest is None else min(self.lowest, lowest)
        self.highest = highest if self.highest is None else max(self.highest, highest)
        self.whole_digits = max(self.whole_digits, whole_digits)
        self.places = max(self.places, places)
        self.written = max(self.written, written)
        self.fits_float = self.fits_float and fits_float

    def is_within(self, limits: tuple[int, int]) -> bool:
        """Return whether all numbers are from the first limit to the second."""
        return (self.lowest or 0) >= limits[0] and (self.highest or 0) <= limits[1]
