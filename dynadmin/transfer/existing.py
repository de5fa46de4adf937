"""The rows of a batch compared with those of the file before them, and with those of the table."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from dynadmin.transfer.batches import Batch, BatchReader, Found
from dynadmin.transfer.cells import Refusal
from dynadmin.transfer.columns import ColumnPlan
from dynadmin.transfer.matching import Matcher
from dynadmin.transfer.options import ImportOptions
from dynadmin.transfer.results import WHOLE_ROW
from dynadmin.transfer.retiring import Retirement
from dynadmin.transfer.staging import Staging
from dynadmin.transfer.uniques import UniqueSets


@dataclass(frozen=True, kw_only=True)
class ExistingRows:
    """Compares rows with those that are there, and refuses those that clash. Use it as a context manager."""

    reader: BatchReader
    plan: ColumnPlan
    options: ImportOptions
    staging: Staging
    uniques: UniqueSets
    matcher: Matcher | None
    retirement: Retirement | None
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> "ExistingRows":
        with ExitStack() as stack:
            stack.enter_context(self.staging)
            stack.enter_context(self.uniques.enter(self.staging))
            for context in (self.matcher, self.retirement):
                if context is not None:
                    stack.enter_context(context)
            self._stack.push(stack.pop_all())
        return self

    def __exit__(self, *details: Any) -> None:
        self._stack.__exit__(*details)

    def compare(self, batch: Batch) -> None:
        """Match the rows of a batch with those of the table, and refuse those that clash."""
        self.staging.take(batch)
        refused: Found = self.uniques.repeated()
        if self.matcher is not None:
            refused |= self.matcher.match(batch)
            self.check(batch, refused)
        is_partial = self.options.existing == "fill" or self.options.empty_cells == "keep"
        refused = self.uniques.taken(batch, only_new=is_partial) | refused
        batch.refuse(refused)

    def check(self, batch: Batch, refused: Found) -> None:
        """Refuse what is not wanted of rows that were matched, and complete those that are new."""
        if self.retirement is not None and self.matcher is not None:
            self.retirement.keep_found(self.matcher.found)
        self._check_existing(batch, refused)
        self._complete_new(batch, refused)

    def _check_existing(self, batch: Batch, refused: Found) -> None:
        if self.options.existing == "refuse":
            for place, pk in enumerate(batch.pks):
                if pk is not None:
                    refused.setdefault(place, {WHOLE_ROW: (_("A row with this key is there already."),)})
        if self.plan.missing:
            labels = ", ".join(self.plan.missing)
            reason = _("No row has this key, and the file has no column for what a new row needs: %(names)s.")
            for place, pk in enumerate(batch.pks):
                if pk is None:
                    refused.setdefault(place, {WHOLE_ROW: (reason % {"names": labels},)})

    def _complete_new(self, batch: Batch, refused: Found) -> None:
        """Give new rows what their empty cells mean to them; there is nothing yet that could stay."""
        if self.options.empty_cells != "keep":
            return
        for judge, column in zip(self.reader.judges, batch.columns, strict=True):
            meant = judge.judge_as_new("")
            loaded = None if isinstance(meant, Refusal) else judge.load(meant)
            for place, pk in enumerate(batch.pks):
                if pk is None and column[place] == judge.null:
                    if isinstance(meant, Refusal):
                        refused.setdefault(place, {})[judge.field.name] = meant.reasons
                    else:
                        column[place] = loaded
