"""The table that a change makes beside one in use, and how a row of the one becomes a row of the other."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Field, Model

from dynadmin.executor.filling import Filler
from dynadmin.executor.inspection import fetch_tables
from dynadmin.executor.judging import Source
from dynadmin.executor.online.jobs import Job
from dynadmin.executor.online.misfits import Misfit
from dynadmin.executor.online.names import copy_name, log_name
from dynadmin.executor.online.passes import with_one_empty
from dynadmin.executor.online.works import Work
from dynadmin.executor.physical import physical_model
from dynadmin.executor.strangers import add_strangers
from dynadmin.factory import build_field, build_models
from dynadmin.fieldtypes.cells import from_text
from dynadmin.plan import AddField, Plan
from dynadmin.schema import TableSchema


class Ready(NamedTuple):
    """A row made ready to be written, and the works that its values do not fit, by number."""

    parameters: tuple[Any, ...]
    misfits: Sequence[tuple[int, Misfit]]

    @property
    def pk(self) -> int:
        return self.parameters[-1]


@dataclass(frozen=True, kw_only=True)
class Copy:
    """A table as the change will leave it, to be filled from ``table``, which is in use.

    ``works`` are those for which the values of its rows are looked at; ``given`` has what is stored in
    columns that are the same in all rows.
    """

    change: int
    table: TableSchema
    model: type[Model]
    works: Sequence[Work]
    fillers: Mapping[int, Filler]
    given: Mapping[str, Any]

    @property
    def name(self) -> str:
        return copy_name(self.change, self.table.id)

    @cached_property
    def source(self) -> Source:
        """The rows, with those of their values that are looked at."""
        columns = sorted({column for work in self.works for column in work.watched})
        return Source(model=physical_model(self.table), columns=tuple(columns))

    def settle(self, rows: Sequence[tuple[int, tuple[Any, ...]]]) -> list[Ready]:
        """Return what becomes of rows of the source."""
        misfits: dict[int, list[tuple[int, Misfit]]] = defaultdict(list)
        stored = []
        for work in self.works:
            filler = self.fillers[work.number]
            settled = list(with_one_empty(filler.settle(self._values(work, rows)), work))
            for pk, _values, outcome in settled:
                if outcome.kind == "failed":
                    misfits[pk].append((work.number, (pk, outcome.code, outcome.reason)))
            if work.is_written:
                stored.append([values for _pk, *values in filler.stored(settled)])
        given = tuple(self.given.values())
        return [
            Ready((*given, *chain.from_iterable(values[1:]), values[0]), misfits.get(values[0], ()))
            for values in zip([pk for pk, _values in rows], *stored, strict=True)
        ]

    def _values(self, work: Work, rows: Iterable[tuple[int, tuple[Any, ...]]]) -> Iterator[tuple]:
        """Yield ids and values of rows as a work has them."""
        places = [self.source.columns.index(column) for column in work.source.columns]
        return ((pk, tuple(values[place] for place in places)) for pk, values in rows)

    @cached_property
    def insert_sql(self) -> str:
        """The statement that writes one row, unless it is gone or noted to be done later.

        All that nobody looks at is taken from the row as it is in that moment.
        """
        taken = dict(self._taken())
        columns = [*self.given, *self._written, *taken]
        values = [*["%s"] * (len(columns) - len(taken)), *taken.values()]
        return (
            f"INSERT INTO {self.name} ({', '.join(map(_quoted, columns))}) SELECT {', '.join(values)} "  # noqa: S608
            f"FROM {self.table.db_table} AS s WHERE s.id = %s AND NOT EXISTS "
            f"(SELECT 1 FROM {log_name(self.change)} WHERE t = {self.table.id:d} AND pk = s.id)"
        )

    @property
    def _written(self) -> list[str]:
        """The columns that works write, in the order in which rows are made ready."""
        return [
            target.column
            for work in self.works
            if work.is_written
            for target in self.fillers[work.number].targets
        ]

    def _taken(self) -> Iterator[tuple[str, str]]:
        """Yield the columns that are taken from the table in use, and as what."""
        old = {field.column: field for field in self.source.model._meta.concrete_fields}
        others = {*self.given, *self._written}
        for field in self.model._meta.concrete_fields:
            if field.column in old and field.column not in others:
                yield field.column, _as_required(old[field.column], field)


def _as_required(old: Field, new: Field) -> str:
    """Return the value of a column, or what takes its place where there is none and has to be one."""
    value = f"s.{_quoted(old.column)}"
    if not old.null or new.null:
        return value
    if new.empty_strings_allowed:
        return f"coalesce({value}, '')"
    if not new.has_db_default():
        return value
    default, _parameters = connection.schema_editor().db_default_sql(new)
    return f"coalesce({value}, {default.replace('%', '%%')})"


def make_copies(job: Job) -> list[Copy]:
    """Return what has to be made beside the tables on which there is work."""
    return [
        Copy(
            change=job.change.pk,
            table=table,
            model=_model_of(table, job.plan.target.tables[id]),
            works=job.works_on(id),
            fillers=job.fillers,
            given=dict(_given(job.plan, id)),
        )
        for id, table in job.tables.items()
    ]


def _model_of(before: TableSchema, after: TableSchema) -> type[Model]:
    """Return a class with all columns that the table will have, those of others among them."""
    model = build_models([after], physical=True)[after.id]
    ours = {field.column for field in before.columns}
    there = fetch_tables(before.db_table).get(before.db_table, {})
    add_strangers(model, {name: column for name, column in there.items() if name not in ours})
    return model


def _given(plan: Plan, table: int) -> Iterator[tuple[str, Any]]:
    for op in plan.operations:
        if isinstance(op, AddField) and op.table.id == table and op.choices.on_failure == "value":
            field = build_field(op.field)
            yield op.field.column, field.get_db_prep_save(from_text(field, op.choices.value), connection)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
