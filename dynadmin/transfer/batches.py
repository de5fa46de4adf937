"""A file in batches: each column judged by its field, the rows that fail set apart.

A batch is columns, not rows: nothing is made for a row that is good.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, compress
from threading import Lock
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from dynadmin.exceptions import BadColumns
from dynadmin.fieldtypes.bulk import is_own
from dynadmin.transfer.cells import Judge, Refusal
from dynadmin.transfer.columns import ColumnPlan, importable_fields
from dynadmin.transfer.options import ImportOptions
from dynadmin.transfer.readers import Cells, Source
from dynadmin.transfer.readers.base import ROWS_AT_ONCE
from dynadmin.transfer.references import Reference
from dynadmin.transfer.resolving import judge_of
from dynadmin.transfer.results import WHOLE_ROW, RefusedRow

# A batch is bounded in rows, cells and chunks of the reader: memory is flat whatever the file is like.
_MOST_ROWS = 10_000
_MOST_CELLS = 200_000
_MOST_CHUNKS = 10
# Texts remembered over all columns of the file, and of one column.
_REMEMBERED = 100_000
_REMEMBERED_OF_ONE = 10_000

# Why rows are refused: by their place in the batch, and in each by the name of the field.
Found = dict[int, dict[str, tuple[str, ...]]]


@dataclass(kw_only=True)
class Batch:
    """Some consecutive rows of the file: the legal ones, and those already refused.

    `columns` are in the order of the fields, and hold what `load_columns` takes (of lists of rows their ids).
    They come in `parts`, which are put together only where somebody asks for it.
    `lines` and `rows` say of each row where it starts and what its cells were, `staged` its number among
    the staged rows. `pks` are the loaded keys of the rows they were matched to, None for new ones;
    `differing` are the staged numbers of those that would change. `unchanged` are the lines of rows that are
    in the table as they stand, of which nothing else is known.
    """

    parts: list[list[Sequence[Any]]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    rows: list[Cells] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    last_line: int = 0
    staged: list[int] = field(default_factory=list)
    pks: list[Any] = field(default_factory=list)
    differing: set[int] = field(default_factory=set)
    unchanged: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.lines)

    def drop_until(self, line: int) -> None:
        """Leave out the rows up to this line, which were taken before."""
        self.refused = [row for row in self.refused if row.line > line]
        self.unchanged = [number for number in self.unchanged if number > line]
        if self.lines and min(self.lines) <= line:
            self._keep([number > line for number in self.lines])

    @property
    def columns(self) -> list[list[Any]]:
        """All columns as lists, which may be changed."""
        if len(self.parts) != 1 or not all(type(column) is list for column in self.parts[0]):
            self.parts = [[list(chain(*columns)) for columns in zip(*self.parts, strict=True)]]
        return self.parts[0]  # type: ignore[return-value]

    def stream(self, index: int) -> Iterable[Any]:
        """Return the items of one column, to be gone through once."""
        return chain.from_iterable(part[index] for part in self.parts)

    def refuse(self, reasons: Found) -> None:
        """Set these rows apart."""
        if not reasons:
            return
        for index, why in reasons.items():
            self.refused.append(refused_row(self.lines[index], self.rows[index], why))
        self._keep([index not in reasons for index in range(len(self))])

    def _keep(self, kept: list[bool]) -> None:
        for column in (self.lines, self.rows, self.staged, self.pks, *self.columns):
            column[:] = compress(column, kept)


def picked(column: list[Any], places: Sequence[int] | None) -> list[Any]:
    """Return the items at these places; all of them for None."""
    return column if places is None else [column[place] for place in places]


class BatchReader:
    """Gives the batches of a source.

    `fields` are those that the matched columns fill, in their order, and then those with a constant.
    """

    def __init__(
        self,
        model: type[models.Model],
        source: Source,
        plan: ColumnPlan,
        connection: BaseDatabaseWrapper,
        options: ImportOptions,
        constant_references: Mapping[str, Reference],
    ) -> None:
        by_name = importable_fields(model)
        readings = {column.field: column.reading for column in plan.matched}
        names = [*readings, *options.constants]
        self.fields = [by_name[name] for name in names if name]
        self._positions = [column.position for column in plan.matched]
        self._source = source
        typed = source.format.is_typed
        references = {**plan.references, **constant_references}
        self.judges = [
            judge_of(
                field,
                references.get(field.name),
                connection,
                escaped=not typed,
                typed=typed,
                remembered=max(100, min(_REMEMBERED_OF_ONE, _REMEMBERED // max(1, len(self.fields)))),
                empty_texts=frozenset(options.empty_texts),
                reading=readings.get(field.name),
                keeps_empty=options.empty_cells == "keep",
            )
            for field in self.fields
        ]
        self._constants = list(options.constants.values())
        self._filled = self._fill_constants()
        # Rows may be judged while the next ones are in a thread, and a judge remembers what it has seen.
        self._turn = Lock()

    @property
    def asks_nobody(self) -> bool:
        """Whether all cells are judged without a query: fields of other apps may do as they please."""
        return all(isinstance(judge, Judge) and is_own(judge.field) for judge in self.judges)

    def _fill_constants(self) -> list[Any]:
        filled = []
        for judge, text in zip(self.judges[len(self._positions) :], self._constants, strict=True):
            [loaded] = judge.column([text])
            if isinstance(loaded, Refusal):
                message = _("“%(text)s” cannot be the value of %(name)s in all rows: %(reason)s")
                told = {"text": text, "name": judge.field.name, "reason": " ".join(loaded.reasons)}
                raise BadColumns(message % told)
            filled.append(loaded)
        return filled

    def __iter__(self) -> Iterator[Batch]:
        return self.batches()

    def batches(self, *, first: int = 0) -> Iterator[Batch]:
        """Give the rows from this line on."""
        most = max(100, min(_MOST_ROWS, _MOST_CELLS // max(1, len(self._source.headers))))
        batch, chunks = Batch(), 0
        for lines, rows in self._source.chunks(min(most, ROWS_AT_ONCE)):
            if lines[0] < first:
                kept = [(line, row) for line, row in zip(lines, rows, strict=True) if line >= first]
                lines, rows = [line for line, _row in kept], [row for _line, row in kept]
            if not rows:
                continue
            self.judge(batch, lines, rows)
            batch.last_line, chunks = lines[-1], chunks + 1
            if len(batch) + len(batch.refused) >= most - 1 or chunks == _MOST_CHUNKS:
                yield batch
                batch, chunks = Batch(), 0
                self._forget_pending()
        if chunks:
            yield batch

    def _forget_pending(self) -> None:
        for judge in self.judges:
            if not isinstance(judge, Judge):
                judge.resolver.pending = {}

    def judge(self, batch: Batch, lines: Sequence[int], rows: list[Cells]) -> None:
        """Add the rows of a chunk to the batch."""
        with self._turn:
            self._judge(batch, lines, rows)

    def _judge(self, batch: Batch, lines: Sequence[int], rows: list[Cells]) -> None:
        lines, rows = self._without_ragged(batch, lines, rows)
        if not rows:
            return
        cells = list(zip(*rows, strict=True))
        reasons: Found = {}
        judged = [
            self._column(judge, cells[position], reasons)
            for judge, position in zip(self.judges, self._positions, strict=False)
        ]
        judged += [[loaded] * len(rows) for loaded in self._filled]
        part = Batch(parts=[judged], lines=list(lines), rows=rows)
        part.refuse(reasons)
        batch.refused += part.refused
        batch.lines += part.lines
        batch.rows += part.rows
        batch.parts += part.parts

    def _column(self, judge: Any, cells: Sequence[Any], reasons: Found) -> list[Any]:
        before = judge.refusals
        loaded = judge.column(cells)
        if judge.refusals > before:
            for index, cell in enumerate(loaded):
                if type(cell) is Refusal:
                    reasons.setdefault(index, {})[judge.field.name] = cell.reasons
        return loaded

    def _without_ragged(
        self, batch: Batch, lines: Sequence[int], rows: list[Cells]
    ) -> tuple[Sequence[int], list[Cells]]:
        width = len(self._source.headers)
        if set(map(len, rows)) == {width}:
            return lines, rows
        message = _("The row has %(cells)d cells, the header has %(headers)d.")
        whole = []
        for line, cells in zip(lines, rows, strict=True):
            if len(cells) == width:
                whole.append((line, cells))
            else:
                reason = message % {"cells": len(cells), "headers": width}
                batch.refused.append(refused_row(line, cells, {WHOLE_ROW: (reason,)}))
        return [line for line, _cells in whole], [cells for _line, cells in whole]

    def values(self, rows: Iterable[Cells], index: int) -> list[Any]:
        """Return the values of one field, by its place, in legal rows."""
        return self.judges[index].values(self.cells(rows, index))

    def cells(self, rows: Iterable[Cells], index: int) -> list[Any]:
        """Return the cells of one field, by its place."""
        if index >= len(self._positions):
            return [self._constants[index - len(self._positions)] for _row in rows]
        position = self._positions[index]
        return [row[position] for row in rows]


def refused_row(line: int, cells: Cells, reasons: Mapping[str, tuple[str, ...]]) -> RefusedRow:
    """Return the refused row as a value; its cells as texts."""
    texts = tuple("" if cell is None else str(cell) for cell in cells)
    return RefusedRow(line=line, cells=texts, reasons=reasons)
