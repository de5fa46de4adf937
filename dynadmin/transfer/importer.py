"""Rows of a file into a model: read, judged, matched, written. A dry run is the real run rolled back."""

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import Any

from django.db import DatabaseError, connections, models, router, transaction
from django.utils.translation import gettext as _

from dynadmin.conf import conf
from dynadmin.exceptions import BadColumns, TransferError
from dynadmin.executor import make_range_indexes
from dynadmin.transfer.batches import Batch, BatchReader, FileRow, refused_row
from dynadmin.transfer.cells import Judge, writer_of
from dynadmin.transfer.columns import ColumnPlan, match_columns
from dynadmin.transfer.matching import Matcher, UniqueSets, is_same
from dynadmin.transfer.proposing import settled
from dynadmin.transfer.readers import Source
from dynadmin.transfer.references import is_many
from dynadmin.transfer.resolving import KeyTexts
from dynadmin.transfer.results import (
    WHOLE_ROW,
    CellChange,
    ImportResult,
    Outcome,
    Reason,
    RefusedRow,
    SampleRow,
    Totals,
    shorten,
)
from dynadmin.transfer.ruling import check_rules, row_rules
from dynadmin.transfer.writing import RowWriter

# Different reasons that are counted, and those that are told.
_MOST_REASONS = 2_000
_SHOWN_REASONS = 10


def import_rows(
    model: type[models.Model],
    source: Source,
    *,
    plan: ColumnPlan | None = None,
    key: Iterable[str] | None = None,
    dry_run: bool = False,
    skip_refused: bool = False,
    empty_texts: Iterable[str] = (),
    progress: Callable[[int], None] | None = None,
    on_refused: Callable[[RefusedRow], None] | None = None,
    user: Any = None,
) -> ImportResult:
    """Create or change one row of the model for each row of the file, in one transaction.

    Every cell passes the `clean()` of its field. Nothing is saved when a row is refused, unless
    `skip_refused`; nothing ever in a dry run. `plan` (see match_columns) says which column fills which field
    and what the key is; without it columns are matched by name, and `key` names the fields that tell existing
    rows. Cells that are one of `empty_texts` ("NA") count as empty. `progress` is called with the number of
    rows done after each batch, `on_refused` with every refused row. `user` is for whom it is done: relations
    to rows that they may not see are not filled.

    Raises BadColumns when the columns do not fit, BadFile when the file cannot be read to its end, and
    TransferError when the database stops the import; in all cases nothing was saved.
    """
    model = model._meta.concrete_model
    plan = plan or match_columns(model, source.headers, key=key)
    if plan.problems:
        raise BadColumns(" ".join(plan.problems))
    if model._meta.parents:
        raise TransferError(_("Rows of models that inherit from another table cannot be imported."))
    alias = router.db_for_write(model)
    plan = settled(model, source, plan, alias=alias, empty_texts=empty_texts, user=user)
    batches = BatchReader(model, source, plan, connections[alias], frozenset(empty_texts))
    run = ImportRun(model, batches, plan, alias, on_refused=on_refused, progress=progress)
    is_saved = _carried_out(run, alias, dry_run=dry_run, skip_refused=skip_refused)
    if is_saved and (table := getattr(model, "table_schema", None)):
        make_range_indexes([table])  # it may have become large
    return run.result(dry_run=dry_run, is_saved=is_saved)


def _carried_out(run: "ImportRun", alias: str, *, dry_run: bool, skip_refused: bool) -> bool:
    """Run in one transaction; return whether it was kept."""
    try:
        with transaction.atomic(using=alias):
            run.take_all(lock=not dry_run)
            is_kept = not dry_run and (skip_refused or not run.totals[Outcome.REFUSED])
            if not is_kept:
                transaction.set_rollback(True, using=alias)
    except DatabaseError as error:
        message = _("The database stopped the import, and nothing was saved: %(reason)s")
        raise TransferError(message % {"reason": str(error).splitlines()[0]}) from error
    return is_kept


class ImportRun:
    """One run over a file: the totals, the samples, and what it takes to fill them."""

    def __init__(
        self,
        model: type[models.Model],
        batches: BatchReader,
        plan: ColumnPlan,
        alias: str,
        *,
        on_refused: Callable[[RefusedRow], None] | None,
        progress: Callable[[int], None] | None,
    ) -> None:
        connection = connections[alias]
        self.totals: Counter[Outcome] = Counter()
        self._model = model
        self._alias = alias
        self._plan = plan
        self._progress = progress
        self._on_refused = on_refused
        self._samples: dict[Outcome, list[SampleRow]] = {outcome: [] for outcome in Outcome}
        self._refused: list[RefusedRow] = []
        self._reasons: Counter[tuple[str, str]] = Counter()
        self._batches = batches
        fields = batches.fields
        self._texts = [
            writer_of(judge.field, escape=False)
            if isinstance(judge, Judge)
            else KeyTexts(judge.field, judge.resolver)
            for judge in batches.judges
        ]
        self._writer = RowWriter(model, fields, plan.key, connection)
        self._matcher = Matcher(model, fields, plan.key, connection) if plan.key else None
        self._rules = list(row_rules(model, fields))
        self._uniques = UniqueSets(model, fields, plan.key, connection)

    def take_all(self, *, lock: bool) -> None:
        """Take all batches of the file; with `lock`, nobody else changes the matched rows meanwhile."""
        with ExitStack() as stack:
            for context in (self._matcher, self._uniques):
                if context is not None:
                    stack.enter_context(context)
            for batch in self._batches:
                self._take(batch, lock)
                if self._progress:
                    self._progress(sum(self.totals.values()))
        self._writer.finish()

    def _take(self, batch: Batch, lock: bool) -> None:
        def refuse(row: FileRow, field: str, reason: str) -> None:
            batch.refused.append(refused_row(row.line, row.cells, {field: (reason,)}))

        rows = batch.rows
        if self._matcher:
            rows = self._matcher.match(rows, refuse)
            rows = self._without_incomplete(rows, refuse)
        rows = check_rules(self._rules, rows, refuse)
        rows = self._uniques.check(rows, refuse)
        created = [row for row in rows if row.pk is None]
        matched = [row for row in rows if row.pk is not None]
        changed, before = self._differing(matched, lock)
        created = self._writer.write(created, self._writer.insert, refuse)
        changed = self._writer.write(changed, self._writer.update, refuse)
        self._count(Outcome.CREATED, created, before)
        self._count(Outcome.CHANGED, changed, before)
        self._count(Outcome.SKIPPED, [row for row in matched if row.line not in before], before)
        self._count_refused(batch.refused)

    def _without_incomplete(self, rows: list[FileRow], refuse: Callable[..., None]) -> list[FileRow]:
        """Refuse the new rows of a file that lacks a column which new rows need."""
        if not self._plan.missing:
            return rows
        labels = ", ".join(self._plan.missing)
        reason = _("No row has this key, and the file has no column for what a new row needs: %(names)s.")
        for row in rows:
            if row.pk is None:
                refuse(row, WHOLE_ROW, reason % {"names": labels})
        return [row for row in rows if row.pk is not None]

    def _differing(self, rows: list[FileRow], lock: bool) -> tuple[list[FileRow], dict[int, dict[str, Any]]]:
        """Return the rows that differ from what is stored, and by line what that was."""
        if not rows:
            return [], {}
        stored = self._stored(rows, lock)
        changed, before = [], {}
        for row in rows:
            old = stored.get(row.pk)
            if old is None:
                continue
            if any(
                not is_same(field, old[field.name], row.judged[index].value)
                for index, field in self._writer.compared
            ):
                changed.append(row)
                before[row.line] = old
        return changed, before

    def _stored(self, rows: list[FileRow], lock: bool) -> dict[Any, dict[str, Any]]:
        pks = [row.pk for row in rows]
        columns = [field for field in self._batches.fields if not is_many(field)]
        queryset = self._model._base_manager.using(self._alias).filter(pk__in=pks)
        if lock:
            queryset = queryset.select_for_update()
        values = queryset.values_list("pk", *(field.attname for field in columns))
        names = [field.name for field in columns]
        stored = {pk: dict(zip(names, cells, strict=True)) for pk, *cells in values.iterator(chunk_size=2000)}
        for links in self._writer.links:
            for pk, targets in links.stored(pks).items():
                stored[pk][links.name] = targets
        return stored

    def _count(self, outcome: Outcome, rows: list[FileRow], before: dict[int, dict[str, Any]]) -> None:
        self.totals[outcome] += len(rows)
        room = conf.IMPORT_SAMPLE - len(self._samples[outcome])
        sampled = rows[: max(0, room)]
        for index, text in enumerate(self._texts):
            if isinstance(text, KeyTexts):
                name = self._batches.fields[index].name
                text.learn(row.judged[index].value for row in sampled)
                text.learn(before[row.line][name] for row in sampled if row.line in before)
        for row in sampled:
            self._samples[outcome].append(self._sample(row, outcome, before.get(row.line)))

    def _sample(self, row: FileRow, outcome: Outcome, before: dict[str, Any] | None) -> SampleRow:
        cells = []
        for field, text, judged in zip(self._batches.fields, self._texts, row.judged, strict=True):
            after = shorten(text(judged.value))
            # The number of a row and what the program fills in never change by an import.
            is_compared = before is not None and any(field is other for _i, other in self._writer.compared)
            old = shorten(text(before[field.name])) if is_compared and before else None
            cells.append(CellChange(field=field.name, before=old, after=after))
        return SampleRow(line=row.line, outcome=outcome, cells=tuple(cells))

    def _count_refused(self, refused: list[RefusedRow]) -> None:
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
                # A reason that quotes the value may be another one in each row.
                if len(self._reasons) < _MOST_REASONS or (name, reason) in self._reasons:
                    self._reasons[name, reason] += 1

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
                Reason(field=name, words=words, count=count)
                for (name, words), count in self._reasons.most_common(_SHOWN_REASONS)
            ),
        )

    def _made(self) -> dict[str, int]:
        """Return by relation how many rows its target got."""
        makers = {
            judge.field.name: judge.resolver.maker
            for judge in self._batches.judges
            if not isinstance(judge, Judge)
        }
        return {name: maker.made for name, maker in makers.items() if maker and maker.made}
