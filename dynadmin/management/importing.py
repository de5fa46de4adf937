"""The arguments of imports from the shell: how a file is written, how its columns and rows are taken."""

from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models, router

from dynadmin.exceptions import BadColumns, BadFile
from dynadmin.management.newtables import NewTable, wishes_of
from dynadmin.naming import label_from
from dynadmin.transfer import ColumnPlan, Source, match_columns
from dynadmin.transfer.columns import renewed, with_references
from dynadmin.transfer.formats import read_formats
from dynadmin.transfer.options import EMPTY_CELLS, EXISTING, MISSING, ImportOptions
from dynadmin.transfer.proposing import settled
from dynadmin.transfer.references import Reference
from dynadmin.transfer.sniff import QUOTINGS

HEADERS = {"auto": None, "yes": True, "no": False}


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
    parser.add_argument(
        "--above", type=int, metavar="ROWS", help="Rows above that one, as titles; else found out."
    )
    parser.add_argument("--sheet", help="The sheet of a workbook, or key of a JSON object; else the first.")
    parser.add_argument("--member", help="Which of several files in an archive to read.")


def add_columns(parser: ArgumentParser) -> None:
    """Add the arguments that say how columns are taken."""
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


def add_policies(parser: ArgumentParser) -> None:
    """Add the arguments that say what becomes of rows."""
    parser.add_argument(
        "--constant",
        action="append",
        default=[],
        metavar="FIELD=TEXT",
        help="What all rows get in a field that the file has no column for.",
    )
    parser.add_argument(
        "--existing",
        choices=EXISTING,
        default="update",
        help="Rows found by the key take the values of the file, only where they have none, "
        "stay as they are, or refuse the line.",
    )
    parser.add_argument(
        "--missing", choices=MISSING, default="keep", help="What becomes of rows that the file lacks."
    )
    parser.add_argument(
        "--empty-cells",
        choices=EMPTY_CELLS,
        default="clear",
        help="Whether empty cells empty what a row has.",
    )


def policies(options: Mapping[str, Any]) -> ImportOptions:
    """Return what the arguments say becomes of rows. Raises BadColumns."""
    constants = [pair.partition("=") for pair in options["constant"]]
    for name, equals, _text in constants:
        if not equals:
            raise BadColumns(f"--constant {name}: write FIELD=TEXT.")
    return ImportOptions(
        constants={name: text for name, _equals, text in constants},
        existing=options["existing"],
        missing=options["missing"],
        empty_cells=options["empty_cells"],
        empty_texts=tuple(options["empty"]),
        skip_refused=options["skip_refused"],
    )


def reading(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return how the file is to be opened, see ``open_source``."""
    return {
        "name": "rows" if options["file"] == "-" else options["file"],
        "format": options["format"],
        "encoding": options["encoding"],
        "delimiter": "\t" if options["delimiter"] == "tab" else options["delimiter"],
        "quoting": options["quoting"],
        "header": HEADERS[options["header"]],
        "above": options["above"],
        "sheet": options["sheet"],
        "member": options["member"],
    }


def choices(
    model: type[models.Model], source: Source, options: Mapping[str, Any]
) -> tuple[ColumnPlan, ImportOptions]:
    """Return how columns and rows are taken, as the arguments say. Raises BadColumns and BadFile."""
    key = options["key"]
    chosen = policies(options)
    plan = match_columns(
        model,
        source.headers,
        by_hand=by_hand(options["map"], source.headers),
        key=None if key is None else [name for name in key.split(",") if name],
        references=told_relations(options["relation"]),
    )
    plan = renewed(model, plan, constants=chosen.constants)
    return with_proposals(model, source, plan, options), chosen


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
        zone=options["zone"] or "",
    )


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


def find_user(name: str | None) -> Any:
    """Return the user of this name, None where none is asked for. Raises BadUser."""
    users = get_user_model()
    try:
        return users._default_manager.get_by_natural_key(name) if name else None
    except users.DoesNotExist:
        raise BadUser(f"There is no user {name!r}.") from None


class BadUser(LookupError):
    """A user was named who does not exist."""
