"""``importrows TABLE FILE``: the rows of a file into a table; with ``--create``, into a new one.

Exits with 0 when all rows were imported (or would be), 1 when rows were refused, 2 when the file, the table
or the arguments do not fit.
"""

import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import models
from tqdm import tqdm

from dynadmin.acting import acting
from dynadmin.conf import conf
from dynadmin.exceptions import BadColumns, NotApplied, TableUnavailable, TransferError
from dynadmin.imports.files import open_file, remove_files, take_in
from dynadmin.imports.findings import Findings, RefusedLine, labels_of, made_rows, refused_line
from dynadmin.imports.mapping import plan_known
from dynadmin.imports.ordering import start_import
from dynadmin.imports.records import FileImport
from dynadmin.imports.refused import notes_of
from dynadmin.imports.running import run_import
from dynadmin.imports.summaries import spared_words
from dynadmin.management.importing import (
    add_columns,
    add_policies,
    add_reading,
    choices,
    find_user,
    new_table,
    reading,
)
from dynadmin.management.newtables import add_new_table, checked_rows, made, refuse_open, told
from dynadmin.newtable import plan_for
from dynadmin.newtable.creating import retire_table
from dynadmin.registry import registry
from dynadmin.transfer import ColumnPlan, Source, import_rows, open_source
from dynadmin.transfer.options import ImportOptions
from dynadmin.transfer.refusals import refused_file
from dynadmin.transfer.results import RefusedRow
from dynadmin.transfer.uploads import store_upload

REFUSED = 1
BAD_USAGE = 2
_COPY = 1 << 20
# From the open file to how its columns and rows are taken.
Decide = Callable[[Source], tuple[ColumnPlan, ImportOptions]]


class Command(BaseCommand):
    """Imports a file in one transaction, with a progress bar."""

    help = "Import the rows of a file into a table: CSV, TSV, XLSX, ODS, JSON, NDJSON, Parquet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("table", metavar="TABLE", help="The name of the table.")
        parser.add_argument("file", metavar="FILE", help="The file to read; - for the standard input.")
        parser.add_argument("--key", help="Fields that tell existing rows, separated by commas; '' for none.")
        parser.add_argument(
            "--user", help="The name of the user whose rows these are; else they are nobody's."
        )
        parser.add_argument("--dry-run", action="store_true", help="Say what would happen, save nothing.")
        parser.add_argument("--skip-refused", action="store_true", help="Import the good rows all the same.")
        add_reading(parser)
        add_columns(parser)
        add_new_table(parser)
        parser.add_argument(
            "--errors", metavar="FILE", help="Write the refused rows there, with their reasons."
        )
        add_policies(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, report, and exit with the code that tells."""
        try:
            user = find_user(options["user"])
            with acting(user), _readable(options["file"]) as path:
                if None in options["create"]:
                    refused = self._create(path, options, user)
                else:
                    refused = self._into_table(path, options, user)
        except NotApplied as error:
            raise CommandError(
                f"{error} With --create the file becomes one.", returncode=BAD_USAGE
            ) from error
        except (TransferError, TableUnavailable, OSError, LookupError) as error:
            raise CommandError(str(error), returncode=BAD_USAGE) from error
        if refused:
            sys.exit(REFUSED)

    def _create(self, path: Path, options: dict[str, Any], user: Any) -> int:
        """Propose a table, and make it unless this is a dry run; return how many rows are refused."""
        source = open_source(path, **reading(options))
        proposal, draft, relations = new_table(source, options).propose()
        if options["dry_run"] or proposal.open_questions:
            for line in told(proposal, draft, relations, checked_rows(source, draft, proposal)):
                self.stdout.write(line)
            if options["dry_run"]:
                return 0
        refuse_open(proposal)
        definition = made(draft, user=user)
        chosen = ImportOptions(skip_refused=options["skip_refused"])
        try:
            with registry.in_use():
                model = definition.django_model
                job = self._import(
                    model, path, options, user, lambda rows: (plan_for(model, rows, draft), chosen)
                )
        except BaseException:
            retire_table(definition, user=user)
            raise
        refused = job.totals.get("refused", 0)
        if not job.is_imported or (refused and not job.totals.get("created")):
            retire_table(definition, user=user)
        return refused

    def _into_table(self, path: Path, options: dict[str, Any], user: Any) -> int:
        """Import into a table that is there; return how many rows are refused."""
        with registry.in_use() as snapshot:
            model = snapshot.model_named(options["table"])
            if options["dry_run"]:
                return self._try_out(model, path, options)
            job = self._import(model, path, options, user, lambda source: choices(model, source, options))
            return job.totals.get("refused", 0)

    def _try_out(self, model: type[models.Model], path: Path, options: dict[str, Any]) -> int:
        """Say what would be done; return how many rows are refused."""
        source = open_source(path, **reading(options))
        plan, chosen = choices(model, source, options)
        refused: list[tuple[int, str]] = []
        labels = labels_of(model, plan)

        def note(row: RefusedRow) -> None:
            refused.append((row.line, refused_line(row, labels).words))

        with self._bar(options) as bar:
            result = import_rows(
                model,
                source,
                plan=plan,
                options=chosen,
                dry_run=True,
                progress=lambda done: bar.update(done - bar.n),
                on_refused=note,
            )
        self._write_errors(options["errors"], model, source, plan, refused)
        totals = asdict(result.totals) | {"made": made_rows(model, result.made)}
        self._report(result.plan, totals, Findings.of(model, result).refused, chosen)
        self.stdout.write("Nothing was saved: this was a dry run.")
        return result.totals.refused

    def _import(
        self, model: type[models.Model], path: Path, options: dict[str, Any], user: Any, decide: Decide
    ) -> FileImport:
        """Import the file as it is decided once it is open; tell what came of it."""
        read = reading(options)
        name = read.pop("name")
        with path.open("rb") as file:
            chunks = iter(lambda: file.read(_COPY), b"")
            upload = store_upload(chunks, name=name, user_id=None, model=model)
        job = take_in(upload, model=model, user=user, **read)
        source = open_file(job)
        try:
            plan, chosen = decide(source)
            if plan.problems:
                raise BadColumns(" ".join(plan.problems))
        except BaseException:
            remove_files(job)
            job.delete()
            raise
        start_import(job, model, source, plan, chosen)
        with self._bar(options) as bar:
            carry_out(job, progress=lambda done: bar.update(done - bar.n))
        refused = list(notes_of(job))
        self._write_errors(options["errors"], model, source, plan, ((row.line, row.words) for row in refused))
        shown = refused[: conf.IMPORT_MAX_REFUSED]
        self._report(plan_known(model, job.plan), job.totals, shown, chosen)
        self._tell_end(job)
        return job

    def _bar(self, options: dict[str, Any]) -> tqdm:
        # Only for people: in a log it would be a line for each step.
        silent = not sys.stderr.isatty() or options["verbosity"] == 0
        return tqdm(unit=" rows", unit_scale=True, file=sys.stderr, disable=silent)

    def _write_errors(
        self,
        name: str | None,
        model: type[models.Model],
        source: Source,
        plan: ColumnPlan,
        told: Iterable[tuple[int, str]],
    ) -> None:
        if name is not None:
            with Path(name).open("wb") as file:
                file.writelines(refused_file(source, told, model=model, plan=plan).pieces)

    def _report(
        self,
        plan: ColumnPlan,
        totals: Mapping[str, Any],
        refused: Sequence[RefusedLine],
        chosen: ImportOptions,
    ) -> None:
        for column in plan.unmatched:
            self.stderr.write(f"Left out: column {column.position + 1}, {column.header!r}.")
        for row in refused:
            self.stderr.write(f"line {row.line}, {row.words}")
        for name, reference in plan.references.items():
            self.stderr.write(f"{name}: rows found by {reference.by}.")
        for table, count in totals.get("made", {}).items():
            self.stderr.write(f"New rows of {table}: {count}.")
        if hidden := totals.get("refused", 0) - len(refused):
            self.stderr.write(f"... and {hidden} more refused rows.")
        if spared := spared_words(chosen.missing, totals.get("refused", 0)):
            self.stderr.write(spared)
        counts = [totals.get(name, 0) for name in ("created", "changed", "skipped", "refused")]
        words = "{} created, {} changed, {} unchanged, {} refused"
        if retired := totals.get("retired", 0):
            words += f", {retired} deleted"
        self.stdout.write(words.format(*counts) + ".")

    def _tell_end(self, job: FileImport) -> None:
        if job.is_imported:
            self.stdout.write(f"This was import {job.pk}; `imports --undo {job.pk}` takes it back.")
        elif job.totals.get("refused"):
            self.stdout.write("Nothing was saved: rows were refused; see --skip-refused.")
        else:
            raise CommandError(job.error or "The import was cancelled.", returncode=BAD_USAGE)


def carry_out(job: FileImport, *, progress: Callable[[int], None]) -> None:
    """Carry an import out here; take it back where somebody stops the command."""
    try:
        run_import(job, progress=progress)
    except KeyboardInterrupt:
        job.request_cancel()
        run_import(job)
    job.refresh_from_db()


@contextmanager
def _readable(name: str) -> Iterator[Path]:
    """Give a path that can be read from its beginning again and again, which a pipe cannot."""
    if name != "-":
        yield Path(name)
        return
    with tempfile.NamedTemporaryFile(prefix="importrows-") as file:
        while piece := sys.stdin.buffer.read(_COPY):
            file.write(piece)
        file.flush()
        yield Path(file.name)
