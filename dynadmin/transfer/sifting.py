"""Plain lines by a key: most are in the table as they stand, and only of the others cells are looked at."""

from collections import Counter
from dataclasses import dataclass
from itertools import compress
from typing import Any

from django.db import DataError, transaction

from dynadmin.transfer.batches import Batch, BatchReader
from dynadmin.transfer.existing import ExistingRows
from dynadmin.transfer.express import Express, ExpressBatch, Lines
from dynadmin.transfer.linecopy import LineCopy
from dynadmin.transfer.matching import Matcher
from dynadmin.transfer.reporting import Report
from dynadmin.transfer.results import Outcome

# The more rows are compared at once the fewer times the table is read, and little is kept of each.
_TIMES = 4


@dataclass(kw_only=True)
class SiftedBatch(Batch):
    """Those rows of a batch that are not in the table as they stand; columns are made when asked for."""

    reader: BatchReader
    rows: Lines  # type: ignore[assignment]

    @property
    def columns(self) -> list[list[Any]]:
        """All columns as lists, which may be changed."""
        if not self.parts and self.rows:
            judged = Batch()
            self.reader.judge(judged, self.lines, list(self.rows))
            self.parts = judged.parts
        return super().columns if self.parts else []

    def stream(self, index: int) -> list[Any]:
        """Return the items of one column."""
        return self.columns[index]

    def _keep(self, kept: list[bool]) -> None:
        columns = self.columns if self.parts else []
        for column in (self.lines, self.rows.texts, self.staged, self.pks, *columns):
            column[:] = compress(column, kept)


class Sifter:
    """Compares the batches of an express with the table."""

    def __init__(
        self, express: Express, reader: BatchReader, existing: ExistingRows, matcher: Matcher, report: Report
    ) -> None:
        self._express = express
        express.times = _TIMES
        self._reader = reader
        self._existing = existing
        self._matcher = matcher
        self._report = report
        self._staging = staging = existing.staging
        names = [staging.column(place) for place in range(len(express.fields))]
        texts = [names[place] for place in express.texts]
        columns = ["n", "line", *names]
        self._copy = LineCopy(staging.connection, staging.name, columns, texts, express.delimiter)

    def sift(self, batch: ExpressBatch) -> Batch:
        """Return what there is to do about a batch, matched with the table."""
        try:
            with transaction.atomic(using=self._staging.connection.alias):
                self._stage(batch)
        except DataError:
            # The database has the last word, and says it row by row.
            unpacked = self._express.unpacked(batch)
            self._existing.compare(unpacked)
            return unpacked
        return self._compared(batch)

    def _stage(self, batch: ExpressBatch) -> None:
        self._staging.clear()
        if batch.plain_lines:
            numbers = range(len(batch.plain_lines))
            self._copy.take(batch.numbered.lines, numbers, batch.plain_lines)
        if len(batch):
            self._staging.add(batch, first=len(batch.plain_lines))

    def _compared(self, batch: ExpressBatch) -> Batch:
        lines = [*batch.plain_lines, *batch.lines]
        found, repeated = self._matcher.find(len(lines))
        is_all = self._existing.options.existing == "refuse"
        room = len(self._report.sampled(Outcome.SKIPPED, range(len(lines))))
        looks = is_all or room or found.pairs > found.rows or repeated
        pairs = self._matcher.pairs("1 = 1" if looks else "differs")
        wanted = self._matcher.new() if found.rows < len(lines) else set()
        wanted |= repeated.keys()
        wanted |= {number for number, _pk, differs in pairs if differs or is_all}
        if looks:
            times = Counter(number for number, _pk, _differs in pairs)
            wanted |= {number for number, count in times.items() if count > 1}
            wanted |= set(sorted(times.keys() - wanted, key=lines.__getitem__)[:room])
        sifted = self._picked(batch, lines, wanted)
        refused = self._matcher.settle(sifted, pairs, repeated)
        self._existing.check(sifted, refused)
        sifted.refuse(refused)
        return sifted

    def _picked(self, batch: ExpressBatch, lines: list[int], wanted: set[int]) -> SiftedBatch:
        numbers = sorted(wanted, key=lines.__getitem__)
        texts: list[Any] = [*batch.plain.texts, *batch.rows]
        others = [line for number, line in enumerate(lines) if number not in wanted] if wanted else lines
        return SiftedBatch(
            reader=self._reader,
            lines=[lines[number] for number in numbers],
            rows=Lines(self._express.delimiter, [texts[number] for number in numbers]),
            staged=numbers,
            refused=batch.refused,
            last_line=batch.last_line,
            unchanged=others,
        )
