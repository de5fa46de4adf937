"""One cell: the text of a value, and the value of a text, for any model field.

The field alone decides what is legal: whatever is read ends in `field.clean()`, as it does in the forms.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.duration import duration_string
from django.utils.translation import gettext as _

from dynadmin.conf import conf
from dynadmin.transfer.formulas import escape_formula, is_free_text, unescape_formula

# Texts beyond this length are judged anew each time: they seldom repeat, and would cost memory.
_MEMORABLE = 100


class Judged(NamedTuple):
    """A legal value, as Python has it and as the database driver takes it."""

    value: Any
    stored: Any


class Refusal(NamedTuple):
    """Why a cell cannot be imported."""

    reasons: tuple[str, ...]


def writer_of(field: models.Field, *, escape: bool) -> Callable[[Any], str]:
    """Return the function that gives the text of a value of this field; '' for None.

    With `escape`, texts that a spreadsheet would run as formulas are made harmless.
    """
    if isinstance(field, models.JSONField):
        plain = _json_text
    elif isinstance(field, models.FileField):
        plain = _file_text
    else:
        plain = text_of
    if escape and is_free_text(field):
        return lambda value: escape_formula(plain(value))
    return plain


def text_of(value: Any) -> str:
    """Return the text of a value, in the form that its field reads again."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, timedelta):
        return duration_string(value)
    return repr(value) if isinstance(value, float) else str(value)


def _json_text(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False, default=str)


def _file_text(value: Any) -> str:
    return (value.name if isinstance(value, File) else value) or ""


class Judge(dict):
    """What the field makes of a text, remembered for the texts seen lately: real columns repeat themselves.

    `judge[text]` is a Judged value or a Refusal. Refusals are not remembered, so that `refusals` counts them.
    """

    def __init__(
        self,
        field: models.Field,
        connection: BaseDatabaseWrapper,
        *,
        escaped: bool,
        typed: bool,
        remembered: int,
        empty_texts: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__()
        self.field = field
        self.refusals = 0
        self._connection = connection
        self._escaped = escaped and is_free_text(field)
        self._remembered = remembered
        self._empty_texts = empty_texts | {""}
        self._read = self._reader(typed)

    def __missing__(self, text: str) -> Judged | Refusal:
        judged = self.judge(text)
        if isinstance(judged, Judged) and len(text) <= _MEMORABLE:
            if len(self) >= self._remembered:
                self.clear()
            self[text] = judged
        return judged

    def judge(self, cell: Any) -> Judged | Refusal:
        """Return what the field makes of this cell, a text or (from JSON) a typed value."""
        try:
            value = self.field.clean(self._read(cell), None)
            return Judged(value, self.field.get_db_prep_save(value, self._connection))
        except ValidationError as error:
            reasons = tuple(error.messages)
        except (OverflowError, ValueError, TypeError):
            # Fields of other apps may not have met every text a file can hold.
            reasons = (_("This value cannot be read."),)
        self.refusals += 1
        return Refusal(reasons)

    def _reader(self, typed: bool) -> Callable[[Any], Any]:
        if isinstance(self.field, models.JSONField):
            return _plain_json if typed else self._read_json
        return self._read_typed if typed else self._read_text

    def _read_text(self, text: str) -> Any:
        if "\x00" in text:
            raise ValidationError(_("Null characters are not allowed."))
        if len(text) > conf.IMPORT_MAX_CELL:
            raise ValidationError(
                _("The cell has more than %(limit)d characters.") % {"limit": conf.IMPORT_MAX_CELL}
            )
        if text in self._empty_texts:
            return self._empty()
        return unescape_formula(text) if self._escaped else text

    def _empty(self) -> str | None:
        has_empty_text = self.field.empty_strings_allowed and not self.field.null
        return "" if has_empty_text and is_free_text(self.field) else None

    def _read_typed(self, cell: Any) -> Any:
        if cell is None:
            return self._empty()
        if isinstance(cell, (dict, list)):
            return cell
        return self._read_text(cell if isinstance(cell, str) else text_of(cell))

    def _read_json(self, text: str) -> Any:
        text = self._read_text(text)
        if text is None:
            return None
        try:
            return json.loads(text, parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            raise ValidationError(_("Enter a valid JSON.")) from None


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _plain_json(cell: Any) -> Any:
    """Return the value with the parser's exact numbers as the plain ones that JSON columns hold."""
    if isinstance(cell, Decimal):
        return float(cell)
    if isinstance(cell, list):
        return [_plain_json(item) for item in cell]
    if isinstance(cell, dict):
        return {key: _plain_json(item) for key, item in cell.items()}
    return cell
