"""One run over a file, batch by batch: what it takes from rows read to rows written, and what came of it."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db import connections, models, router, transaction
from django.utils.translation import gettext as _

from dynadmin.exceptions import BadColumns, TransferError
from dynadmin.executor import make_range_indexes
from dynadmin.kinds.stamps import is_filled_by_program
from dynadmin.rowhistory import changing
from dynadmin.transfer.ahead import ahead
from dynadmin.transfer.batches import Batch, BatchReader
from dynadmin.transfer.cells import Judge
from dynadmin.transfer.columns import ColumnPlan, with_constants
from dynadmin.transfer.existing import ExistingRows
from dynadmin.transfer.express import Express, ExpressBatch, ExpressTaker, express_of
from dynadmin.transfer.matching import Matcher
from dynadmin.transfer.noting import VIA, Notes
from dynadmin.transfer.options import ImportOptions
from dynadmin.transfer.paging import paged
from dynadmin.transfer.proposing import constant_references, settled
from dynadmin.transfer.readers import Source
from dynadmin.transfer.references import is_many
from dynadmin.transfer.reporting import Report
from dynadmin.transfer.results import ImportResult, Outcome, RefusedRow
from dynadmin.transfer.retiring import Retirement
from dynadmin.transfer.ruling import broken_rules, row_rules
from dynadmin.transfer.selfrefs import SelfReferences
from dynadmin.transfer.sifting import Sifter
from dynadmin.transfer.sparing import spared
from dynadmin.transfer.staging import Staging
from dynadmin.transfer.taking import Taker
from dynadmin.transfer.uniques import UniqueSets
from dynadmin.transfer.updating import Updater
from dynadmin.transfer.writing import RowWriter


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
    import in the history. In a dry run the caller rolls each batch back. `on_refused` is called with every
    refused row, `progress` with the number of rows done after each batch.

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
        self.options = options = options or ImportOptions()
        self.alias = router.db_for_write(model)
        plan = self._checked(with_constants(model, plan, options.constants))
        empty = options.empty_texts
        self.plan = plan = settled(model, source, plan, alias=self.alias, empty_texts=empty, user=user)
        self.position = 0
        self._source = source
        self.dry_run = dry_run
        self._progress = progress
        self._connection = connections[self.alias]
        told = constant_references(model, options.constants, source, alias=self.alias, user=user)
        self._reader = BatchReader(model, source, plan, self._connection, options, told)
        self._way = (VIA, unit)
        self._stack = ExitStack()
        self._set_up(on_refused)
        self._set_up_takers()

    def _checked(self, plan: ColumnPlan) -> ColumnPlan:
        if plan.problems:
            raise BadColumns(" ".join(plan.problems))
        if self._model._meta.parents:
            raise TransferError(_("Rows of models that inherit from another table cannot be imported."))
        if self.options.missing == "retire" and not plan.key:
            raise BadColumns(_("Without a key nobody knows which rows of the table the file lacks."))
        return plan

    def _set_up(self, on_refused: Callable[[RefusedRow], None] | None) -> None:
        model, options, fields, key = self._model, self.options, self._reader.fields, self.plan.key
        self._writer = RowWriter(model, fields, key, self._connection)
        compared = [
            place
            for place, field in enumerate(fields)
            if not field.primary_key and not is_filled_by_program(field)
        ]
        columns = [place for place in compared if not is_many(fields[place])]
        self._report = Report(self._reader, self.plan, options, compared, on_refused)
        self._notes = Notes(model, (fields[place] for place in columns), self.alias)
        uniques = UniqueSets(model, fields, key, self._connection)
        self._matcher = self._retirement = self._existing = None
        if key or uniques.places:
            places = [place for place, field in enumerate(fields) if not is_many(field)]
            staging = Staging(self._connection, fields, places if key else uniques.places)
            if key:
                self._matcher = Matcher(model, fields, key, staging, columns, options)
                self._writer.updater = Updater(model, fields, staging, columns, options, self._notes)
            if options.missing == "retire":
                self._retirement = Retirement(model, self._connection)
                self._writer.needs_numbers = True
            self._existing = ExistingRows(
                reader=self._reader,
                plan=self.plan,
                options=options,
                staging=staging,
                uniques=uniques,
                matcher=self._matcher,
                retirement=self._retirement,
            )
        self._selfrefs = SelfReferences(model, self._reader, self._source, self.plan, self._connection)
        self._writer.needs_numbers |= bool(self._selfrefs)
        # What a row would be that takes only some values of the file, the database knows.
        is_whole = not key or (options.existing != "fill" and options.empty_cells == "clear")
        self._rules = list(row_rules(model, fields)) if is_whole else []

    def _set_up_takers(self) -> None:
        """Make what writes the batches; plain lines go as they stand where only their cells are looked at."""
        self._taker = Taker(
            rows=self._model._base_manager.using(self.alias),
            reader=self._reader,
            options=self.options,
            writer=self._writer,
            selfrefs=self._selfrefs,
            retirement=self._retirement,
            notes=self._notes,
            report=self._report,
        )
        self._express = self._express_taker = self._sifter = None
        is_looked_at = self._rules or (self._existing is not None and self._existing.uniques.places)
        is_plain = self._matcher is not None or self._writer.fills_nothing
        if is_plain and not is_looked_at and isinstance(self._model._meta.pk, models.AutoField):
            self._express = express_of(self._model, self._source, self._reader, self.plan, self._connection)
        if self._express is not None:
            self._set_up_express(self._express)

    def _set_up_express(self, express: Express) -> None:
        if self._matcher is not None and self._existing is not None:
            self._sifter = Sifter(express, self._reader, self._existing, self._matcher, self._report)
        else:
            self._express_taker = ExpressTaker(self._model, express, self._taker, self._connection)

    @property
    def totals(self) -> Counter[Outcome]:
        """How many rows met each outcome so far."""
        return self._report.totals

    def __enter__(self) -> "ImportRun":
        with ExitStack() as stack:
            stack.enter_context(spared())
            stack.enter_context(paged(self._connection))
            others = (self._existing, self._writer.updater, *self._selfrefs.tables)
            for context in others:
                if context is not None:
                    stack.enter_context(context)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *details: Any) -> None:
        self._stack.__exit__(*details)

    # --- Before they are written ---

    def batches(self, *, after: int = 0) -> Iterator[Batch]:
        """Give the rows behind this line in batches: judged and matched, but not yet written.

        Earlier rows are looked at again, as later ones may repeat their keys.
        """
        for batch in self._judged():
            batch.refuse(broken_rules(self._rules, batch, self._reader))
            if self._sifter is not None and isinstance(batch, ExpressBatch):
                batch = self._sifter.sift(batch)
            elif len(batch) and self._existing is not None:
                self._existing.compare(batch)
            if after:
                if self._selfrefs and len(batch):
                    self._selfrefs.take_again(batch, after)
                batch.drop_until(after)
            if batch.last_line > after:
                yield batch

    def _judged(self) -> Iterator[Batch]:
        batches = self._express.batches() if self._express is not None else iter(self._reader)
        # SQLite works in this process: a thread would only be in its way.
        if self._connection.vendor == "postgresql" and self._reader.asks_nobody:
            yield from ahead(batches)
            return
        while True:
            with changing(*self._way), self._without_made_rows():
                batch = next(batches, None)
            if batch is None:
                return
            yield batch

    @contextmanager
    def _without_made_rows(self) -> Iterator[None]:
        """In a dry run, take back the rows that are made in other tables, where no transaction does it."""
        resolvers = [judge.resolver for judge in self._reader.judges if not isinstance(judge, Judge)]
        makes = any(resolver.maker for resolver in resolvers)
        if not (self.dry_run and makes) or self._connection.in_atomic_block:
            yield
            return
        with transaction.atomic(using=self.alias):
            yield
            transaction.set_rollback(True, using=self.alias)

    # --- Writing ---

    def take(self, batch: Batch) -> None:
        """Write and count the rows of a batch: call it inside a transaction, for batches in order."""
        with changing(*self._way):
            if self._express_taker is not None and isinstance(batch, ExpressBatch):
                self._express_taker.take(batch)
            else:
                self._taker.take(batch)
        self.position = batch.last_line
        if self._progress:
            self._progress(sum(self.totals.values()))

    # --- After the last row ---

    def finish(self) -> None:
        """Do what comes after the last row has been taken: call it inside a transaction or outside."""
        self._writer.finish()
        with changing(*self._way):
            left = self._selfrefs.refuse_left()
        self.totals[Outcome.CREATED] -= left.new
        self.totals[Outcome.CHANGED] -= left.known
        self._report.count_refused(left.refused)
        if self._retirement is not None and not self.totals[Outcome.REFUSED]:
            with changing(*self._way):
                self.totals[Outcome.RETIRED] += self._retirement.carry_out()

    def make_indexes(self) -> None:
        """Make the indexes that a table needs which has become large; not inside a transaction."""
        if (table := getattr(self._model, "table_schema", None)) and not self.dry_run:
            make_range_indexes([table])

    def result(self, *, is_saved: bool) -> ImportResult:
        """Return what happened, as a value."""
        return self._report.result(dry_run=self.dry_run, is_saved=is_saved)
