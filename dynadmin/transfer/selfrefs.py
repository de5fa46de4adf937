"""Rows that refer to rows of the same file: those that come later are waited for."""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, NamedTuple

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from dynadmin.exceptions import TransferError
from dynadmin.loading import load_columns, loadable
from dynadmin.transfer.batches import Batch, BatchReader
from dynadmin.transfer.cells import Refusal
from dynadmin.transfer.columns import ColumnPlan
from dynadmin.transfer.readers import Source
from dynadmin.transfer.references import target_of
from dynadmin.transfer.resolving import ReferenceJudge
from dynadmin.transfer.results import RefusedRow
from dynadmin.transfer.staging import TemporaryTable, looked_up, sql_type

# Values in one query.
_AT_ONCE = 500


class Named(TemporaryTable):
    """The values that rows of the file have in one column: what other rows may call them."""

    def __init__(
        self, connection: BaseDatabaseWrapper, field: models.Field, cells: Callable[[], Iterable[Any]]
    ) -> None:
        self._field = field
        self._cells = cells
        self._is_filled = False
        super().__init__(connection, [f"v {sql_type(field, connection)}"])

    def among(self, values: Collection[Any]) -> set[Any]:
        """Return those of the values that a row of the file has. The file is read at the first question."""
        if not self._is_filled:
            for column in self._cells():
                load_columns(self.connection, self.name, ["v"], [column])
            self.execute(f"CREATE INDEX {self.name}_v ON {self.name} (v)")
            self._is_filled = True
        found: set[Any] = set()
        wanted = list(values)
        for start in range(0, len(wanted), _AT_ONCE):
            some = [
                self._field.get_db_prep_value(value, self.connection)
                for value in wanted[start : start + _AT_ONCE]
            ]
            marks = ", ".join(["%s"] * len(some))
            rows = self.rows(f"SELECT DISTINCT v FROM {self.name} WHERE v IN ({marks})", some)  # noqa: S608
            found.update(self._field.to_python(value) for (value,) in rows)
        return found


class Waiting(TemporaryTable):
    """The rows that wait for a row of the same file to be written, by one relation."""

    def __init__(
        self,
        model: type[models.Model],
        judge: ReferenceJudge,
        index: int,
        reader: BatchReader,
        connection: BaseDatabaseWrapper,
    ) -> None:
        self._model = model
        self.field = judge.field
        self._judge = judge
        self._key = judge.resolver.key
        self._reader = reader
        self._index = index
        self._loadable = loadable(connection)
        pk = sql_type(model._meta.pk, connection)
        # What rows referred to that were there before the import; of new ones nothing.
        self._before: dict[Any, Any] = {}
        super().__init__(connection, ["line bigint", f"pk {pk}", f"v {sql_type(self._key, connection)}"])

    def remember(self, pks: Iterable[Any]) -> None:
        """Remember what rows that are about to change refer to, in case they wait in vain."""
        rows = self._model._base_manager.using(self.connection.alias).filter(pk__in=list(pks))
        self._before |= dict(rows.values_list("pk", self.field.attname))

    def put_back(self, pks: Collection[Any]) -> set[Any]:
        """Have those of the rows that were there before refer to what they did; return them."""
        known = {pk: self._before[pk] for pk in pks if pk in self._before}
        rows = self._model._base_manager.using(self.connection.alias)
        for pk, value in known.items():
            rows.filter(pk=pk).update(**{self.field.attname: value})
        return set(known)

    def places(self, batch: Batch) -> list[int]:
        """Return the places of rows that name a row which is not there yet."""
        pending = self._judge.resolver.pending
        if not pending:
            return []
        cells = self._reader.cells(batch.rows, self._index)
        return [place for place, cell in enumerate(cells) if self._judge.mark(cell) in pending]

    def take(self, batch: Batch, pks: dict[int, Any]) -> None:
        """Have rows wait, by their places and with their keys; link those whose row has come."""
        places = [place for place in self.places(batch) if place in pks]
        if places:
            cells = self._reader.cells(batch.rows, self._index)
            pending = self._judge.resolver.pending
            values = [pending[self._judge.mark(cells[place])] for place in places]
            prepared = [self._key.get_db_prep_value(value, self.connection) for value in values]
            columns = [
                [self._loadable(batch.lines[place]) for place in places],
                [pks[place] for place in places],
                list(map(self._loadable, prepared)),
            ]
            load_columns(self.connection, self.name, ["line", "pk", "v"], columns)
        self._link()

    def _link(self) -> None:
        quote = self.connection.ops.quote_name
        meta = self._model._meta
        table, pk, own = quote(meta.db_table), quote(meta.pk.column), quote(self._judge.field.column)
        key = quote(self._key.column)
        there = (
            f"SELECT w.pk AS pk, min(n.{pk}) AS target FROM {self.name} w"  # noqa: S608
            f" JOIN {table} n ON n.{key} = w.v GROUP BY w.pk HAVING count(*) = 1"
        )
        with looked_up(self.connection):
            linked = self.execute(
                f"UPDATE {table} AS t SET {own} = f.target FROM ({there}) f"  # noqa: S608
                f" WHERE t.{pk} = f.pk AND t.{own} IS NULL"
            )
        if linked:
            self.execute(f"DELETE FROM {self.name} WHERE pk IN (SELECT pk FROM ({there}) f)")  # noqa: S608

    def left(self) -> list[tuple[int, Any]]:
        """Return the lines and keys of rows whose row has not come, having been refused itself."""
        rows = self.rows(f"SELECT line, pk FROM {self.name} ORDER BY line")  # noqa: S608
        return [(line, self._model._meta.pk.to_python(pk)) for line, pk in rows]


class SelfReferences:
    """The relations of a model to itself by which rows of a file wait for later ones."""

    def __init__(
        self,
        model: type[models.Model],
        reader: BatchReader,
        source: Source,
        plan: ColumnPlan,
        connection: BaseDatabaseWrapper,
    ) -> None:
        self._rows = model._base_manager.using(connection.alias)
        self._to_python = model._meta.pk.to_python
        self._source = source
        self._waiting: list[Waiting] = []
        self._taken_before: set[Any] = set()
        self._named: list[Named] = []
        positions = plan.positions()
        for index, judge in enumerate(reader.judges):
            if not isinstance(judge, ReferenceJudge) or target_of(judge.field) is not model:
                continue
            key = judge.resolver.key
            is_named = key.name in positions and (
                not isinstance(key, models.AutoField) or key.name in plan.key
            )
            if judge.field.null and is_named and judge.resolver.maker is None:
                named = Named(connection, key, _column_of(reader, source, key.name, positions[key.name]))
                judge.resolver.awaited = named.among
                self._named.append(named)
                self._waiting.append(Waiting(model, judge, index, reader, connection))

    def __bool__(self) -> bool:
        return bool(self._waiting)

    @property
    def tables(self) -> list[TemporaryTable]:
        """The temporary tables that they need."""
        return [*self._waiting, *self._named]

    def places(self, batch: Batch) -> set[int]:
        """Return the places of rows that name a row which is not there yet."""
        return {place for waiting in self._waiting for place in waiting.places(batch)}

    def remember(self, batch: Batch, matched: Iterable[int]) -> None:
        """Remember what rows that are about to change refer to, in case they wait in vain."""
        matched = set(matched)
        for waiting in self._waiting if matched else ():
            places = matched.intersection(waiting.places(batch))
            waiting.remember([self._to_python(batch.pks[place]) for place in places])

    def take(self, batch: Batch, pks: dict[int, Any]) -> None:
        """Have rows that were written wait, by their places and with their keys."""
        for waiting in self._waiting:
            waiting.take(batch, pks)

    def take_again(self, batch: Batch, after: int) -> None:
        """Have rows that were taken before the run was stopped wait as they did."""
        there = ((place, pk) for place, pk in enumerate(batch.pks) if batch.lines[place] <= after)
        taken = {place: pk for place, pk in there if pk is not None}
        self._taken_before |= {self._to_python(taken[place]) for place in self.places(batch) & taken.keys()}
        self.take(batch, taken)

    def refuse_left(self) -> "Left":
        """Take out new rows that wait in vain; have those that were there refer to what they did.

        Raises TransferError where others refer to such a row by now, or nobody knows whether it was there.
        """
        names: dict[int, str] = {}
        pks: set[Any] = set()
        known: set[Any] = set()
        for waiting in self._waiting:
            left = waiting.left()
            self._refuse_unclear(left)
            names |= dict.fromkeys((line for line, _pk in left), waiting.field.name)
            pks.update(pk for _line, pk in left)
            known |= waiting.put_back([pk for _line, pk in left])
        new = pks - known
        if new:
            self._refuse_named(new, min(names))
            self._rows.filter(pk__in=new).delete()
        refused = _refused_by(names, self._source) if names else []
        return Left(refused=refused, new=len(new), known=len(known))

    def _refuse_unclear(self, left: Iterable[tuple[int, Any]]) -> None:
        """Raise TransferError for rows written before the run was stopped: they may be older than that."""
        for line, pk in left:
            if pk in self._taken_before:
                message = _(
                    "The row at line %(line)d names a row of the file that was refused, and the import was "
                    "interrupted in between. Import the file anew, without this row or with the other mended."
                )
                raise TransferError(message % {"line": line})

    def _refuse_named(self, pks: Collection[Any], line: int) -> None:
        """Raise TransferError where rows that stay refer to rows that are to be taken out."""
        for waiting in self._waiting:
            if self._rows.filter(**{f"{waiting.field.name}__in": pks}).exclude(pk__in=pks).exists():
                message = _(
                    "The row at line %(line)d names a row of the file that was refused, and is named by "
                    "others itself. Mend the refused row, or leave out this one and those that name it."
                )
                raise TransferError(message % {"line": line})


class Left(NamedTuple):
    """Rows that waited in vain, as refused ones; how many of them were new, how many were there before."""

    refused: list[RefusedRow]
    new: int
    known: int


def _column_of(
    reader: BatchReader, source: Source, name: str, position: int
) -> Callable[[], Iterable[Sequence[Any]]]:
    judge = next(judge for judge in reader.judges if judge.field.name == name)

    def columns() -> Iterable[Sequence[Any]]:
        for _lines, rows in source.chunks():
            cells = [row[position] for row in rows if position < len(row)]
            refusals = judge.refusals
            yield [loaded for loaded in judge.column(cells) if type(loaded) is not Refusal]
            judge.refusals = refusals

    return columns


def _refused_by(left: dict[int, str], source: Source) -> list[RefusedRow]:
    """Return the lines as refused rows; by line is given the field whose row has not come."""
    words = (_("The row of the file that it names was refused itself."),)
    return [
        RefusedRow(line=line, cells=tuple(map(str, cells)), reasons={left[line]: words})
        for line, cells in source
        if line in left
    ]
