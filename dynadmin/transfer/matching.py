"""Rows of the file against rows of the table: which exist, which clash, which differ."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from typing import Any, NamedTuple

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from dynadmin.loading import loadable, null_of
from dynadmin.transfer.batches import Batch, Found
from dynadmin.transfer.comparing import Comparison
from dynadmin.transfer.options import ImportOptions
from dynadmin.transfer.results import WHOLE_ROW
from dynadmin.transfer.seen import SeenKeys, SeenRows, Summary
from dynadmin.transfer.staging import Staging, TemporaryTable, gone_through, looked_up, sql_type

# The place of a staged row, the key of a row of the table that it is, and whether that would change.
Pair = tuple[int, Any, bool]
# How many times as many rows as there are staged are read sooner than the staged ones are looked up.
_SOON_READ = 12


class Way(NamedTuple):
    """How staged rows find those of the table: SQL, and what the planner is told meanwhile."""

    join: str
    keys: Sequence[str]
    planned: Callable[[BaseDatabaseWrapper], AbstractContextManager[None]]


class Matcher:
    """Finds by the key the row of the table that each staged row is. Use it as a context manager.

    `found` is a table of what was found for the staged rows.
    """

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
        self._pk, kind = model._meta.pk, sql_type(model._meta.pk, staging.connection)
        columns = ["n integer", "line bigint", f"pk {kind}", "differs boolean"]
        self.found = TemporaryTable(staging.connection, columns)
        self._is_found = f"EXISTS (SELECT 1 FROM {self.found.name} m WHERE m.n = s.n)"  # noqa: S608
        self._have_order = isinstance(self._pk, models.IntegerField)
        self._seen_rows = SeenRows(self.found, kind, have_order=self._have_order)
        self._seen_keys = SeenKeys(staging, staging.types(self._places))
        self._has_new = False
        self._keys: TemporaryTable | None = None
        self._way: Way | None = None
        self._stack = ExitStack()
        pairs = [(fields[place], f"s.{staging.column(place)}") for place in compared]
        self._compares = options.existing in ("update", "fill")
        self._differs = Comparison(self._connection, options).differs(pairs) if self._compares else "1 = 0"

    def __enter__(self) -> "Matcher":
        for table in (self.found, self._seen_rows, self._seen_keys):
            self._stack.enter_context(table)
        return self

    def __exit__(self, *details: Any) -> None:
        self._stack.__exit__(*details)

    def match(self, batch: Batch) -> Found:
        """Set `pks` and `differing`; return the rows whose key is empty, repeated or of several rows."""
        _summary, repeated = self.find(len(batch))
        return self.settle(batch, self.pairs(), repeated)

    def find(self, count: int) -> tuple[Summary, dict[int, int]]:
        """Find the rows of the table that the staged ones are, so many.

        Return a summary, and which staged rows have the key of one that stands before them in the file, and
        in which line that does.
        """
        if self._way is None:
            self._way = self._best_way(count)
        self._find(self._way)
        span = "min(pk), max(pk)" if self._have_order else "NULL, NULL"
        numbers = f"count(*), count(DISTINCT n), count(DISTINCT pk), {span}"
        [row] = self.found.rows(f"SELECT {numbers} FROM {self.found.name}")  # noqa: S608
        found = Summary(*row)
        repeated = self._seen_rows.take_found(found)
        if self._has_new and found.rows and self._keys is None:
            repeated |= self._seen_keys.before()
        if found.rows < count:
            repeated |= self._seen_keys.take(but=self._is_found if found.rows else "")
            self._has_new = True
        return found, repeated

    def settle(self, batch: Batch, pairs: Sequence[Pair], repeated: dict[int, int]) -> Found:
        """Set `pks` and `differing`, given which staged rows are which of the table."""
        keys = {number: pk for number, pk, _differs in pairs}
        load = loadable(self._connection)
        batch.pks = [None if (pk := keys.get(number)) is None else load(pk) for number in batch.staged]
        batch.differing |= {number for number, _pk, differs in pairs if differs}
        refused = self._without_key(batch)
        many = {} if len(keys) == len(pairs) else Counter(number for number, _pk, _differs in pairs)
        if repeated or many:
            for place, number in enumerate(batch.staged):
                if number in repeated:
                    words = _("The row at line %(line)d has the same key.") % {"line": repeated[number]}
                    refused[place] = {WHOLE_ROW: (words,)}
                elif many.get(number, 1) > 1:
                    words = _("%(count)d rows of the table have this key.") % {"count": many[number]}
                    refused.setdefault(place, {WHOLE_ROW: (words,)})
        return refused

    def _without_key(self, batch: Batch) -> Found:
        # A row without a number is a new one; without any other key it could be any.
        if isinstance(self._fields[0], models.AutoField) or None not in batch.pks:
            return {}
        columns = [batch.columns[place] for place in self._places]
        null = null_of(self._connection)
        lacking = (
            place
            for place, pk in enumerate(batch.pks)
            if pk is None and any(column[place] == null for column in columns)
        )
        return {place: {WHOLE_ROW: (_("The key of this row is empty."),)} for place in lacking}

    def pairs(self, condition: str = "1 = 1") -> list[Pair]:
        """Return which staged rows are which of the table."""
        return self.found.rows(f"SELECT n, pk, differs FROM {self.found.name} WHERE {condition}")  # noqa: S608

    def new(self) -> set[int]:
        """Return which staged rows are none of the table."""
        staged = f"SELECT s.n FROM {self._staging.name} s"  # noqa: S608
        return {number for (number,) in self.found.rows(f"{staged} WHERE NOT {self._is_found}")}

    def _find(self, way: Way) -> None:
        quote = self._connection.ops.quote_name
        pk = quote(self._pk.column)
        sources = [f"s.{self._staging.column(place)}" for place in self._places]
        equal = " AND ".join(map("{} = {}".format, way.keys, sources))
        self.found.clear()
        with way.planned(self._connection):
            self.found.execute(
                f"INSERT INTO {self.found.name} SELECT s.n, s.line, t.{pk}, {self._differs}"  # noqa: S608
                f" FROM {self._staging.name} s {way.join.format(equal=equal)}"
            )

    def _best_way(self, count: int) -> Way:
        """Return how to find rows: by an index of the table, by one made now, or by reading the table."""
        quote = self._connection.ops.quote_name
        table = quote(self._model._meta.db_table)
        columns = [f"t.{quote(field.column)}" for field in self._fields]
        join = f"JOIN {table} t ON {{equal}}"
        if self._has_index():
            return Way(join, columns, looked_up)
        if self._is_soon_read(table, count):
            # The planner knows nothing of such keys, and takes the few staged rows into memory, not the many.
            return Way(join, [f"COALESCE({column}, {column})" for column in columns], gone_through)
        name, keys = self._make_keys(table), [f"k.k{at}" for at in range(len(columns))]
        pk = quote(self._pk.column)
        return Way(f"JOIN {name} k ON {{equal}} JOIN {table} t ON t.{pk} = k.pk", keys, looked_up)

    def _is_soon_read(self, table: str, count: int) -> bool:
        """Return whether to read the whole table takes less than to look so many rows up."""
        if self._connection.vendor != "postgresql":
            return False
        most = _SOON_READ * count
        some = f"SELECT 1 FROM {table} LIMIT {most + 1}"  # noqa: S608
        [(rows,)] = self.found.rows(f"SELECT count(*) FROM ({some}) AS r")  # noqa: S608
        return bool(rows <= most)

    def _make_keys(self, table: str) -> str:
        """Make an index for the key, as the table has none and would be read for each batch."""
        quote = self._connection.ops.quote_name
        types = [f"k{at} {sql_type(field, self._connection)}" for at, field in enumerate(self._fields)]
        self._keys = TemporaryTable(self._connection, [*types, f"pk {sql_type(self._pk, self._connection)}"])
        self._stack.enter_context(self._keys)
        columns = [quote(field.column) for field in (*self._fields, self._pk)]
        name = self._keys.name
        self._keys.execute(f"INSERT INTO {name} SELECT {', '.join(columns)} FROM {table}")  # noqa: S608
        indexed = ", ".join(f"k{at}" for at in range(len(self._fields)))
        self._keys.execute(f"CREATE INDEX {name}_k ON {name} ({indexed})")
        if self._connection.vendor == "postgresql":
            self._keys.execute(f"ANALYZE {name}")
        return name

    def _has_index(self) -> bool:
        wanted = {field.column for field in self._fields}
        with self._connection.cursor() as cursor:
            found = self._connection.introspection.get_constraints(cursor, self._model._meta.db_table)
        return any(
            (one["index"] or one["unique"] or one["primary_key"])
            and one["columns"]
            and set(one["columns"]) <= wanted
            and (one["unique"] or one["primary_key"] or set(one["columns"]) == wanted)
            for one in found.values()
        )
