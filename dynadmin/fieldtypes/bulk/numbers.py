"""Numbers, read many at a time."""

from decimal import Decimal
from itertools import repeat

from django.db import models

from dynadmin.fieldtypes import fields
from dynadmin.fieldtypes.bulk.readers import Shaped, Texts


class WholeNumbers(Shaped):
    """Reads whole numbers."""

    shape = "-?[0-9]{1,18}"
    read = staticmethod(int)

    def __init__(self, field: models.Field) -> None:
        super().__init__(field)
        if isinstance(field, fields.IntegerField | fields.BigIntegerField):
            self.lowest = max(field.lowest, field.lowest if self.lowest is None else self.lowest)
            self.highest = min(field.highest, field.highest if self.highest is None else self.highest)

    def plain_shape(self) -> str | None:
        """Return whole numbers with too few digits to be out of the range."""
        lowest = -(2**63) if self.lowest is None else self.lowest
        highest = 2**63 - 1 if self.highest is None else self.highest
        digits = len(str(highest)) - 1
        if lowest == 0 and digits:
            return f"[0-9]{{1,{digits}}}"
        digits = min(digits, len(str(-lowest)) - 1)
        return f"-?[0-9]{{1,{digits}}}" if digits > 0 and lowest < 0 else None


class Floats(Shaped):
    """Reads numbers with a floating point."""

    shape = r"-?[0-9]{1,15}(?:\.[0-9]{1,17})?"
    read = staticmethod(float)

    def plain_shape(self) -> str | None:
        """Return the shape, where all such numbers are legal."""
        return self.shape if self.is_unlimited else None


class Decimals(Shaped):
    """Reads exact numbers that have no more digits than their column."""

    read = staticmethod(Decimal)

    def __init__(self, field: models.DecimalField) -> None:
        places = field.decimal_places
        whole = f"[0-9]{{1,{field.max_digits - places}}}"
        behind = rf"(?:\.[0-9]{{1,{places}}})?" if places else ""
        # "-0.00" is no other number than 0.
        self.shape = rf"(?!-[0.]+(?:\n|\Z))-?{whole}{behind}"
        super().__init__(field)
        self._is_own = isinstance(field, fields.DecimalField)
        self._exponent = Decimal(1).scaleb(-places)

    def values(self, texts: Texts) -> list[Decimal]:
        """Return the numbers, with the places of the column where the field gives them so."""
        numbers = map(Decimal, texts)
        return list(map(Decimal.quantize, numbers, repeat(self._exponent)) if self._is_own else numbers)

    def driver_values(self, texts: Texts) -> Texts:
        """Return the texts: the column makes numbers of them."""
        return texts

    def plain_shape(self) -> str | None:
        """Return numbers without a sign, where all of them are legal."""
        return self.shape.partition("-?")[2] if self.is_unlimited else None
