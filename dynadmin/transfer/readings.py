"""How the texts of one column of a file are written, where the field alone would not read them.

A reading is JSON, made by the proposal of a table and kept with the columns of an import:

- `kind` and what belongs to it (decimal mark, order of day and month, ...): see `conversion.rewriting`;
- `empty`: the texts that stand for no value in this column;
- `misfits`: "empty" where cells that the field refuses are left empty, instead of refusing their row.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from dynadmin.conversion import rewriter
from dynadmin.exceptions import BadColumns, CannotConvert, RefusedChange

EMPTY = "empty"


class ColumnReading:
    """What a reading says, as the judge of a column asks it. Raises BadColumns when it is none."""

    def __init__(self, reading: Mapping[str, Any]) -> None:
        self.empty_texts = frozenset(reading.get("empty", ()))
        self.empties_misfits = reading.get("misfits") == EMPTY
        self._rewrite = _rewriter(reading) if "kind" in reading else None

    @property
    def changes_texts(self) -> bool:
        """Whether texts mean something else than the field alone would read."""
        return self._rewrite is not None

    def rewrite(self, text: str) -> str:
        """Return the text as the field reads it. Raises ValidationError."""
        if self._rewrite is None:
            return text
        try:
            return self._rewrite(text)
        except CannotConvert as error:
            message = _("“%(value)s” %(reason)s.")
            raise ValidationError(message % {"value": text, "reason": error.reason}) from None


def _rewriter(reading: Mapping[str, Any]) -> Any:
    try:
        return rewriter(reading)
    except RefusedChange as error:
        raise BadColumns(str(capfirst(error))) from error
    except (LookupError, TypeError) as error:
        raise BadColumns(_("A column says how its texts are written in a way that is not known.")) from error
