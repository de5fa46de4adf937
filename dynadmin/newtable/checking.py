"""What the rows of a file will be: the first of them, and what does not fit, counted by the fields."""

from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connections, models, router

from dynadmin.fieldtypes import field_types
from dynadmin.fieldtypes.cells import text_writer
from dynadmin.inference import EMPTY
from dynadmin.inference.inferring import text_of
from dynadmin.models import DynamicModel
from dynadmin.newtable.draft import ColumnDraft, TableDraft
from dynadmin.transfer.cells import Judge, Refusal
from dynadmin.transfer.readers import Source
from dynadmin.transfer.results import shorten

FIRST_ROWS = 20
_SHOWN = 5
# Different texts of a column that are remembered with what the field makes of them.
_REMEMBERED = 20_000
_ROWS_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Misfit:
    """Cells that a field refuses: how many, some of them, and why."""

    count: int
    samples: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Checked:
    """``rows`` are the first ones, as texts by the position of their column; a cell that is refused is None.

    ``misfits`` are by position, of columns that have some. ``refused`` rows would not come in.
    """

    rows: tuple[tuple[int, Mapping[int, str | None]], ...] = ()
    misfits: Mapping[int, Misfit] = field(default_factory=dict)
    total: int = 0
    refused: int = 0


def check(source: Source, draft: TableDraft, *, whole: bool = True, unread: Container[int] = ()) -> Checked:
    """Judge the rows of a file, or only the first. Raises BadFile when it cannot be read to its end.

    The columns at the positions ``unread`` are shown as they are written. What is told of relations and of
    values that come twice, only the import itself finds out.
    """
    read = [column for column in draft.kept if not column.by and column.position not in unread]
    columns = {column.position: _Column(column, source) for column in read}
    rows: list[tuple[int, Mapping[int, str | None]]] = []
    width, total, refused = len(source.headers), 0, 0
    for lines, some in source.chunks(_ROWS_AT_ONCE):
        total += len(some)
        full = [cells for cells in some if len(cells) == width]
        if len(rows) < FIRST_ROWS:
            numbered = [(line, cells) for line, cells in zip(lines, some, strict=True) if len(cells) == width]
            rows += [
                _shown(line, cells, draft, columns) for line, cells in numbered[: FIRST_ROWS - len(rows)]
            ]
        if not whole and len(rows) >= FIRST_ROWS:
            break
        bad: set[int] = set()
        by_position = list(zip(*full, strict=True)) if full else [()] * width
        for position, column in columns.items():
            bad |= column.count(by_position[position])
        refused += len(bad) + len(some) - len(full)
    return Checked(
        rows=tuple(rows),
        misfits={position: column.misfit for position, column in columns.items() if column.refused},
        total=total,
        refused=refused,
    )


class _Column:
    """One column as its field judges it."""

    def __init__(self, column: ColumnDraft, source: Source) -> None:
        self.empties = column.misfits == EMPTY
        model_field = field_types[column.type].model_field(column.options)
        self._judge = Judge(
            model_field,
            connections[router.db_for_read(DynamicModel)],
            escaped=not source.format.is_typed,
            typed=source.format.is_typed,
            remembered=0,
            reading=column.reading,
        )
        self._write = _writer(model_field)
        self._known: dict[Any, str] = {}  # the texts judged, with why they are refused
        self.refused: Counter[str] = Counter()
        self.reasons: dict[str, None] = {}

    def text(self, cell: Any) -> str | None:
        """Return the value of a cell as it will be; None if it is refused."""
        judged = self._judge.judge(cell)
        return None if isinstance(judged, Refusal) else self._write(judged.value)

    def count(self, cells: Sequence[Any]) -> set[int]:
        """Count what does not fit; return the places of the cells whose rows are refused."""
        texts = [text_of(cell) for cell in cells] if self._judge.is_typed else cells
        bad = self._bad(cells, texts)
        if not bad:
            return set()
        places = {place for place, text in enumerate(texts) if text in bad}
        self.refused.update(texts[place] for place in places)
        if len(self.refused) > _REMEMBERED:
            self._fold()
        return set() if self.empties else places

    def _bad(self, cells: Sequence[Any], texts: Sequence[str]) -> set[str]:
        some = dict(zip(texts, cells, strict=True))
        self._judge_new({text: cell for text, cell in some.items() if text not in self._known})
        bad = {text for text in some if self._known[text]}
        if len(self._known) > _REMEMBERED:
            self._known = {}
        return bad

    def _judge_new(self, cells: Mapping[str, Any]) -> None:
        before = self._judge.refusals
        judged = self._judge.column(list(cells.values())) if cells else []
        self._known.update(dict.fromkeys(cells, ""))
        if self._judge.refusals == before:
            return
        for text, found in zip(cells, judged, strict=True):
            if type(found) is Refusal:
                self._known[text] = reason = " ".join(found.reasons)
                if len(self.reasons) < _SHOWN:
                    self.reasons[reason] = None

    def _fold(self) -> None:
        """Forget which texts they were, but the most frequent."""
        most = dict(self.refused.most_common(_SHOWN))
        rest = self.refused.total() - sum(most.values())
        self.refused = Counter({**most, "…": rest})

    @property
    def misfit(self) -> Misfit:
        samples = tuple(shorten(text) for text, _count in self.refused.most_common(_SHOWN))
        return Misfit(count=self.refused.total(), samples=samples, reasons=tuple(self.reasons))


def _writer(model_field: models.Field) -> Callable[[Any], str]:
    write = text_writer(model_field)
    return lambda value: "" if value is None else shorten(write(value))


def _shown(
    line: int, cells: Sequence[Any], draft: TableDraft, columns: Mapping[int, _Column]
) -> tuple[int, Mapping[int, str | None]]:
    shown = {}
    for column in draft.kept:
        cell = cells[column.position]
        known = columns.get(column.position)
        shown[column.position] = known.text(cell) if known else shorten(text_of(cell))
    return line, shown
