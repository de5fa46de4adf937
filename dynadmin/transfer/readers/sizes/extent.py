"""How wide and long a sheet is."""

from django.utils.translation import gettext as _

from dynadmin.conf import conf
from dynadmin.exceptions import BadFile


class Extent:
    """The rectangle that holds all cells seen so far; two far apart cells cost as much as all between."""

    def __init__(self) -> None:
        self._widest = self._longest = 0

    def grow(self, row: int, column: int) -> None:
        """Take in a cell, counted from 1. Raises BadFile when the rectangle becomes too large."""
        if row <= self._longest and column <= self._widest:
            return
        self._longest, self._widest = max(self._longest, row), max(self._widest, column)
        if self._widest * self._longest > conf.IMPORT_MAX_SHEET_CELLS:
            message = _("The sheet has more than %(limit)d cells. Save it as CSV and import that.")
            raise BadFile(message % {"limit": conf.IMPORT_MAX_SHEET_CELLS})
