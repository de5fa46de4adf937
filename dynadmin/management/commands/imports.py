"""``imports [TABLE]``: list the imports of files; go on with one, take it back, or give its refused rows."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import template_localtime

from dynadmin.exceptions import TableUnavailable, TransferError
from dynadmin.imports.records import FileImport
from dynadmin.imports.refused import refused_rows_of
from dynadmin.imports.running import run_import
from dynadmin.imports.undoing import order_undo, undone, why_not_undone
from dynadmin.management.importing import find_user
from dynadmin.registry import registry
from dynadmin.rowhistory import UndoTotals, undo_unit

_MOST = 50


class Command(BaseCommand):
    """Lists unless told what to do. Exits with 1 when it could not be done, or not to all rows."""

    help = (
        "List the imports of files, undo one, go on with one that was interrupted, or give its refused rows."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("table", nargs="?", metavar="TABLE", help="Only those into this table.")
        one = parser.add_mutually_exclusive_group()
        one.add_argument("--undo", type=int, metavar="NUMBER", help="Take back what this import did.")
        one.add_argument("--resume", type=int, metavar="NUMBER", help="Go on with this import here.")
        one.add_argument("--refused", type=int, metavar="NUMBER", help="Write its refused rows to --output.")
        parser.add_argument("--dry-run", action="store_true", help="With --undo: say what that would do.")
        parser.add_argument("--user", help="The name of the user for whom it is undone.")
        parser.add_argument("--output", metavar="FILE", help="Else the standard output.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do one of these things."""
        try:
            with registry.in_use():
                self._do(options)
        except (TransferError, TableUnavailable, LookupError, OSError) as error:
            raise CommandError(str(error)) from error

    def _do(self, options: dict[str, Any]) -> None:
        if options["undo"] is not None:
            self._undo(found(options["undo"]), options)
        elif options["resume"] is not None:
            self._resume(found(options["resume"]))
        elif options["refused"] is not None:
            self._give_refused(found(options["refused"]), options["output"])
        else:
            self._list(options["table"])

    def _list(self, table: str | None) -> None:
        imports = FileImport.objects.carried_out().select_related("author")
        if table:
            imports = imports.into(registry.current.model_named(table))
        for job in imports[:_MOST]:
            model = job.model
            counts = [f"{count} {name}" for name, count in job.totals.items() if count and type(count) is int]
            parts = [
                f"{template_localtime(job.created_at):%Y-%m-%d %H:%M}",
                f"into {model._meta.verbose_name_plural}" if model else "into a table that is gone",
                f"by {job.author}" if job.author else "",
                job.stage,
                *(counts if job.is_imported else ()),
            ]
            self.stdout.write(f"{job.pk}: {job.file_name}, " + ", ".join(filter(None, parts)))
        if not imports:
            self.stdout.write("No file was imported.")

    def _undo(self, job: FileImport, options: dict[str, Any]) -> None:
        if reason := why_not_undone(job):
            raise CommandError(reason)
        if options["dry_run"]:
            return self._tell(undo_unit(registry.latest().models, job.pk, dry_run=True))
        order_undo(job, user=find_user(options["user"]))
        run_import(job)
        job.refresh_from_db()
        if job.error:
            raise CommandError(job.error)
        return self._tell(undone(job))

    def _tell(self, totals: UndoTotals | None) -> None:
        totals = totals or UndoTotals()
        words = "{} taken out, {} changed back, {} brought back, {} left as they are."
        counts = (totals.taken_out, totals.changed_back, totals.brought_back, totals.in_the_way)
        self.stdout.write(words.format(*counts))
        for conflict in totals.conflicts:
            self.stderr.write(f"row {conflict.row}: {conflict.reason}")
        if totals.in_the_way:
            sys.exit(1)

    def _resume(self, job: FileImport) -> None:
        if not run_import(job):
            raise CommandError(f"Import {job.pk} is not waiting: {job.stage}.")
        job.refresh_from_db()
        if job.error:
            raise CommandError(job.error)
        self.stdout.write(f"Import {job.pk}: {job.stage}.")

    def _give_refused(self, job: FileImport, output: str | None) -> None:
        model = job.model
        if model is None:
            raise CommandError("The table of this import is no longer there.")
        file = refused_rows_of(job, model)
        if output is not None:
            with Path(output).open("wb") as target:
                target.writelines(file.pieces)
            return
        for piece in file.pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()


def found(number: int) -> FileImport:
    """Return the import of this number. Raises LookupError."""
    job = FileImport.objects.filter(pk=number).first()
    if job is None:
        raise LookupError(f"There is no import {number}.")
    return job
