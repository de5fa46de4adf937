"""``exportrows TABLE``: the rows of a table into a file, or to the standard output."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import models
from django.http import QueryDict
from tqdm import tqdm

from dynadmin.admin.site import site
from dynadmin.admin.transfer.lists import rows_as_listed
from dynadmin.computed import annotated
from dynadmin.exceptions import BadColumns, TableUnavailable, TransferError
from dynadmin.management.outputs import written
from dynadmin.registry import registry
from dynadmin.transfer.exporter import export_rows, exportable_fields
from dynadmin.transfer.formats import written_format_of, written_formats
from dynadmin.transfer.readahead import ahead

BAD_USAGE = 2
# What a shell reports of a program whose reader has gone.
NOBODY_READS = 141

HELP = (
    "Exit codes: 0 the file is whole, 2 it cannot be made as asked (and there is none), "
    "141 whoever read the standard output has gone, as `head` does."
)


class Command(BaseCommand):
    """Exports a table as a stream, all of one moment, ordered by its key unless told otherwise."""

    help = "Export the rows of a table as CSV, TSV, XLSX, JSON, NDJSON or Parquet."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        return super().create_parser(prog_name, subcommand, epilog=HELP, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("table", metavar="TABLE", help="The name of the table.")
        parser.add_argument(
            "--format",
            choices=[format_.slug for format_ in written_formats()],
            help="Else as the name of the output says, or CSV.",
        )
        parser.add_argument(
            "-o", "--output", default="-", metavar="FILE", help="Where to write; - for the standard output."
        )
        self._add_choice_of_rows(parser)
        parser.add_argument(
            "--fields", "--columns", help="Names of fields, separated by commas; all of them otherwise."
        )
        parser.add_argument(
            "--labels",
            action="store_true",
            help="For people: labels of choices and what rows are called; does not import again.",
        )
        parser.add_argument(
            "--reference",
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

    def _add_choice_of_rows(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--filter",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="As in the address of the list: carrier=UA, number__gte=5, notes__icontains=late, "
            "plane__isempty=1. Several must all be met.",
        )
        parser.add_argument("--search", default="", metavar="TEXT", help="As the list searches.")
        parser.add_argument("--order", metavar="FIELDS", help="Fields to sort by, as -number,carrier.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file."""
        output, names = options["output"], options["fields"]
        references = _pairs("--reference", options["reference"], "plane=tail")
        try:
            format_ = options["format"] or written_format_of("" if output == "-" else output).slug
            with registry.in_use() as snapshot:
                make = partial(
                    export_rows,
                    self._rows(snapshot.model_named(options["table"]), options),
                    format=format_,
                    fields=names.split(",") if names else None,
                    escape=not options["no_escape"],
                    labels=options["labels"],
                    references=dict(references),
                )
                # Who reads a pipe slowly should not keep the table from being changed.
                pieces = ahead(make, alias="default") if output == "-" else make()
                self._write(pieces, output, silent=options["verbosity"] == 0)
        except BrokenPipeError:
            _forget_output()
            sys.exit(NOBODY_READS)
        except (TransferError, TableUnavailable, OSError, LookupError) as error:
            raise CommandError(str(error), returncode=BAD_USAGE) from error

    def _rows(self, model: type[models.Model], options: dict[str, Any]) -> models.QuerySet:
        asked = _pairs("--filter", options["filter"], "carrier=UA")
        if options["search"]:
            asked.append(("q", options["search"]))
        if not asked:
            rows = model._base_manager.all()
        else:
            query = QueryDict(mutable=True)
            for name, value in asked:
                query.appendlist(name, value)
            rows = rows_as_listed(site.get_model_admin(model), query.urlencode()).order_by("pk")
        if not options["order"]:
            return rows
        names = _order(model, options["order"])
        return annotated(rows, [name.removeprefix("-") for name in names]).order_by(*names, "pk")

    def _write(self, pieces: Iterator[bytes], output: str, *, silent: bool) -> None:
        silent = silent or not sys.stderr.isatty()
        with (
            closing(pieces) as made,  # type: ignore[type-var]
            written(output) as file,
            tqdm(unit="B", unit_scale=True, file=sys.stderr, disable=silent) as bar,
        ):
            for piece in made:
                file.write(piece)
                bar.update(len(piece))


def _pairs(option: str, given: Sequence[str], example: str) -> list[tuple[str, str]]:
    for pair in given:
        if "=" not in pair:
            raise CommandError(f"{option} {pair}: write it as {example}.", returncode=BAD_USAGE)
    return [tuple(pair.split("=", 1)) for pair in given]


def _order(model: type[models.Model], text: str) -> list[str]:
    known = exportable_fields(model)
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name.removeprefix("-") not in known:
            raise BadColumns(f"--order: there is no field {name.removeprefix('-')}.")
    return names


def _forget_output() -> None:
    """Have what is left to be written go nowhere, so that nothing complains at the end of the process."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
