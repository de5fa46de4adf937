"""What an import did, as values: totals, bounded samples and the refused rows with their reasons."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from enum import StrEnum

from dynadmin.transfer.columns import ColumnPlan

# The key of a reason that is about the whole row rather than one of its columns.
WHOLE_ROW = ""
# Longest text of a cell that a result holds.
_SHOWN = 500


def shorten(text: str) -> str:
    """Return the text as it is shown: a cell may hold a whole book."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


class Outcome(StrEnum):
    """What became of a row."""

    CREATED = "created"
    CHANGED = "changed"
    SKIPPED = "skipped"
    REFUSED = "refused"
    # Of the table rather than of the file: deleted, as the file lacks it.
    RETIRED = "retired"


@dataclass(frozen=True, kw_only=True)
class Totals:
    """How many rows of the file met each outcome, and how many of the table were retired."""

    created: int = 0
    changed: int = 0
    skipped: int = 0
    refused: int = 0
    retired: int = 0

    @property
    def rows(self) -> int:
        """All rows of the file."""
        return self.created + self.changed + self.skipped + self.refused


@dataclass(frozen=True, kw_only=True)
class CellChange:
    """One cell of a sample row: its text before (None for a new row) and after the import."""

    field: str
    before: str | None
    after: str

    @property
    def is_changed(self) -> bool:
        """Whether an existing value becomes another one."""
        return self.before is not None and self.before != self.after


@dataclass(frozen=True, kw_only=True)
class SampleRow:
    """A row as the preview shows it; `line` is where it starts in the file."""

    line: int
    outcome: Outcome
    cells: tuple[CellChange, ...]


@dataclass(frozen=True, kw_only=True)
class RefusedRow:
    """A row that cannot be imported: its cells as read, and the reasons by field name (or WHOLE_ROW)."""

    line: int
    cells: tuple[str, ...]
    reasons: Mapping[str, tuple[str, ...]]

    def shortened(self, width: int) -> "RefusedRow":
        """Return the row as it is kept to be shown: at most so many cells, of bounded length."""
        return replace(self, cells=tuple(shorten(cell) for cell in self.cells[:width]))


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why rows were refused, and how many were for this; `field` is a name or WHOLE_ROW."""

    field: str
    words: str
    count: int


@dataclass(frozen=True, kw_only=True)
class ImportResult:
    """The whole of an import; `samples`, `refused` and `reasons` are bounded, `totals` are true.

    `reasons` are the most frequent ones, the first of them first; `made` says by relation how many rows were
    made in its target.
    """

    plan: ColumnPlan
    totals: Totals
    dry_run: bool
    is_saved: bool
    samples: tuple[SampleRow, ...] = ()
    refused: tuple[RefusedRow, ...] = ()
    reasons: tuple[Reason, ...] = ()
    made: Mapping[str, int] = dataclass_field(default_factory=dict)

    def samples_of(self, outcome: Outcome) -> tuple[SampleRow, ...]:
        """Return the sample rows that met this outcome."""
        return tuple(row for row in self.samples if row.outcome is outcome)
