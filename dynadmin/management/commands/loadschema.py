"""``loadschema FILE``: bring tables to what a file of ``dumpschema`` says, or tell what that would do."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from dynadmin import executor
from dynadmin.conversion import Choices
from dynadmin.exceptions import BadSchemaFile, PlanError, UnsafePlan
from dynadmin.models import SchemaLoad
from dynadmin.schemafile import read_schema

ON_FAILURE = "stop, empty, keep (their text in a second field) or value:TEXT"


class Command(BaseCommand):
    """Loads definitions and applies them: all, or nothing. Exits with 1 when something is refused."""

    help = (
        "Bring the tables in a file to what it says. Tables and fields are told by their keys, else by "
        "their names; tables that are not in the file stay as they are."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="What dumpschema wrote; - for the standard input.")
        parser.add_argument("--plan", action="store_true", help="Say what would be done, and do nothing.")
        parser.add_argument("--exact", action="store_true", help="Retire tables that are not in the file.")
        parser.add_argument(
            "--allow-destructive", action="store_true", help="Retire fields and tables without asking."
        )
        parser.add_argument(
            "--on-failure",
            action="append",
            default=[],
            metavar="TABLE.FIELD=WHAT",
            help=f"What becomes of values that do not convert: {ON_FAILURE}.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Show the plan, or carry it out."""
        try:
            choices = dict(map(read_choice, options["on_failure"]))
            load = SchemaLoad(
                tables=read_schema(_content(options["file"])), exact=options["exact"], choices=choices
            )
            if options["plan"]:
                self._show(load)
            else:
                self._apply(load, allow_destructive=options["allow_destructive"])
        except UnsafePlan as error:
            raise CommandError(f"{error}. Nothing was done; --allow-destructive does it.") from error
        except (BadSchemaFile, PlanError, OSError) as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error

    def _show(self, load: SchemaLoad) -> None:
        plan = load.plan()
        for words in plan.descriptions or ["Nothing to do."]:
            self.stdout.write(words)
        for label in load.given_up(plan):
            self.stdout.write(f"Give up the changes of “{label}” that were never applied")
        for obstacle in [*load.obstacles(plan), *executor.preview(plan).obstacles]:
            self.stdout.write(self.style.ERROR(f"In the way: {obstacle}"))

    def _apply(self, load: SchemaLoad, *, allow_destructive: bool) -> None:
        revision = load.apply(allow_destructive=allow_destructive)
        for words in revision.operations if revision else ["Nothing to do."]:
            self.stdout.write(words)


def _content(name: str) -> bytes:
    return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()


def read_choice(text: str) -> tuple[tuple[str, str], Choices]:
    """Return the names of table and field, and what was chosen for its values. Raises CommandError."""
    names, _equals, what = text.partition("=")
    table, _dot, field = names.partition(".")
    word, colon, value = what.partition(":")
    if not (table and field) or (word, bool(colon)) not in {
        ("stop", False),
        ("empty", False),
        ("keep", False),
        ("value", True),
    }:
        raise CommandError(f"--on-failure {text!r} is not TABLE.FIELD={ON_FAILURE}.")
    return (table, field), Choices(on_failure=word, value=value)
