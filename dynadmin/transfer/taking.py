"""The rows of a batch taken into the table: written, counted, and told to the history."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from dynadmin.transfer.batches import Batch, BatchReader, Found, picked
from dynadmin.transfer.noting import Notes
from dynadmin.transfer.options import ImportOptions
from dynadmin.transfer.references import is_many
from dynadmin.transfer.reporting import Report
from dynadmin.transfer.results import Outcome
from dynadmin.transfer.retiring import Retirement
from dynadmin.transfer.selfrefs import SelfReferences
from dynadmin.transfer.writing import RowWriter


@dataclass(frozen=True, kw_only=True)
class Taker:
    """Takes rows that were judged and, where there is a key, matched with those of the table."""

    rows: models.QuerySet
    reader: BatchReader
    options: ImportOptions
    writer: RowWriter
    selfrefs: SelfReferences
    retirement: Retirement | None
    notes: Notes
    report: Report

    def take(self, batch: Batch) -> None:
        """Write and count the rows of a batch: call it inside a transaction, for batches in order."""
        # Without a key nobody has looked for them, and all are new.
        new = [place for place, pk in enumerate(batch.pks) if pk is None] if batch.pks else None
        matched = [place for place, pk in enumerate(batch.pks) if pk is not None]
        changed = self._changed(batch, matched)
        skipped = sorted(set(matched) - set(changed))
        shown = [
            *self.report.sampled(Outcome.CHANGED, changed),
            *self.report.sampled(Outcome.SKIPPED, skipped),
        ]
        stored = self._stored(batch, shown)
        noted = self.notes.before(lambda: self.writer.python_keys(picked(batch.pks, changed)))
        self.selfrefs.remember(batch, matched)
        refused: Found = {}
        self.writer.write(batch, new, self.writer.insert, refused)
        self.writer.write(batch, changed, self.writer.update, refused)
        if self.retirement is not None and new:
            self.retirement.keep(picked(batch.pks, new))
        if self.selfrefs and batch.pks:
            written = set(changed) | set(range(len(batch)) if new is None else new)
            self.selfrefs.take(batch, {place: batch.pks[place] for place in written - refused.keys()})
        self.notes.changed(noted)
        self._tell(batch, new, changed, skipped, stored, refused)

    def _changed(self, batch: Batch, matched: list[int]) -> list[int]:
        """Return the places of matched rows that would change."""
        if self.options.existing == "skip":
            return []
        changed = {place for place in matched if batch.staged[place] in batch.differing}
        changed.update(self.selfrefs.places(batch).intersection(matched) if matched else ())
        for links in self.writer.links:
            wanted = batch.columns[links.index]
            pks = self.writer.python_keys(picked(batch.pks, matched))
            found = links.stored(pks)
            for place, pk in zip(matched, pks, strict=True):
                stays = self.options.existing == "fill" and found[pk]
                if stays or (self.options.empty_cells == "keep" and not wanted[place]):
                    wanted[place] = found[pk]
                if set(found[pk]) != set(wanted[place]):
                    changed.add(place)
        return sorted(changed)

    def _stored(self, batch: Batch, places: Sequence[int]) -> dict[Any, dict[str, Any]]:
        """Return by key what is stored in matched rows."""
        if not places:
            return {}
        loaded = picked(batch.pks, places)
        pks = dict(zip(self.writer.python_keys(loaded), loaded, strict=True))
        columns = [field for field in self.reader.fields if not is_many(field)]
        there = self.rows.filter(pk__in=list(pks))
        values = there.values_list("pk", *(field.attname for field in columns))
        names = [field.name for field in columns]
        stored = {pks[pk]: dict(zip(names, cells, strict=True)) for pk, *cells in values}
        for links in self.writer.links:
            for pk, targets in links.stored(list(pks)).items():
                stored[pks[pk]][links.name] = targets
        return stored

    def _tell(
        self,
        batch: Batch,
        new: Sequence[int] | None,
        changed: list[int],
        skipped: list[int],
        stored: dict[Any, dict[str, Any]],
        refused: Found,
    ) -> None:
        """Count the rows that were written, and note the new ones."""
        places = range(len(batch)) if new is None else new
        created = [place for place in places if place not in refused] if refused else places
        changed = [place for place in changed if place not in refused]
        self.report.count(Outcome.CREATED, batch, created, {})
        self.report.count(Outcome.CHANGED, batch, changed, stored)
        self.report.count(Outcome.SKIPPED, batch, skipped, stored)
        self.report.totals[Outcome.SKIPPED] += len(batch.unchanged)
        if batch.pks:
            self.notes.created(batch.pks if new is None and not refused else picked(batch.pks, created))
        batch.refuse(refused)
        self.report.count_refused(batch.refused)
