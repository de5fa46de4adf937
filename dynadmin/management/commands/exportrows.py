"""``exportrows TABLE``: the rows of a table into a file, or to the standard output."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from dynadmin.exceptions import TableUnavailable, TransferError
from dynadmin.management.outputs import written
from dynadmin.registry import registry
from dynadmin.transfer.exporter import export_rows
from dynadmin.transfer.formats import written_format_of, written_formats

BAD_USAGE = 2


class Command(BaseCommand):
    """Exports a table as a stream, ordered by its key."""

    help = "Export the rows of a table as CSV, TSV, XLSX or JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("table", metavar="TABLE", help="The name of the table.")
        parser.add_argument(
            "--format",
            choices=[format_.slug for format_ in written_formats()],
            help="Else as the name of the output says, or CSV.",
        )
        parser.add_argument(
            "--output", default="-", metavar="FILE", help="Where to write; - for the standard output."
        )
        parser.add_argument("--columns", help="Names of fields, separated by commas; all of them otherwise.")
        parser.add_argument(
            "--relation",
            action="append",
            default=[],
            metavar="FIELD=COLUMN",
            help="By which column of its target a relation tells rows, as plane=tail or plane=pk.",
        )
        parser.add_argument(
            "--no-escape",
            action="store_true",
            help="Write texts that look like formulas as they are; not for files that spreadsheets open.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file."""
        output, columns = options["output"], options["columns"]
        for pair in options["relation"]:
            if "=" not in pair:
                raise CommandError(
                    f"--relation {pair}: write FIELD=COLUMN, as plane=tail.", returncode=BAD_USAGE
                )
        try:
            format_ = options["format"] or written_format_of("" if output == "-" else output).slug
            with registry.in_use() as snapshot:
                rows = snapshot.model_named(options["table"])._base_manager.all()
                pieces = export_rows(
                    rows,
                    format=format_,
                    fields=columns.split(",") if columns else None,
                    escape=not options["no_escape"],
                    references=dict(pair.split("=", 1) for pair in options["relation"]),
                )
                self._write(pieces, output, silent=options["verbosity"] == 0)
        except (TransferError, TableUnavailable, OSError, LookupError) as error:
            raise CommandError(str(error), returncode=BAD_USAGE) from error

    def _write(self, pieces: Iterator[bytes], output: str, *, silent: bool) -> None:
        silent = silent or not sys.stderr.isatty()
        with (
            written(output) as file,
            tqdm(unit="B", unit_scale=True, file=sys.stderr, disable=silent) as bar,
        ):
            for piece in pieces:
                file.write(piece)
                bar.update(len(piece))
