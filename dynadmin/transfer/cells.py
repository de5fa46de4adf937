"""One cell of a file: what its field makes of it.

The field alone decides what is legal: whatever is read ends in `field.clean()`, as it does in the forms.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from operator import itemgetter
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from django.core.exceptions import SuspiciousFileOperation, ValidationError
from django.core.files.utils import validate_file_name
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from dynadmin.conf import conf
from dynadmin.fieldtypes.bulk import bulk_reader
from dynadmin.fieldtypes.cells import empty_value, text_parser
from dynadmin.kinds.stamps import is_filled_by_program
from dynadmin.loading import is_plain, loadable, null_of
from dynadmin.options import refuse_unstorable
from dynadmin.transfer.formulas import is_free_text, unescape_formula
from dynadmin.transfer.readings import ColumnReading

# Texts beyond this length are not remembered: they seldom repeat, and would cost memory.
_MEMORABLE = 100

# Texts that are looked at one by one rather than at once; those after which a column has shown its kind.
_FEW = 8
_FIRST = 3_000
# What part of the texts of a chunk has to be new for the next to be read with an eye to that.
_SOME = 50


class Judged(NamedTuple):
    """A legal value, as Python has it and as the database driver takes it."""

    value: Any
    stored: Any


class Refusal(NamedTuple):
    """Why a cell cannot be imported."""

    reasons: tuple[str, ...]


class _Remembered(dict):
    """What a function makes of the texts seen lately."""

    def __init__(self, function: Callable[[str], Any], remembered: int) -> None:
        super().__init__()
        self._function = function
        self._remembered = remembered

    def __missing__(self, text: str) -> Any:
        result = self._function(text)
        if len(text) <= _MEMORABLE:
            if len(self) >= self._remembered:
                self.clear()
            self[text] = result
        return result


class Judge(dict):
    """What the field makes of a text, remembered for the texts seen lately: real columns repeat themselves.

    `judge[text]` is what `load_columns` takes for its value, or a Refusal. Refusals are not remembered, so
    that `refusals` counts them. A column of texts that do not repeat is read in bulk where its field can.

    `escaped` says that the texts come from a format in which formulas are escaped, `typed` that cells may be
    typed values; `remembered` is the number of texts kept, `empty_texts` are read as empty cells.
    `reading` says how the texts of the column are written, see `readings`. With `keeps_empty`, an empty cell
    says nothing: it has no value, even where the field needs one.
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
        reading: Mapping[str, Any] | None = None,
        keeps_empty: bool = False,
    ) -> None:
        super().__init__()
        self.field = field
        self.refusals = 0
        self.null = null_of(connection)
        self._connection = connection
        self._load = loadable(connection)
        self._is_text = is_free_text(field)
        self._escaped = escaped and self._is_text
        self._typed = typed
        self._remembered = remembered
        self._keeps_empty = keeps_empty
        self._reading = ColumnReading(reading or {})
        self._empty_texts = empty_texts | self._reading.empty_texts | {""}
        self._parse = _boolean_words if isinstance(field, models.BooleanField) else text_parser(field)
        self._bulk = None if typed or self._reading.changes_texts else bulk_reader(field)
        self._values = _Remembered(lambda text: self.judge(text).value, remembered)
        self._new = remembered + _FIRST
        self._read_texts = 0
        self._is_varied = False

    @property
    def plain_shape(self) -> str | None:
        """A regular expression of cells that are loaded as they stand; None if there is none."""
        if self._bulk is None or self._empty_texts != {""} or self._keeps_empty:
            return None
        shape = self._bulk.plain_shape()
        is_emptiable = isinstance(self.judge(""), Judged)
        return f"(?:{shape})?" if shape and is_emptiable else shape

    @property
    def empty_is_text(self) -> bool:
        """Whether an empty cell means an empty text, rather than nothing."""
        judged = self.judge("")
        return isinstance(judged, Judged) and judged.stored == ""

    def __missing__(self, text: str) -> Any:
        self._new += 1
        judged = self.judge(text)
        if isinstance(judged, Refusal):
            self.refusals += 1
            return judged
        loaded = self._load(judged.stored)
        if len(text) <= _MEMORABLE:
            if len(self) >= self._remembered:
                self.clear()
                self._values.clear()
            self[text] = loaded
            self._values[text] = judged.value
        return loaded

    @property
    def is_typed(self) -> bool:
        """Whether cells may be typed values, as those of JSON are."""
        return self._typed

    def column(self, cells: Sequence[Any]) -> list[Any]:
        """Return what the cells of some rows are to `load_columns`, and Refusals."""
        if self._typed:
            return [self[cell] if isinstance(cell, str) else self._typed_cell(cell) for cell in cells]
        if self._is_varied and self._bulk is not None:
            return self._in_bulk(cells)
        learned = self._learn(cells) if self._bulk is not None and self._new * _SOME > len(cells) else 0
        self._new = learned
        # Called directly, the look-up costs half of what the brackets do: this is the innermost loop.
        loaded = list(map(self.__getitem__, cells))
        self._read_texts += len(cells)
        # At first all texts are new.
        self._is_varied = self._read_texts > _FIRST and self._new * 2 > len(cells)
        return loaded

    def _learn(self, cells: Sequence[str]) -> int:
        """Read at once what is new among these cells, where much is; return how much it was."""
        new = list(set(cells) - self.keys() - self._empty_texts)
        if not new or max(map(len, new)) > _MEMORABLE:
            return 0
        if len(self) + len(new) > self._remembered:
            self.clear()
        refusals = self.refusals
        loaded = self._read(new)
        self.update(pair for pair in zip(new, loaded, strict=True) if type(pair[1]) is not Refusal)
        # What is refused is looked at once more, in its place.
        self.refusals = refusals
        return len(new)

    def _typed_cell(self, cell: Any) -> Any:
        judged = self.judge(cell)
        if isinstance(judged, Refusal):
            self.refusals += 1
            return judged
        return self._load(judged.stored)

    def _in_bulk(self, cells: Sequence[str]) -> list[Any]:
        """Read a column of many different texts."""
        if self._empty_texts.isdisjoint(cells):
            return self._read(cells)
        empty = self._empty_texts
        full = iter(self._read([cell for cell in cells if cell not in empty]))
        return [self[cell] if cell in empty else next(full) for cell in cells]

    def _read(self, texts: Sequence[str]) -> list[Any]:
        """Read texts at once where they fit; those that do not are looked at by themselves."""
        if len(texts) <= _FEW:
            return list(map(self.__getitem__, texts))
        if not self._fits(texts):
            half = len(texts) // 2
            return self._read(texts[:half]) + self._read(texts[half:])
        assert self._bulk is not None
        if self.null is None:
            return list(self._bulk.driver_values(texts))
        if self._bulk.copies or is_plain("".join(texts)):
            return list(texts)
        return list(map(self._load, texts))

    def _fits(self, texts: Sequence[str]) -> bool:
        if self._escaped and "'" in map(itemgetter(0), texts):
            return False
        return max(map(len, texts)) <= conf.IMPORT_MAX_CELL and self._bulk.fits(texts)

    def values(self, cells: Iterable[Any]) -> list[Any]:
        """Return the values of legal cells."""
        if self._typed:
            return [self.judge(cell).value for cell in cells]
        return list(map(self._values.__getitem__, cells))

    def raw(self, cell: Any) -> Any:
        """Return what the field's `clean` takes for this cell. Raises ValidationError."""
        return self._typed_value(cell) if self._typed else self._text_value(cell)

    def judge(self, cell: Any) -> Judged | Refusal:
        """Return what the field makes of this cell, a text or (from JSON) a typed value."""
        if self._keeps_empty and self.is_empty(cell):
            return Judged(None, None)
        return self.judge_as_new(cell)

    def load(self, judged: Judged) -> Any:
        """Return the value as `load_columns` takes it."""
        return self._load(judged.stored)

    def is_empty(self, cell: Any) -> bool:
        """Return whether there is nothing in this cell."""
        if not isinstance(cell, str):
            return cell is None
        return cell in self._empty_texts or (not self._is_text and cell.isspace())

    def judge_as_new(self, cell: Any) -> Judged | Refusal:
        """Return what the field makes of the cell of a row that is not there yet."""
        try:
            raw = self.raw(cell)
            if raw is None and is_filled_by_program(self.field):
                return Judged(None, None)
            value = self.field.clean(raw, None)
            return Judged(value, self.field.get_db_prep_save(value, self._connection))
        except ValidationError as error:
            reasons = tuple(error.messages)
        except (ArithmeticError, ValueError, TypeError, RecursionError):
            # Fields of other apps may not have met every text that a file can hold.
            reasons = (_("This value cannot be read."),)
        if self._reading.empties_misfits and cell not in ("", None):
            return self.judge_as_new("")
        return Refusal(reasons)

    def _text_value(self, text: str) -> Any:
        """Return what `clean` takes for this text."""
        refuse_unstorable(text)
        if len(text) > conf.IMPORT_MAX_CELL:
            message = _("The cell has more than %(limit)d characters.")
            raise ValidationError(message % {"limit": conf.IMPORT_MAX_CELL})
        if self.is_empty(text):
            return empty_value(self.field)
        if self._escaped:
            text = unescape_formula(text)
        if isinstance(self.field, models.FileField):
            check_stored_file(self.field, text)
        return self._parse(self._reading.rewrite(text))

    def _typed_value(self, cell: Any) -> Any:
        """Return what `clean` takes for a value from JSON: a number is a number, a text may mean anything."""
        if cell is None:
            return empty_value(self.field)
        if isinstance(cell, str) and type(self.field) is not models.JSONField:
            return self._text_value(cell)
        return plain_json(cell) if isinstance(self.field, models.JSONField) else cell


def _boolean_words(text: str) -> str:
    """Return the text as Django's own boolean field knows it; others read more words."""
    return {"true": "True", "false": "False"}.get(text.lower(), text)


def plain_json(cell: Any) -> Any:
    """Return the value with the parser's exact numbers as the plain ones that JSON columns hold."""
    if isinstance(cell, Decimal):
        return float(cell)
    if isinstance(cell, list):
        return [plain_json(item) for item in cell]
    if isinstance(cell, dict):
        return {key: plain_json(item) for key, item in cell.items()}
    return cell


def check_stored_file(field: models.FileField, name: str) -> None:
    """Refuse a name that is not of a file stored for this field: rows must not point at arbitrary files."""
    message = _("There is no uploaded file “%(name)s”; files cannot come with rows.")
    refusal = ValidationError(message % {"name": name})
    folder = field.upload_to if isinstance(field.upload_to, str) else ""
    before_date, percent, _rest = folder.partition("%")
    parts = PurePosixPath(before_date.rpartition("/")[0] if percent else folder).parts
    try:
        validate_file_name(name, allow_relative_path=True)
        is_stored = PurePosixPath(name).parts[: len(parts)] == parts and field.storage.exists(name)
    except (SuspiciousFileOperation, OSError) as error:
        raise refusal from error
    if not is_stored:
        raise refusal
