"""Rows of the file against rows of the table: which exist, which clash, which differ."""

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext as _

from dynadmin.constraints.breaking import has_message
from dynadmin.loading import loadable, null_of
from dynadmin.transfer.batches import Batch, Found
from dynadmin.transfer.comparing import Comparison
from dynadmin.transfer.options import ImportOptions
from dynadmin.transfer.results import WHOLE_ROW
from dynadmin.transfer.staging import SeenKeys, Staging, TemporaryTable, looked_up, sql_type


class Matcher:
    """Finds by the key the row of the table that each staged row is. Use it as a context manager."""

    def __init__(
        self,
        model: type[models.Model],
        fields: Sequence[models.Field],
        key: Sequence[str],
        staging: Staging,
        compared: Sequence[int],
        options: ImportOptions,
    ) -> None:
        names = [field.name for field in fields]
        self._connection = staging.connection
        self._model = model
        self._places = [names.index(name) for name in key]
        self._fields = [fields[place] for place in self._places]
        self._staging = staging
        self._seen = SeenKeys(staging, fields, self._places)
        self._keys: TemporaryTable | None = None
        self._stack = ExitStack()
        pairs = [(fields[place], f"s.{staging.column(place)}") for place in compared]
        self._compares = options.existing in ("update", "fill")
        self._differs = Comparison(self._connection, options).differs(pairs) if self._compares else "1 = 0"

    def __enter__(self) -> "Matcher":
        self._stack.enter_context(self._seen)
        return self

    def __exit__(self, *details: Any) -> None:
        self._stack.__exit__(*details)

    def match(self, batch: Batch) -> Found:
        """Set `pks` and `differing`; return the rows whose key is empty, repeated or of several rows."""
        self._ready_keys()
        null = null_of(self._connection)
        without = {
            index
            for place in self._places
            for index, loaded in enumerate(batch.columns[place])
            if loaded == null
        }
        repeated = self._seen.take()
        refused: Found = {}
        # A row without a number is a new one; without any other key it could be any.
        if not isinstance(self._fields[0], models.AutoField):
            refused = {index: {WHOLE_ROW: (_("The key of this row is empty."),)} for index in without}
        for index, line in repeated.items():
            words = _("The row at line %(line)d has the same key.") % {"line": line}
            refused[index] = {WHOLE_ROW: (words,)}
        self._find(batch, refused)
        return refused

    def _find(self, batch: Batch, refused: Found) -> None:
        load = loadable(self._connection)
        batch.pks = [None] * len(batch)
        many: dict[int, int] = {}
        for index, pk, differs in self._pairs():
            if batch.pks[index] is not None:
                many[index] = many.get(index, 1) + 1
            batch.pks[index] = load(pk)
            if differs:
                batch.differing.add(index)
        for index, count in many.items():
            words = _("%(count)d rows of the table have this key.") % {"count": count}
            refused.setdefault(index, {WHOLE_ROW: (words,)})

    def _pairs(self) -> list[tuple[int, Any, bool]]:
        """Return the places of staged rows, the rows of the table with their key, and whether they differ."""
        quote = self._connection.ops.quote_name
        table, pk = quote(self._model._meta.db_table), quote(self._model._meta.pk.column)
        sources = [f"s.{self._staging.column(place)}" for place in self._places]
        if self._keys:
            equal = " AND ".join(f"k.k{at} = {source}" for at, source in enumerate(sources))
            join = f"JOIN {self._keys.name} k ON {equal} JOIN {table} t ON t.{pk} = k.pk"
        else:
            columns = [f"t.{quote(field.column)}" for field in self._fields]
            equal = " AND ".join(
                f"{column} = {source}" for column, source in zip(columns, sources, strict=True)
            )
            join = f"JOIN {table} t ON {equal}"
        with looked_up(self._connection):
            return self._staging.rows(
                f"SELECT s.n, t.{pk}, {self._differs} FROM {self._staging.name} s {join}"  # noqa: S608
            )

    def _ready_keys(self) -> None:
        """Make an index for the key once a run if the table has none: it would be read for each batch."""
        if self._keys is not None or self._has_index():
            return
        quote = self._connection.ops.quote_name
        table, pk = quote(self._model._meta.db_table), self._model._meta.pk
        types = [f"k{at} {sql_type(field, self._connection)}" for at, field in enumerate(self._fields)]
        self._keys = TemporaryTable(self._connection, [*types, f"pk {sql_type(pk, self._connection)}"])
        self._stack.enter_context(self._keys)
        columns = [quote(field.column) for field in (*self._fields, pk)]
        name = self._keys.name
        self._keys.execute(f"INSERT INTO {name} SELECT {', '.join(columns)} FROM {table}")  # noqa: S608
        indexed = ", ".join(f"k{at}" for at in range(len(self._fields)))
        self._keys.execute(f"CREATE INDEX {name}_k ON {name} ({indexed})")
        if self._connection.vendor == "postgresql":
            self._keys.execute(f"ANALYZE {name}")

    def _has_index(self) -> bool:
        if not hasattr(self, "_is_indexed"):
            wanted = {field.column for field in self._fields}
            with self._connection.cursor() as cursor:
                found = self._connection.introspection.get_constraints(cursor, self._model._meta.db_table)
            self._is_indexed = any(
                (one["index"] or one["unique"] or one["primary_key"])
                and one["columns"]
                and set(one["columns"]) <= wanted
                and (one["unique"] or one["primary_key"] or set(one["columns"]) == wanted)
                for one in found.values()
            )
        return self._is_indexed


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
        self._seen = {wanted: SeenKeys(staging, self._fields, at) for wanted, at in self._sets.items()}
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
