"""What a check has found or an import has done, as it is kept: in words, as fields may be renamed or gone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.db import models
from django.utils.text import capfirst

from dynadmin.imports.mapping import id_of
from dynadmin.transfer.columns import ColumnPlan
from dynadmin.transfer.results import (
    WHOLE_ROW,
    CellChange,
    ImportResult,
    Outcome,
    RefusedRow,
    SampleRow,
    Totals,
)
from dynadmin.transfer.texts import storable

# What programs write where they have no value.
_NO_VALUE = frozenset(["NA", "N/A", "#N/A", "NULL", "NONE", "NIL", "NAN", "-", "--", "?", "\\N"])
# Cells that are kept of a list of rows, and characters of one.
_MOST_CELLS = 20_000
_LONGEST = 100
SHOWN = (Outcome.CREATED, Outcome.CHANGED, Outcome.SKIPPED)

Told = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class RefusedLine:
    """A row that was refused: its cells as texts, and why, by the labels of columns ("": the whole row)."""

    line: int
    cells: tuple[str, ...]
    reasons: tuple[Told, ...]

    @property
    def words(self) -> str:
        """Why it was refused, in one text."""
        told = ((label, " ".join(words)) for label, words in self.reasons)
        return "; ".join(f"{label}: {words}" if label else words for label, words in told)


@dataclass(frozen=True, kw_only=True)
class Findings:
    """The figures, and rows to look at. ``fields`` are those filled: pairs of id and label.

    ``reasons`` are the most frequent ones: label, words and count. ``made`` says by the name of a table how
    many rows it gets as they are referred to; ``no_values`` are texts of refused cells that may stand for
    none.
    """

    totals: Totals = field(default_factory=Totals)
    fields: tuple[tuple[str, str], ...] = ()
    samples: Mapping[str, tuple[SampleRow, ...]] = field(default_factory=dict)
    refused: tuple[RefusedLine, ...] = ()
    reasons: tuple[tuple[str, str, int], ...] = ()
    made: Mapping[str, int] = field(default_factory=dict)
    no_values: tuple[str, ...] = ()

    @classmethod
    def of(cls, model: type[models.Model], result: ImportResult) -> "Findings":
        """Return what is kept of a result."""
        labels = labels_of(model, result.plan)
        # What all rows get by itself is no column of the file, and seen in the rows all the same.
        for cell in result.samples[0].cells if result.samples else ():
            labels.setdefault(cell.field, _label_of(model, cell.field))
        return cls(
            totals=result.totals,
            fields=tuple((id_of(model._meta.get_field(name)), label) for name, label in labels.items()),
            samples={
                kind.value: tuple(map(_shortened, _bounded(result.samples_of(kind), len(labels))))
                for kind in SHOWN
            },
            refused=tuple(
                refused_line(row, labels) for row in _bounded(result.refused, len(result.plan.columns))
            ),
            reasons=tuple((labels.get(r.field, ""), storable(r.words), r.count) for r in result.reasons),
            made=made_rows(model, result.made),
            no_values=tuple(_no_values(result)),
        )

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Findings":
        if not data:
            return cls()
        return cls(
            totals=Totals(**data["totals"]),
            fields=tuple((id, label) for id, label in data["fields"]),
            samples={kind: tuple(map(_sample, rows)) for kind, rows in data["samples"].items()},
            refused=tuple(map(refused_from_json, data["refused"])),
            reasons=tuple((label, words, count) for label, words, count in data["reasons"]),
            made=data["made"],
            no_values=tuple(data["no_values"]),
        )


def labels_of(model: type[models.Model], plan: ColumnPlan) -> dict[str, str]:
    """Return what people call the fields that a file fills, by their names."""
    return {column.field: _label_of(model, column.field) for column in plan.matched if column.field}


def _label_of(model: type[models.Model], name: str) -> str:
    return str(capfirst(model._meta.get_field(name).verbose_name))


def made_rows(model: type[models.Model], made: Mapping[str, int]) -> dict[str, int]:
    """Return by the name of a table how many rows it got, of those that relations got."""
    counts: dict[str, int] = {}
    for name, count in made.items():
        table = str(model._meta.get_field(name).remote_field.model._meta.verbose_name_plural)
        counts[table] = counts.get(table, 0) + count
    return counts


def refused_line(row: RefusedRow, labels: Mapping[str, str]) -> RefusedLine:
    """Return a refused row as it is kept."""
    reasons = ((labels.get(name, ""), tuple(map(storable, words))) for name, words in row.reasons.items())
    cells = tuple(storable(text[:_LONGEST]) for text in row.cells)
    return RefusedLine(line=row.line, cells=cells, reasons=tuple(reasons))


def refused_from_json(data: Mapping[str, Any]) -> RefusedLine:
    reasons = tuple((label, tuple(words)) for label, words in data["reasons"])
    return RefusedLine(line=data["line"], cells=tuple(data["cells"]), reasons=reasons)


def _bounded(rows: Sequence[Any], width: int) -> Sequence[Any]:
    return rows[: max(1, _MOST_CELLS // max(1, width))]


def _shortened(row: SampleRow) -> SampleRow:
    return replace(row, cells=tuple(map(_short_cell, row.cells)))


def _short_cell(cell: CellChange) -> CellChange:
    """Return the cell with as much of its texts as shows whether and where they differ."""
    if len(cell.before or "") <= _LONGEST and len(cell.after) <= _LONGEST:
        return cell
    pairs = enumerate(zip(cell.before or "", cell.after, strict=False))
    first = next((at for at, (before, after) in pairs if before != after), 0)
    start = max(0, first - 20)
    part = slice(start, start + _LONGEST)
    return replace(cell, before=None if cell.before is None else cell.before[part], after=cell.after[part])


def _sample(data: Mapping[str, Any]) -> SampleRow:
    return SampleRow(
        line=data["line"],
        outcome=Outcome(data["outcome"]),
        cells=tuple(CellChange(**cell) for cell in data["cells"]),
    )


def _no_values(result: ImportResult) -> Iterator[str]:
    """Yield the texts of refused cells that other programs write where they have no value."""
    positions = result.plan.positions()
    cells = (
        row.cells[positions[name]]
        for row in result.refused
        for name in row.reasons
        if name != WHOLE_ROW and name in positions and positions[name] < len(row.cells)
    )
    yield from dict.fromkeys(cell for cell in cells if cell.strip().upper() in _NO_VALUE)
