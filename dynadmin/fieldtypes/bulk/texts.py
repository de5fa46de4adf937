"""Texts as they stand, and UUIDs, read many at a time."""

from operator import methodcaller
from uuid import UUID

from django.core import validators
from django.db import models

from dynadmin.fieldtypes import fields
from dynadmin.fieldtypes.bulk.readers import BulkReader, Shaped, Texts
from dynadmin.options import has_whole_characters


class UUIDs(Shaped):
    """Reads UUIDs."""

    shape = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    read = staticmethod(UUID)

    def fits(self, texts: Texts) -> bool:
        """Return whether all texts have the shape: then each is a UUID."""
        return set(map(len, texts)) == {36} and bool(self._shapes.fullmatch("\n".join(texts)))

    def driver_values(self, texts: Texts) -> list[str]:
        """Return the digits, which are what SQLite holds."""
        return list(map(methodcaller("replace", "-", ""), texts))

    def plain_shape(self) -> str | None:
        """Return the shape."""
        return self.shape


class PlainTexts(BulkReader):
    """Reads texts that are stored as they stand."""

    copies = False

    def __init__(self, field: models.Field) -> None:
        super().__init__(field)
        lengths = [v.limit_value for v in field.validators if isinstance(v, validators.MaxLengthValidator)]
        self._longest = min(lengths, default=None)
        self._is_own = isinstance(field, fields.CharField | fields.TextField)
        self._is_single = isinstance(field, fields.CharField)

    def fits(self, texts: Texts) -> bool:
        """Return whether the field would change or refuse none of these texts."""
        joined = "".join(texts)
        if "\x00" in joined or (self._longest is not None and max(map(len, texts)) > self._longest):
            return False
        if self._is_own and ("\r" in joined or list(map(str.strip, texts)) != list(texts)):
            return False
        return not (self._is_single and "\n" in joined) and has_whole_characters(joined)

    def values(self, texts: Texts) -> list[str]:
        """Return the texts."""
        return list(texts)

    def driver_values(self, texts: Texts) -> Texts:
        """Return the texts."""
        return texts

    def plain_shape(self) -> str | None:
        """Return texts of one line that begin and end with no space, nor look like an escaped formula."""
        return f"(?![ '])[{_LETTERS} ']{{1,{min(self._longest or 200, 200)}}}+(?<! )"


# Printable letters but quotes, backslashes and what may stand between cells; Latin, Greek and Cyrillic ones.
_LETTERS = r"!#-&(-+\--:<-\[\]-{}~À-ɏͰ-ԯ"
