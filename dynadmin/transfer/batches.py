"""A file in batches: each cell judged by its field, column by column, the rows that fail set apart."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from dynadmin.transfer.cells import Judged, Refusal
from dynadmin.transfer.columns import ColumnPlan, importable_fields
from dynadmin.transfer.readers import Cells, Source
from dynadmin.transfer.resolving import judge_of
from dynadmin.transfer.results import WHOLE_ROW, RefusedRow

# A batch is bounded in rows, cells and characters, so that memory is flat whatever the shape of the file.
_MOST_ROWS = 5_000
_MOST_CELLS = 100_000
_MOST_CHARACTERS = 8_000_000
# Texts remembered over all columns of the file, and of one column.
_REMEMBERED = 100_000
_REMEMBERED_OF_ONE = 10_000


@dataclass(slots=True)
class FileRow:
    """A row whose cells are all legal; `judged` is in the order of the fields, `pk` of the matched row."""

    line: int
    cells: Cells
    judged: Sequence[Judged]
    pk: Any = None


@dataclass(kw_only=True)
class Batch:
    """Some consecutive rows of the file: the legal ones, and those already refused."""

    rows: list[FileRow] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    last_line: int = 0


class BatchReader:
    """Gives the batches of a source. `fields` are those that the matched columns fill, in their order."""

    def __init__(
        self,
        model: type[models.Model],
        source: Source,
        plan: ColumnPlan,
        connection: BaseDatabaseWrapper,
        empty_texts: frozenset[str] = frozenset(),
    ) -> None:
        by_name = importable_fields(model)
        self.fields = [by_name[column.field] for column in plan.matched if column.field]
        self._positions = [column.position for column in plan.matched]
        readings = [column.reading for column in plan.matched]
        self._source = source
        self._typed = source.format.is_typed
        remembered = max(100, min(_REMEMBERED_OF_ONE, _REMEMBERED // max(1, len(self.fields))))
        self.judges = [
            judge_of(
                field,
                plan.references.get(field.name),
                connection,
                escaped=not self._typed,
                typed=self._typed,
                remembered=remembered,
                empty_texts=empty_texts,
                reading=reading,
            )
            for field, reading in zip(self.fields, readings, strict=True)
        ]

    def __iter__(self) -> Iterator[Batch]:
        for raw in _cut(self._source):
            yield self._judged(raw)

    def _judged(self, raw: list[tuple[int, Cells]]) -> Batch:
        batch = Batch(last_line=raw[-1][0])
        whole = self._without_ragged(raw, batch)
        if not whole:
            return batch
        columns = list(zip(*(cells for _line, cells in whole), strict=True))
        judged, reasons = [], {}
        for judge, position in zip(self.judges, self._positions, strict=True):
            before = judge.refusals
            judged.append(judge.column(columns[position]))
            if judge.refusals > before:
                _add_reasons(reasons, judge.field.name, judged[-1])
        if not reasons:
            rows = zip(whole, zip(*judged, strict=True), strict=True)
            batch.rows = [FileRow(line, cells, values) for (line, cells), values in rows]
            return batch
        for index, ((line, cells), values) in enumerate(zip(whole, zip(*judged, strict=True), strict=True)):
            if index in reasons:
                batch.refused.append(refused_row(line, cells, reasons[index]))
            else:
                batch.rows.append(FileRow(line, cells, values))
        return batch

    def _without_ragged(self, raw: list[tuple[int, Cells]], batch: Batch) -> list[tuple[int, Cells]]:
        width = len(self._source.headers)
        if {len(cells) for _line, cells in raw} == {width}:
            return raw
        message = _("The row has %(cells)d cells, the header has %(headers)d.")
        whole = []
        for line, cells in raw:
            if len(cells) == width:
                whole.append((line, cells))
            else:
                reason = message % {"cells": len(cells), "headers": width}
                batch.refused.append(refused_row(line, cells, {WHOLE_ROW: (reason,)}))
        return whole


def refused_row(line: int, cells: Cells, reasons: dict[str, tuple[str, ...]]) -> RefusedRow:
    """Return the refused row as a value; its cells as texts."""
    texts = tuple("" if cell is None else str(cell) for cell in cells)
    return RefusedRow(line=line, cells=texts, reasons=reasons)


def _cut(source: Source) -> Iterator[list[tuple[int, Cells]]]:
    """Cut the rows of a source into batches."""
    most_rows = max(100, min(_MOST_ROWS, _MOST_CELLS // max(1, len(source.headers))))
    size = _typed_size if source.format.is_typed else _text_size
    raw: list[tuple[int, Cells]] = []
    characters = 0
    for line, cells in source:
        raw.append((line, cells))
        characters += size(cells)
        if len(raw) >= most_rows or characters >= _MOST_CHARACTERS:
            yield raw
            raw, characters = [], 0
    if raw:
        yield raw


def _text_size(cells: Cells) -> int:
    return sum(map(len, cells))


def _typed_size(cells: Cells) -> int:
    return sum(len(cell) for cell in cells if isinstance(cell, str))


def _add_reasons(
    reasons: dict[int, dict[str, tuple[str, ...]]], name: str, column: list[Judged | Refusal]
) -> None:
    for index, cell in enumerate(column):
        if type(cell) is Refusal:
            reasons.setdefault(index, {})[name] = cell.reasons
