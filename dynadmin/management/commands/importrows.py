"""``importrows TABLE FILE``: the rows of a file into a table; with ``--create``, into a new one.

Exits with 0 when all rows were imported (or would be), 1 when rows were refused, 2 when the file, the table
or the arguments do not fit.
"""

import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import models, router
from tqdm import tqdm

from dynadmin.acting import acting
from dynadmin.exceptions import BadColumns, BadFile, TableUnavailable, TransferError
from dynadmin.management.newtables import (
    NewTable,
    add_new_table,
    checked_rows,
    filled,
    made,
    refuse_open,
    told,
    wishes_of,
)
from dynadmin.naming import label_from
from dynadmin.newtable import plan_for
from dynadmin.registry import registry
from dynadmin.transfer import ColumnPlan, ImportResult, Source, import_rows, match_columns, open_source
from dynadmin.transfer.columns import with_references
from dynadmin.transfer.formats import read_formats
from dynadmin.transfer.proposing import settled
from dynadmin.transfer.references import Reference
from dynadmin.transfer.refusals import RefusalWriter
from dynadmin.transfer.sniff import QUOTINGS

REFUSED = 1
BAD_USAGE = 2
_COPY = 1 << 20
HEADERS = {"auto": None, "yes": True, "no": False}


class Command(BaseCommand):
    """Imports a file in one transaction, with a progress bar."""

    help = "Import the rows of a file into a table: CSV, TSV, XLSX, ODS, XLS, JSON, NDJSON, Parquet."

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
        parser.add_argument("--empty", action="append", default=[], metavar="TEXT", help="Read as no value.")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="HEADER=FIELD",
            help="Which field a column fills; #3=FIELD for the third column; HEADER= leaves it out.",
        )
        parser.add_argument(
            "--relation",
            action="append",
            default=[],
            metavar="FIELD=COLUMN",
            help="By which column of its target a relation finds rows, as plane=tail; else found out.",
        )
        parser.add_argument(
            "--create",
            action="append",
            nargs="?",
            default=[],
            metavar="FIELD",
            help="Make the table of the file; with FIELD, make a row of this relation's target for what is "
            "not found.",
        )
        add_new_table(parser)
        parser.add_argument(
            "--errors", metavar="FILE", help="Write the refused rows there, with their reasons."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, report, and exit with the code that tells."""
        try:
            user = find_user(options["user"])
            with acting(user), _readable(options["file"]) as path:
                result = self._create(path, options, user) if None in options["create"] else None
                if None not in options["create"]:
                    with registry.in_use() as snapshot:
                        result = self._import(snapshot.model_named(options["table"]), path, options)
        except (TransferError, TableUnavailable, OSError, LookupError) as error:
            raise CommandError(str(error), returncode=BAD_USAGE) from error
        if result is None:
            return
        self._report(result)
        if result.totals.refused:
            sys.exit(REFUSED)

    def _create(self, path: Path, options: dict[str, Any], user: Any) -> ImportResult | None:
        """Propose a table, and make it unless this is a dry run."""
        source = opened(path, options)
        new = new_table(source, options)
        proposal, draft, relations = new.propose()
        if options["dry_run"] or proposal.open_questions:
            for line in told(proposal, draft, relations, checked_rows(source, draft)):
                self.stdout.write(line)
            if options["dry_run"]:
                return None
        refuse_open(proposal)
        definition = made(draft, user=user)
        model = definition.django_model
        plan = plan_for(model, source, draft)
        with _errors_file(options["errors"], model, source, plan) as on_refused, self._bar(options) as bar:
            return filled(
                definition,
                source,
                draft,
                user=user,
                skip_refused=options["skip_refused"],
                progress=lambda done: bar.update(done - bar.n),
                on_refused=on_refused,
            )

    def _import(self, model: type[models.Model], path: Path, options: dict[str, Any]) -> ImportResult:
        source = opened(path, options)
        key = options["key"]
        plan = match_columns(
            model,
            source.headers,
            by_hand=by_hand(options["map"], source.headers),
            key=None if key is None else [name for name in key.split(",") if name],
            references=told_relations(options["relation"]),
        )
        plan = with_proposals(model, source, plan, options)
        with _errors_file(options["errors"], model, source, plan) as on_refused, self._bar(options) as bar:
            return import_rows(
                model,
                source,
                plan=plan,
                dry_run=options["dry_run"],
                skip_refused=options["skip_refused"],
                empty_texts=options["empty"],
                progress=lambda done: bar.update(done - bar.n),
                on_refused=on_refused,
            )

    def _bar(self, options: dict[str, Any]) -> tqdm:
        # Only for people: in a log it would be a line for each step.
        silent = not sys.stderr.isatty() or options["verbosity"] == 0
        return tqdm(unit=" rows", unit_scale=True, file=sys.stderr, disable=silent)

    def _report(self, result: ImportResult) -> None:
        for column in result.plan.unmatched:
            self.stderr.write(f"Left out: column {column.position + 1}, {column.header!r}.")
        for row in result.refused:
            for name, words in row.reasons.items():
                where = f"line {row.line}, {name}" if name else f"line {row.line}"
                self.stderr.write(f"{where}: {' '.join(words)}")
        for name, reference in result.plan.references.items():
            made = f", {result.made[name]} of them new" if name in result.made else ""
            self.stderr.write(f"{name}: rows found by {reference.by}{made}.")
        totals = result.totals
        hidden = totals.refused - len(result.refused)
        if hidden:
            self.stderr.write(f"... and {hidden} more refused rows.")
        self.stdout.write(
            f"{totals.created} created, {totals.changed} changed, "
            f"{totals.skipped} unchanged, {totals.refused} refused."
        )
        if not result.is_saved:
            reason = "this was a dry run" if result.dry_run else "rows were refused; see --skip-refused"
            self.stdout.write(f"Nothing was saved: {reason}.")


def add_reading(parser: ArgumentParser) -> None:
    """Add the arguments that say how the file is written."""
    parser.add_argument(
        "--format",
        choices=[format_.slug for format_ in read_formats()],
        help="Else as the name of the file says.",
    )
    parser.add_argument("--encoding", help="Else found out from the file.")
    parser.add_argument("--delimiter", help="Else found out from the file; 'tab' for a tab.")
    parser.add_argument("--quoting", choices=list(QUOTINGS), help="Else found out from the file.")
    parser.add_argument(
        "--header", choices=list(HEADERS), default="auto", help="Whether the first row names the columns."
    )
    parser.add_argument("--sheet", help="The sheet of a workbook, or key of a JSON object; else the first.")
    parser.add_argument("--member", help="Which of several files in an archive to read.")


def opened(path: Path, options: dict[str, Any]) -> Source:
    """Return the file, read as the arguments say."""
    delimiter = "\t" if options["delimiter"] == "tab" else options["delimiter"]
    return open_source(
        path,
        name="rows" if options["file"] == "-" else options["file"],
        format=options["format"],
        encoding=options["encoding"],
        delimiter=delimiter,
        quoting=options["quoting"],
        header=HEADERS[options["header"]],
        sheet=options["sheet"],
        member=options["member"],
    )


def new_table(source: Source, options: dict[str, Any]) -> NewTable:
    """Return the table to make of the file, as the arguments say."""
    return NewTable(
        name=options["table"],
        label=options["label"] or label_from(options["table"]),
        source=source,
        chosen=by_hand(options["map"], source.headers),
        wishes=wishes_of(
            options["type"],
            options["answer"],
            lambda said, header: position_of(said, header, source.headers),
        ),
        relations={name: reference.by for name, reference in told_relations(options["relation"]).items()},
        key=[name for name in (options["key"] or "").split(",") if name],
        empty_texts=options["empty"],
    )


def find_user(name: str | None) -> Any:
    """Return the user of this name, None where none is asked for. Raises BadUser."""
    users = get_user_model()
    try:
        return users._default_manager.get_by_natural_key(name) if name else None
    except users.DoesNotExist:
        raise BadUser(f"There is no user {name!r}.") from None


class BadUser(LookupError):
    """A user was named who does not exist."""


def by_hand(pairs: list[str], headers: tuple[str, ...]) -> dict[int, str | None]:
    """Return by position the fields that ``--map`` names. Raises BadFile for a header that is not there."""
    chosen: dict[int, str | None] = {}
    for pair in pairs:
        header, _equals, name = pair.rpartition("=")
        chosen[position_of(f"--map {pair}", header, headers)] = name or None
    return chosen


def position_of(said: str, header: str, headers: tuple[str, ...]) -> int:
    """Return the position of a column, named by its header or as #3. Raises BadFile where there is none."""
    number = header.removeprefix("#")
    if header not in headers and header.startswith("#") and number.isdecimal():
        position = int(number) - 1
    else:
        position = headers.index(header) if header in headers else -1
    if not 0 <= position < len(headers):
        raise BadFile(f"{said}: the file has no column {header!r}; there are: {', '.join(headers)}.")
    return position


def told_relations(pairs: list[str]) -> dict[str, Reference]:
    """Return what ``--relation`` says, by the name of the relation. Raises BadColumns."""
    told = [pair.partition("=") for pair in pairs]
    for name, _equals, by in told:
        if not name or not by:
            raise BadColumns(f"--relation {name}: write FIELD=COLUMN, as plane=tail.")
    return {name: Reference(by=by) for name, _equals, by in told}


def with_proposals(
    model: type[models.Model], source: Source, plan: ColumnPlan, options: dict[str, Any]
) -> ColumnPlan:
    """Return the plan with a way to find rows for each relation, and the targets that may get new ones."""
    alias = router.db_for_write(model)
    plan = settled(model, source, plan, alias=alias, empty_texts=options["empty"])
    for name in options["create"]:
        if name not in plan.references:
            raise BadColumns(f"--create {name}: no column of the file fills a relation of this name.")
    creating = {name: replace(plan.references[name], create=True) for name in options["create"]}
    return with_references(model, plan, {**plan.references, **creating})


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


@contextmanager
def _errors_file(
    name: str | None, model: type[models.Model], source: Source, plan: ColumnPlan
) -> Iterator[Any]:
    if name is None:
        yield None
        return
    with Path(name).open("w", encoding="utf-8", newline="") as file:
        yield RefusalWriter(file, model, source, plan).write
