"""One run over a file, batch by batch: what it takes from rows read to rows written, and what came of it."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

from django.db import connections, models, router
from django.utils.translation import gettext as _

from dynadmin.conf import conf
from dynadmin.exceptions import BadColumns, TransferError
from dynadmin.executor import make_range_indexes
from dynadmin.transfer.batches import Batch, BatchReader, FileRow, refused_row
from dynadmin.transfer.cells import Judge, writer_of
from dynadmin.transfer.columns import ColumnPlan
from dynadmin.transfer.matching import Matcher, UniqueSets, is_same
from dynadmin.transfer.options import ImportOptions
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


class ImportRun:
    """Takes the rows of a source into a model, in batches that may each be committed by themselves.

        with ImportRun(model, source, plan, options) as run:
            for batch in run.batches(after=position):
                with transaction.atomic(using=run.alias):
                    run.take(batch)
            run.finish()
        result = run.result(is_saved=True)

    `position` is the line of the last row taken, from which a run that was stopped goes on. `user` is for
    whom it is done: relations to rows that they may not see are not filled. `unit` is the number of the
    import in the history. In a dry run the caller rolls each batch back, and no row is locked. `on_refused`
    is called with every refused row, `progress` with the number of rows done after each batch.

    Raises BadColumns when the columns do not fit, and while it iterates BadFile when the file cannot be read.
    """

    def __init__(
        self,
        model: type[models.Model],
        source: Source,
        plan: ColumnPlan,
        options: ImportOptions | None = None,
        *,
        user: Any = None,
        unit: int | None = None,
        dry_run: bool = False,
        on_refused: Callable[[RefusedRow], None] | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        self._model = model = model._meta.concrete_model
        self._check(plan)
        self.alias = router.db_for_write(model)
        self.options = options or ImportOptions()
        self.unit = unit
        empty = self.options.empty_texts
        self.plan = settled(model, source, plan, alias=self.alias, empty_texts=empty, user=user)
        self.totals: Counter[Outcome] = Counter()
        self.position = 0
        self.dry_run = dry_run
        self._progress = progress
        self._on_refused = on_refused
        self._samples: dict[Outcome, list[SampleRow]] = {outcome: [] for outcome in Outcome}
        self._refused: list[RefusedRow] = []
        self._reasons: Counter[tuple[str, str]] = Counter()
        self._stack = ExitStack()
        self._set_up(source)

    def _set_up(self, source: Source) -> None:
        model, plan, connection = self._model, self.plan, connections[self.alias]
        empty = frozenset(self.options.empty_texts)
        self._batches = BatchReader(model, source, plan, connection, empty)
        fields = self._batches.fields
        self._texts = [
            writer_of(judge.field, escape=False)
            if isinstance(judge, Judge)
            else KeyTexts(judge.field, judge.resolver)
            for judge in self._batches.judges
        ]
        self._writer = RowWriter(model, fields, plan.key, connection)
        self._matcher = Matcher(model, fields, plan.key, connection) if plan.key else None
        self._rules = list(row_rules(model, fields))
        self._uniques = UniqueSets(model, fields, plan.key, connection)

    def _check(self, plan: ColumnPlan) -> None:
        if plan.problems:
            raise BadColumns(" ".join(plan.problems))
        if self._model._meta.parents:
            raise TransferError(_("Rows of models that inherit from another table cannot be imported."))

    def __enter__(self) -> "ImportRun":
        with ExitStack() as stack:
            for context in (self._matcher, self._uniques):
                if context is not None:
                    stack.enter_context(context)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *details: Any) -> None:
        self._stack.__exit__(*details)

    def batches(self, *, after: int = 0) -> Iterator[Batch]:
        """Give the rows behind this line in batches, judged but not yet written.

        Earlier rows are read again, as later ones may repeat their keys.
        """
        for batch in self._batches:
            if batch.last_line > after:
                yield batch
            elif self._matcher:
                self._matcher.remember(batch.rows)

    def take(self, batch: Batch) -> None:
        """Match, write and count the rows of a batch: call it inside a transaction, for batches in order."""

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
        changed, before = self._differing(matched)
        created = self._writer.write(created, self._writer.insert, refuse)
        changed = self._writer.write(changed, self._writer.update, refuse)
        self._count(Outcome.CREATED, created, before)
        self._count(Outcome.CHANGED, changed, before)
        self._count(Outcome.SKIPPED, [row for row in matched if row.line not in before], before)
        self._count_refused(batch.refused)
        self.position = batch.last_line
        if self._progress:
            self._progress(sum(self.totals.values()))

    def finish(self) -> None:
        """Do what comes after the last row has been taken."""
        self._writer.finish()
        self.make_indexes()

    def make_indexes(self) -> None:
        """Make the indexes that a table needs which has become large; not inside a transaction."""
        if (table := getattr(self._model, "table_schema", None)) and not self.dry_run:
            make_range_indexes([table])

    def _without_incomplete(self, rows: list[FileRow], refuse: Callable[..., None]) -> list[FileRow]:
        """Refuse the new rows of a file that lacks a column which new rows need."""
        if not self.plan.missing:
            return rows
        labels = ", ".join(self.plan.missing)
        reason = _("No row has this key, and the file has no column for what a new row needs: %(names)s.")
        for row in rows:
            if row.pk is None:
                refuse(row, WHOLE_ROW, reason % {"names": labels})
        return [row for row in rows if row.pk is not None]

    def _differing(self, rows: list[FileRow]) -> tuple[list[FileRow], dict[int, dict[str, Any]]]:
        """Return the rows that differ from what is stored, and by line what that was."""
        if not rows:
            return [], {}
        stored = self._stored(rows)
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

    def _stored(self, rows: list[FileRow]) -> dict[Any, dict[str, Any]]:
        pks = [row.pk for row in rows]
        columns = [field for field in self._batches.fields if not is_many(field)]
        queryset = self._model._base_manager.using(self.alias).filter(pk__in=pks)
        if not self.dry_run:
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
        width = len(self.plan.columns)
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

    def result(self, *, is_saved: bool) -> ImportResult:
        """Return what happened, as a value."""
        return ImportResult(
            plan=self.plan,
            totals=Totals(**{outcome.value: self.totals[outcome] for outcome in Outcome}),
            dry_run=self.dry_run,
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
