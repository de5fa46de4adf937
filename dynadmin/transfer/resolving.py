"""Cells that name rows of another table: all that a batch names are looked up at once, never one by one."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from dynadmin.fieldtypes.cells import text_writer
from dynadmin.loading import loadable, null_of
from dynadmin.naturalkeys import Finder, Found, RowMaker, reading_field
from dynadmin.transfer.cells import Judge, Judged, Refusal
from dynadmin.transfer.lists import join, split
from dynadmin.transfer.references import Reference, is_many, key_of, target_of

_SHOWN = 100

# The value of a cell that names a row which is not there yet.
_COMING = object()


class KeyResolver(dict):
    """Which row each cell names, remembered for those seen lately: a Judged id, or a Refusal.

    An empty cell names none: its id is None. Call `look_up` before the cells of a batch are asked for.
    """

    def __init__(
        self,
        field: models.Field,
        reference: Reference,
        connection: BaseDatabaseWrapper,
        *,
        escaped: bool,
        typed: bool,
        remembered: int,
        empty_texts: frozenset[str] = frozenset(),
        reading: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self.key = key_of(field, reference.by)
        self.finder = Finder(
            target_of(field), self.key, alias=connection.alias, limit=field.get_limit_choices_to()
        )
        self.maker = RowMaker(self.finder) if reference.create else None
        self._reading = reading_field(self.key)
        self._reader = Judge(
            self._reading,
            connection,
            escaped=escaped,
            typed=typed,
            remembered=0,
            empty_texts=empty_texts,
            reading=reading,
        )
        self.remembered = remembered
        self.null = null_of(connection)
        self._load = loadable(connection)
        self._prepare = partial(self.finder.model._meta.pk.get_db_prep_save, connection=connection)
        self._refused: list[Any] = []
        # Which values rows have that are yet to be written; the cells with such, and their values.
        self.awaited: Callable[[Collection[Any]], set[Any]] | None = None
        self.pending: dict[Any, Any] = {}

    def look_up(self, cells: Iterable[Any]) -> None:
        """Find the rows of all these cells, and make those that are to be made."""
        # What was refused may be there by now, and refusals would fill the memory.
        for cell in self._refused:
            del self[cell]
        self._refused = []
        cells = set(cells)
        unknown = cells - self.keys()
        if len(self) + len(unknown) > self.remembered:
            self.clear()
            unknown = cells
        self._resolve(unknown)

    def names(self) -> list[str]:
        """Return what the rows are called, if no more are there than are remembered."""
        values = list(self.finder.rows().values_list(self.key.name, flat=True)[: self.remembered + 1])
        if len(values) > self.remembered:
            return []
        write = text_writer(self.key)
        return [write(value) for value in values if value is not None]

    def found(self, cell: Any) -> Judged:
        """Return the row of a legal cell, looked for again if it is not remembered any more."""
        if cell not in self:
            self._resolve([cell])
        return self[cell]

    def _resolve(self, cells: Iterable[Any]) -> None:
        values = {}
        for cell in cells:
            try:
                values[cell] = self._value(cell)
            except ValidationError as error:
                self._refuse(cell, self._why_unread(cell, error))
        found = self._found({value for value in values.values() if value is not None})
        missing = {value for value in values.values() if value is not None and value not in found}
        coming = self.awaited(missing) if self.awaited and missing else ()
        for cell, value in values.items():
            if value is None:
                self[cell] = Judged(None, self.null)
                continue
            outcome = found.get(value)
            if value in coming:
                self[cell] = Judged(_COMING, self.null)
                self._refused.append(cell)  # it is asked for again, as it may have come
                self.pending[cell] = value
            elif isinstance(outcome, Found) and outcome.is_one:
                self[cell] = Judged(outcome.pk, self._load(self._prepare(outcome.pk)))
            else:
                self._refuse(cell, self._why_not(cell, outcome))

    def _value(self, cell: Any) -> Any:
        raw = self._reader.raw(unmarked(cell))
        if raw is None or raw == "" or (isinstance(raw, str) and raw.isspace()):
            return None
        try:
            return self._reading.clean(raw, None)
        except (ArithmeticError, ValueError, TypeError):
            raise ValidationError(_("This value cannot be read.")) from None

    def _found(self, values: set[Any]) -> Mapping[Any, Any]:
        if not values:
            return {}
        found: dict[Any, Any] = dict(self.finder.find(values))
        if self.maker and (missing := sorted(values - found.keys(), key=str)):
            found |= self.maker.make(missing)
        return found

    def _refuse(self, cell: Any, reasons: tuple[str, ...]) -> None:
        self[cell] = Refusal(reasons)
        self._refused.append(cell)

    def _why_unread(self, cell: Any, error: ValidationError) -> tuple[str, ...]:
        # What is no legal value is that of no row; why, matters to those who want a row made of it.
        return tuple(error.messages) if self.maker else self._why_not(cell, None)

    def _why_not(self, cell: Any, outcome: Any) -> tuple[str, ...]:
        if isinstance(outcome, tuple) and not isinstance(outcome, Found):
            return outcome
        named = {
            "table": self.finder.model._meta.verbose_name_plural,
            "key": capfirst(self.key.verbose_name),
            "value": str(unmarked(cell))[:_SHOWN],
        }
        if outcome is None:
            return (_("No row of “%(table)s” has “%(value)s” as its “%(key)s”.") % named,)
        if not outcome.is_allowed:
            return (
                _("The row of “%(table)s” whose “%(key)s” is “%(value)s” cannot be chosen here.") % named,
            )
        message = _(
            "%(rows)d rows of “%(table)s” have “%(value)s” as their “%(key)s”: it does not say which."
        )
        return (message % {**named, "rows": outcome.rows},)


def marked(cell: Any) -> Any:
    """Return the cell as what can be remembered; in JSON, 1 and true are two things, and a list is none."""
    return cell if isinstance(cell, str) else ("json", json.dumps(cell, default=str))


def unmarked(cell: Any) -> Any:
    """Return the cell that was marked."""
    return json.loads(cell[1]) if isinstance(cell, tuple) else cell


class ReferenceJudge:
    """Judges the column of a relation to one row."""

    def __init__(
        self, field: models.Field, resolver: KeyResolver, *, typed: bool, keeps_empty: bool = False
    ) -> None:
        self.field = field
        self.refusals = 0
        self.resolver = resolver
        self.null = resolver.null
        self._typed = typed
        self.keeps_empty = keeps_empty

    def column(self, cells: Sequence[Any]) -> list[Any]:
        """Return the rows that these cells name, as `load_columns` takes them, and Refusals."""
        marks = list(map(marked, cells)) if self._typed else cells
        different = set(marks)
        self.resolver.look_up(different)
        loaded = self.loaded(different)
        # Called directly, the look-up costs half of what the brackets do: this is the innermost loop.
        column = list(map(loaded.__getitem__, marks))
        if Refusal in map(type, loaded.values()):
            self.refusals += sum(type(one) is Refusal for one in column)
        return column

    def loaded(self, marks: Collection[Any]) -> dict[Any, Any]:
        """Return by cell what `column` gives for these cells, which were looked up."""
        judged: Iterable[Any] = map(self.resolver.__getitem__, marks)
        if not self.keeps_empty:
            judged = map(self._emptied, judged)
        stored = (found if type(found) is Refusal else found.stored for found in judged)
        return dict(zip(marks, stored, strict=True))

    def values(self, cells: Iterable[Any]) -> list[Any]:
        """Return the ids of the rows that legal cells name; None for one that is not there yet."""
        values = [self.resolver.found(self.mark(cell)).value for cell in cells]
        return [None if value is _COMING else value for value in values]

    def mark(self, cell: Any) -> Any:
        """Return the cell as it is remembered."""
        return marked(cell) if self._typed else cell

    def judge_as_new(self, cell: Any) -> Judged | Refusal:
        """Return what an empty cell means to a row that is not there yet."""
        return self._emptied(Judged(None, self.null))

    def load(self, judged: Judged) -> Any:
        """Return the value as `load_columns` takes it."""
        return judged.stored

    def _emptied(self, found: Judged | Refusal) -> Judged | Refusal:
        if isinstance(found, Refusal) or found.value is not None:
            return found
        try:
            self.field.clean(None, None)
        except ValidationError as error:
            return Refusal(tuple(error.messages))
        return found


class LinksJudge:
    """Judges the column of a relation to many rows: a list of their keys in each cell.

    The value of a cell is the ids of the rows, without repetitions.
    """

    null = ()

    def __init__(
        self, field: models.Field, resolver: KeyResolver, reader: Judge, *, keeps_empty: bool = False
    ) -> None:
        self.field = field
        self.refusals = 0
        self.resolver = resolver
        self._reader = reader
        self._keeps_empty = keeps_empty

    def column(self, cells: Sequence[Any]) -> list[Any]:
        """Return the ids of the rows that these cells name, and Refusals."""
        lists = [self._parts(cell) for cell in cells]
        self.resolver.look_up(part for parts in lists if isinstance(parts, list) for part in parts)
        judged = [parts if isinstance(parts, Refusal) else self._judged(parts) for parts in lists]
        self.refusals += sum(type(found) is Refusal for found in judged)
        return judged

    def values(self, cells: Iterable[Any]) -> list[Any]:
        """Return the ids of the rows that legal cells name."""
        return [tuple(self.resolver.found(part).value for part in self._parts(cell)) for cell in cells]

    def judge_as_new(self, cell: Any) -> Judged | Refusal:
        """Return what an empty cell means to a row that is not there yet."""
        found = self._allowed(())
        return found if isinstance(found, Refusal) else Judged((), ())

    def load(self, judged: Judged) -> Any:
        """Return the ids."""
        return judged.stored

    def _parts(self, cell: Any) -> list[Any] | Refusal:
        if isinstance(cell, list):
            return [marked(part) for part in cell]
        try:
            return split(self._reader.raw(cell) or "") if isinstance(cell, str) else [marked(cell)]
        except ValidationError as error:
            return Refusal(tuple(error.messages))

    def _judged(self, parts: list[Any]) -> tuple[Any, ...] | Refusal:
        found = [self.resolver[part] for part in parts]
        reasons = [reason for one in found if isinstance(one, Refusal) for reason in one.reasons]
        if reasons:
            return Refusal(tuple(dict.fromkeys(reasons)))
        pks = tuple(dict.fromkeys(one.value for one in found if one.value is not None))
        return pks if self._keeps_empty and not pks else self._allowed(pks)

    def _allowed(self, pks: tuple[Any, ...]) -> tuple[Any, ...] | Refusal:
        try:
            self.field.clean(list(pks), None)
        except ValidationError as error:
            return Refusal(tuple(error.messages))
        return pks


def judge_of(
    field: models.Field, reference: Reference | None, connection: BaseDatabaseWrapper, **how: Any
) -> Judge | ReferenceJudge | LinksJudge:
    """Return what judges the column of a field; `how` are the arguments of Judge."""
    if reference is None:
        return Judge(field, connection, **how)
    keeps = how.pop("keeps_empty", False)
    if not is_many(field):
        resolver = KeyResolver(field, reference, connection, **how)
        return ReferenceJudge(field, resolver, typed=how["typed"], keeps_empty=keeps)
    resolver = KeyResolver(field, reference, connection, **{**how, "escaped": False})
    text = models.TextField(name=field.name, blank=True)
    return LinksJudge(field, resolver, Judge(text, connection, **how), keeps_empty=keeps)


class KeyTexts:
    """The texts that a file has for rows, by id: of one row or of many. `learn` them first, all at once."""

    def __init__(self, field: models.Field, resolver: KeyResolver) -> None:
        self._is_many = is_many(field)
        self._finder = resolver.finder
        self._write = text_writer(resolver.key)
        self._known: dict[Any, str] = {}

    def learn(self, values: Iterable[Any]) -> None:
        """Ask for the rows of these values."""
        pks = {pk for value in values for pk in self._pks(value)} - self._known.keys()
        if pks:
            found = self._finder.texts(pks)
            self._known |= {pk: "" if key is None else self._write(key) for pk, key in found.items()}

    def __call__(self, value: Any) -> str:
        """Return the text of a value."""
        texts = [self._known.get(pk, "") for pk in self._pks(value)]
        return join(texts) if self._is_many else "".join(texts)

    def _pks(self, value: Any) -> Sequence[Any]:
        if value is None:
            return ()
        return value if self._is_many else (value,)
