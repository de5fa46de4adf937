"""Rows that are noted: what is written through the class of a table is in its history, by whichever call.

A statement stays a statement: what it is about to change is read and locked, it runs, and one more statement
notes what became different. All in one transaction, so that neither is ever there without the other.
"""

from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Any

from django.db import models, transaction
from django.db.models import signals
from django.db.models.deletion import Collector

from dynadmin.rowhistory.contexts import unnoted
from dynadmin.rowhistory.notary import notary_of
from dynadmin.rowhistory.statements import Update, inserting
from dynadmin.rowhistory.values import is_foreseen, is_stored_as_given


class NotedRows(models.QuerySet):
    """Rows whose changes are noted."""

    def update(self, **values: Any) -> int:
        """Set values in all rows, and note it."""
        notary = notary_of(self.model)
        tracked = notary.tracked(map(self._field, values)) if notary else []
        if not tracked or self.query.is_sliced or self.query.combinator:
            return super().update(**values)
        self._for_write = True
        self._result_cache = None
        can_be_cut = not any(hasattr(value, "resolve_expression") for value in values.values())
        unnoted_update = super(NotedRows, type(self)).update
        update = Update(self, tracked, lambda rows: unnoted_update(rows, **values))
        given = {self._field(name): value for name, value in values.items()}
        wanted = [given[field] for field in tracked]
        is_known = can_be_cut and all(map(is_stored_as_given, tracked, wanted))
        return update.run(can_be_cut=can_be_cut, values=wanted if is_known else None)

    update.alters_data = True  # type: ignore[attr-defined]

    def _field(self, name: str) -> models.Field:
        return self.model._meta.get_field(self.model._meta.pk.name if name == "pk" else name)

    def bulk_create(
        self,
        objs: Iterable[Any],
        batch_size: int | None = None,
        ignore_conflicts: bool = False,
        update_conflicts: bool = False,
        update_fields: Collection[str] | None = None,
        unique_fields: Collection[str] | None = None,
    ) -> list[Any]:
        """Insert rows, and note which are new, and what becomes of those that are there already."""
        objs = list(objs)
        options = batch_size, ignore_conflicts, update_conflicts, update_fields, unique_fields
        if not objs or not notary_of(self.model):
            return super().bulk_create(objs, *options)
        self._for_write = True
        known = bool(update_conflicts and update_fields and unique_fields)
        update = (unique_fields, update_fields) if known else ()
        with (
            transaction.atomic(using=self.db, savepoint=False),
            inserting(self, objs, ignore=ignore_conflicts, update=update),
        ):
            return super().bulk_create(objs, *options)

    bulk_create.alters_data = True  # type: ignore[attr-defined]

    def _raw_delete(self, using: str) -> Any:
        """Delete all rows in one statement, once they are noted."""
        notary = notary_of(self.model)
        if not notary:
            return super()._raw_delete(using)
        with transaction.atomic(using=using, savepoint=False):
            notary.deleting(self.using(using))
            return super()._raw_delete(using)

    _raw_delete.alters_data = True  # type: ignore[attr-defined]


@cache
def noted(rows: type[models.QuerySet]) -> type[models.QuerySet]:
    """Return the class of the same rows, noted."""
    if issubclass(rows, NotedRows):
        return rows
    return type(rows.__name__, (NotedRows, rows), {"__module__": rows.__module__})


class NotedManager(models.Manager.from_queryset(NotedRows)):  # type: ignore[misc]
    """The way to rows that is taken by whoever saves, deletes or links them."""


class NotedRow(models.Model):
    """A row, or a link, that notes its own saving and deletion."""

    _noted = NotedManager()

    class Meta:
        abstract = True
        base_manager_name = "_noted"

    def _save_table(self, raw: bool = False, *args: Any, **kwargs: Any) -> bool:
        """Save the row, and note it if it is new; whatever is changed of others notes itself."""
        notary = notary_of(type(self))
        if raw or not notary:  # what a fixture loads was noted where it came from
            with unnoted():
                return super()._save_table(raw, *args, **kwargs)
        using = kwargs.get("using") or args[3]
        with transaction.atomic(using=using, savepoint=False):
            updated = super()._save_table(raw, *args, **kwargs)
            if not updated:
                notary.created([self])
        return updated

    def _do_update(
        self, base_qs: Any, using: str, pk_val: Any, values: Sequence[Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Update the row that is saved, if it is there, and note what became different."""
        notary = notary_of(type(self))
        given = {field: value for field, _model, value in values} if notary else {}
        tracked = notary.tracked(given) if notary else []
        if not tracked:
            return super()._do_update(base_qs, using, pk_val, values, *args, **kwargs)
        reader = notary.reader(tuple(tracked))
        before = reader.read(pk_val, using)
        updated = super()._do_update(base_qs, using, pk_val, values, *args, **kwargs)
        if before is not None:
            wanted = [given[field] for field in tracked]
            is_known = all(map(is_foreseen, tracked, before[1:], wanted))
            after = (pk_val, *wanted) if is_known else reader.read(pk_val, using)
            notary.changed(reader.cells, [before], [after] if after is not None else [])
        return updated

    def delete(self, using: str | None = None, keep_parents: bool = False) -> Any:
        """Delete the row; one that Django deletes without telling anybody is noted first."""
        notary = notary_of(type(self))
        using = using or self._state.db or type(self)._base_manager.db
        if not notary or self.pk is None or not Collector(using=using, origin=self).can_fast_delete(self):
            return super().delete(using, keep_parents)
        with transaction.atomic(using=using, savepoint=False):
            notary.deleting(type(self)._base_manager.using(using).filter(pk=self.pk))
            return super().delete(using, keep_parents)

    delete.alters_data = True  # type: ignore[attr-defined]


def watch_deletion(model: Any) -> None:
    """Be told of each row that is deleted with others. For classes that Django deletes row by row anyway:
    one that is watched is always deleted like that."""
    notary = model._notary
    # Held weakly: who notes goes with the class.
    signals.pre_delete.connect(notary.row_goes, sender=model)
    signals.post_delete.connect(notary.row_gone, sender=model)
