"""What the numbers of a column have in common, with one decimal mark."""

from decimal import Decimal

from dynadmin.inference.shapes import Numeral

INT_LIMITS = (-(2**31), 2**31 - 1)
BIGINT_LIMITS = (-(2**63), 2**63 - 1)


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
