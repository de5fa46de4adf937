"""What an import tells of itself: true totals, a few samples of each kind, refused rows and reasons."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from dynadmin.conf import conf
from dynadmin.transfer.batches import Batch, BatchReader
from dynadmin.transfer.cells import Judge
from dynadmin.transfer.celltexts import writer_of
from dynadmin.transfer.columns import ColumnPlan
from dynadmin.transfer.options import ImportOptions
from dynadmin.transfer.resolving import KeyTexts
from dynadmin.transfer.results import (
    CellChange,
    ImportResult,
    Outcome,
    Reason,
    RefusedRow,
    SampleRow,
    Totals,
    shorten,
)

# Different reasons that are counted, and those that are told.
_MOST_REASONS = 2_000
# The value with which a reason begins.
_QUOTED = re.compile(r"\A“.*?”(?=\s)", re.DOTALL)
_SHOWN_REASONS = 10

# The values of rows as they were, by their keys and the names of the fields.
Stored = Mapping[Any, Mapping[str, Any]]


class Report:
    """Counts what becomes of the rows. `compared` are the places of the fields that an import changes."""

    def __init__(
        self,
        reader: BatchReader,
        plan: ColumnPlan,
        options: ImportOptions,
        compared: Iterable[int],
        on_refused: Callable[[RefusedRow], None] | None,
    ) -> None:
        self.totals: Counter[Outcome] = Counter()
        self._reader = reader
        self._plan = plan
        self._options = options
        # The number of a row and what the program fills in never change by an import.
        self._compared = set(compared)
        self._on_refused = on_refused
        self._samples: dict[Outcome, list[SampleRow]] = {outcome: [] for outcome in Outcome}
        self._refused: list[RefusedRow] = []
        self._reasons: Counter[tuple[str, str]] = Counter()
        self._words: dict[tuple[str, str], str] = {}
        self._texts = [
            writer_of(judge.field, escape=False)
            if isinstance(judge, Judge)
            else KeyTexts(judge.field, judge.resolver)
            for judge in reader.judges
        ]

    def sampled(self, outcome: Outcome, places: Sequence[int]) -> Sequence[int]:
        """Return those of the rows for which there is room among the samples."""
        return places[: max(0, conf.IMPORT_SAMPLE - len(self._samples[outcome]))]

    def count(self, outcome: Outcome, batch: Batch, places: Sequence[int], stored: Stored) -> None:
        """Count rows of a batch, by their places; show the first of them."""
        self.totals[outcome] += len(places)
        places = self.sampled(outcome, places)
        if not places:
            return
        rows = [batch.rows[place] for place in places]
        values = [self._reader.values(rows, index) for index in range(len(self._texts))]
        before = [stored.get(batch.pks[place]) if batch.pks else None for place in places]
        for text, field, after in zip(self._texts, self._reader.fields, values, strict=True):
            if isinstance(text, KeyTexts):
                text.learn(after)
                text.learn(old[field.name] for old in before if old)
        for at, place in enumerate(places):
            cells = self._cells([column[at] for column in values], before[at])
            self._samples[outcome].append(SampleRow(line=batch.lines[place], outcome=outcome, cells=cells))

    def _cells(self, values: list[Any], before: Mapping[str, Any] | None) -> tuple[CellChange, ...]:
        cells = []
        for index, (field, text, value) in enumerate(
            zip(self._reader.fields, self._texts, values, strict=True)
        ):
            is_compared = before is not None and index in self._compared
            old = shorten(text(before[field.name])) if is_compared and before else None
            after = shorten(text(value))
            if old is not None and self._stays(old, after):
                after = old
            cells.append(CellChange(field=field.name, before=old, after=after))
        return tuple(cells)

    def _stays(self, old: str, new: str) -> bool:
        if self._options.existing == "skip" or (self._options.existing == "fill" and old):
            return True
        return self._options.empty_cells == "keep" and not new

    def count_refused(self, refused: list[RefusedRow]) -> None:
        """Count refused rows, hand them out, and keep the first of them."""
        refused.sort(key=lambda row: row.line)
        self.totals[Outcome.REFUSED] += len(refused)
        room = max(0, conf.IMPORT_MAX_REFUSED - len(self._refused))
        width = len(self._plan.columns)
        self._refused.extend(row.shortened(width) for row in refused[:room])
        for row in refused:
            self._count_reasons(row)
            if self._on_refused:
                self._on_refused(row)

    def _count_reasons(self, row: RefusedRow) -> None:
        for name, words in row.reasons.items():
            for reason in words:
                # One that begins with the value may be another one in each row, of the same kind.
                kind = name, _QUOTED.sub("“…”", reason)
                if len(self._reasons) < _MOST_REASONS or kind in self._reasons:
                    self._reasons[kind] += 1
                    # As long as all have the same value it is told.
                    if self._words.setdefault(kind, reason) != reason:
                        self._words[kind] = kind[1]

    def result(self, *, dry_run: bool, is_saved: bool) -> ImportResult:
        """Return what happened, as a value."""
        return ImportResult(
            plan=self._plan,
            totals=Totals(**{outcome.value: self.totals[outcome] for outcome in Outcome}),
            dry_run=dry_run,
            is_saved=is_saved,
            made=self._made(),
            samples=tuple(row for rows in self._samples.values() for row in rows),
            refused=tuple(self._refused),
            reasons=tuple(
                Reason(field=kind[0], words=self._words[kind], count=count)
                for kind, count in self._reasons.most_common(_SHOWN_REASONS)
            ),
        )

    def _made(self) -> dict[str, int]:
        """Return by relation how many rows its target got."""
        makers = {
            judge.field.name: judge.resolver.maker
            for judge in self._reader.judges
            if not isinstance(judge, Judge)
        }
        return {name: maker.made for name, maker in makers.items() if maker and maker.made}
