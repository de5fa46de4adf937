"""Statements about many rows, and what is noted of them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import reduce
from operator import or_
from typing import Any

from django.db import connections, models, transaction
from django.db.models import Q

from dynadmin.numbering import take_numbers
from dynadmin.rowhistory.insql import can_be_made
from dynadmin.rowhistory.notary import BATCH, batches, locked, notary_of
from dynadmin.rowhistory.values import Cells

Write = Callable[[Any], Any]


class Update:
    """A statement that sets values in rows. ``write`` runs it on whatever rows it is given."""

    def __init__(self, rows: Any, fields: Sequence[models.Field], write: Write) -> None:
        self._rows = rows
        self._write = write
        self._cells = Cells(fields)
        self._notary = notary_of(rows.model)
        self._values: Sequence[Any] | None = None

    def run(self, *, can_be_cut: bool, values: Sequence[Any] | None = None) -> int:
        """Change rows, in parts if that makes no difference to what they become; return their number.

        ``values`` are those that all rows have afterwards, where that is certain.
        """
        self._values = values
        if values is not None and len(values) == 1 and can_be_made(self._cells, self._rows.db):
            return self._set(values[0])
        with transaction.atomic(using=self._rows.db, savepoint=False):
            first = self._cells.read(locked(self._rows)[: BATCH + 1])
            if len(first) <= BATCH:
                keys = [pk for pk, *_values in first]
                return self._noted(first, self._these(keys) if can_be_cut else self._rows.filter(pk__in=keys))
            if not can_be_cut:
                return self._noted(self._cells.read(locked(self._rows)), self._rows)
            keys = list(locked(self._rows).values_list("pk", flat=True))
            return sum(self._part(part) for part in batches(keys))

    def _set(self, value: Any) -> int:
        """Give one column a value, and have the database itself note where it had another."""
        with transaction.atomic(using=self._rows.db, savepoint=False):
            keys = list(locked(self._rows).values_list("pk", flat=True))
            done = 0
            for part in batches(keys):
                rows = self._these(part)
                self._notary.set_to(rows, self._cells.fields[0], value)
                done += self._write(rows)
            return done

    def _part(self, keys: Sequence[Any]) -> int:
        rows = self._these(keys)
        return self._noted(self._cells.read(rows), rows)

    def _these(self, keys: Sequence[Any]) -> Any:
        # By their numbers alone: what made them be chosen may be what is changed.
        return type(self._rows)(self._rows.model, using=self._rows.db).filter(pk__in=keys)

    def _noted(self, before: Sequence[Any], rows: Any) -> Any:
        result = self._write(rows)
        plain = self._rows.model._base_manager.using(self._rows.db)
        for start in range(0, len(before), BATCH):
            part = before[start : start + BATCH]
            keys = [pk for pk, *_values in part]
            if self._values is not None:
                after = [(pk, *self._values) for pk in keys]
            else:
                after = self._cells.read(plain.filter(pk__in=keys))
            self._notary.changed(self._cells, part, after)
        return result


@contextmanager
def inserting(rows: Any, objs: Sequence[Any], *, ignore: bool, update: Any = ()) -> Iterator[None]:
    """Note what a bulk insert in the block creates, and what it changes.

    ``ignore``: rows that are there already stay as they are. ``update`` are names of fields that tell which
    rows are there already, and of those that are set in these.
    """
    if update:
        with _upserting(rows, objs, *update):
            yield
    elif ignore:
        with _ignoring(rows, objs):
            yield
    else:
        yield
        notary_of(rows.model).created(objs)


@contextmanager
def _ignoring(rows: Any, objs: Sequence[Any]) -> Iterator[None]:
    numberless = [obj for obj in objs if obj.pk is None]
    numbers = take_numbers(rows.model, len(numberless), connections[rows.db])
    for obj, number in zip(numberless, numbers, strict=True):
        obj.pk = number
    plain = rows.model._base_manager.using(rows.db)
    there = _existing(plain, [obj.pk for obj in objs])
    yield
    new = _existing(plain, [obj.pk for obj in objs]) - there
    notary_of(rows.model).created([obj for obj in objs if obj.pk in new])
    for obj in numberless:
        if obj.pk not in new:
            obj.pk = None


def _existing(plain: Any, keys: Sequence[Any]) -> set[Any]:
    found: set[Any] = set()
    for part in batches(keys):
        found.update(plain.filter(pk__in=part).values_list("pk", flat=True))
    return found


@contextmanager
def _upserting(
    rows: Any, objs: Sequence[Any], unique: Collection[str], updated: Collection[str]
) -> Iterator[None]:
    notary, opts = notary_of(rows.model), rows.model._meta
    plain = rows.model._base_manager.using(rows.db)
    cells = Cells(notary.tracked(opts.get_field(name) for name in updated))
    key = [opts.get_field(opts.pk.name if name == "pk" else name).attname for name in unique]
    before = {
        row[0]: row
        for start in range(0, len(objs), 200)
        for row in cells.read(locked(plain.filter(_any_of(objs[start : start + 200], key))))
    }
    yield
    notary.created([obj for obj in objs if obj.pk not in before])
    for part in batches(sorted(before)):
        notary.changed(cells, [before[pk] for pk in part], cells.read(plain.filter(pk__in=part)))


def _any_of(objs: Iterable[Any], key: Sequence[str]) -> Q:
    """Return the condition of having the key of any of these."""
    if len(key) == 1:
        return Q(**{f"{key[0]}__in": [getattr(obj, key[0]) for obj in objs]})
    return reduce(or_, (Q(**{name: getattr(obj, name) for name in key}) for obj in objs))
