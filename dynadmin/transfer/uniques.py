"""Rows of the file against what must be unique: in the file, and in the table."""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext as _

from dynadmin.constraints.breaking import has_message
from dynadmin.loading import loadable
from dynadmin.transfer.batches import Batch, Found
from dynadmin.transfer.results import WHOLE_ROW
from dynadmin.transfer.seen import SeenKeys
from dynadmin.transfer.staging import Staging, looked_up


class UniqueSets:
    """Refuses rows that would break what must be unique, in the words of the forms."""

    def __init__(
        self,
        model: type[models.Model],
        fields: Sequence[models.Field],
        key: Sequence[str],
        connection: BaseDatabaseWrapper,
    ) -> None:
        self._model = model
        self._connection = connection
        names = [field.name for field in fields]
        self._fields = fields
        self._sets = {
            wanted: [names.index(name) for name in wanted]
            for wanted in unique_sets(model)
            if set(wanted) <= set(names) and set(wanted) != set(key)
        }
        self._seen: dict[tuple[str, ...], SeenKeys] = {}
        self._stack = ExitStack()
        self.places = sorted({place for places in self._sets.values() for place in places})

    def enter(self, staging: Staging) -> "UniqueSets":
        """Return a context manager, in which rows of this staging are checked."""
        self._staging = staging
        self._seen = {wanted: SeenKeys(staging, staging.types(at)) for wanted, at in self._sets.items()}
        return self

    def __enter__(self) -> "UniqueSets":
        for seen in self._seen.values():
            self._stack.enter_context(seen)
        return self

    def __exit__(self, *details: Any) -> None:
        self._stack.__exit__(*details)

    def repeated(self) -> Found:
        """Return which staged rows have what a row before them in the file has."""
        refused: Found = {}
        for names, seen in self._seen.items():
            for index, line in seen.take().items():
                refused.setdefault(index, {})[_place_of(names)] = (self._words_in_file(names, line),)
        return refused

    def taken(self, batch: Batch, only_new: bool) -> Found:
        """Return which staged rows have what another row of the table has."""
        load = loadable(self._connection)
        refused: Found = {}
        for names, places in self._sets.items():
            words = self._words(names)
            for index, pk in self._clashes(places):
                own = batch.pks[index] if batch.pks else None
                if load(pk) != own and not (only_new and own is not None):
                    refused.setdefault(index, {})[_place_of(names)] = (words,)
        return refused

    def _clashes(self, places: Sequence[int]) -> list[tuple[int, Any]]:
        quote = self._connection.ops.quote_name
        meta = self._model._meta
        equal = " AND ".join(
            f"t.{quote(self._fields[place].column)} = s.{self._staging.column(place)}" for place in places
        )
        with looked_up(self._connection):
            return self._staging.rows(
                f"SELECT s.n, t.{quote(meta.pk.column)} FROM {self._staging.name} s"  # noqa: S608
                f" JOIN {quote(meta.db_table)} t ON {equal}"
            )

    def _words(self, names: tuple[str, ...]) -> str:
        for constraint in self._model._meta.total_unique_constraints:
            if tuple(constraint.fields) == names and has_message(constraint):
                return str(constraint.get_violation_error_message())
        return str(self._model().unique_error_message(self._model, names).messages[0])

    def _words_in_file(self, names: tuple[str, ...], line: int) -> str:
        labels = [str(capfirst(self._model._meta.get_field(name).verbose_name)) for name in names]
        message = _("The row at line %(line)d has the same %(labels)s.")
        return message % {"line": line, "labels": get_text_list(labels, _("and"))}


def _place_of(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else WHOLE_ROW


def unique_sets(model: type[models.Model]) -> list[tuple[str, ...]]:
    """Return the sets of field names whose values must be unique together, the primary key left out."""
    single = [
        (field.name,) for field in model._meta.local_concrete_fields if field.unique and not field.primary_key
    ]
    together = [tuple(names) for names in model._meta.unique_together]
    constraints = [tuple(constraint.fields) for constraint in model._meta.total_unique_constraints]
    return list(dict.fromkeys([*single, *together, *constraints]))
