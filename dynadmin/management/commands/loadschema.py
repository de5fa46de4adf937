"""``loadschema FILE``: bring tables to what a file of ``dumpschema`` says, or tell what that would do."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from dynadmin import executor
from dynadmin.exceptions import BadSchemaFile, PlanError, UnsafePlan
from dynadmin.management.applying import add_background_argument, settled
from dynadmin.management.deciding import add_choice_arguments, plan_lines, read_choices
from dynadmin.models import SchemaLoad
from dynadmin.schemafile import read_schema


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
        add_background_argument(parser)
        add_choice_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Show the plan, or carry it out."""
        try:
            choices = read_choices(options)
            load = SchemaLoad(
                tables=read_schema(_content(options["file"])), exact=options["exact"], choices=choices
            )
            if options["plan"]:
                self._show(load)
            else:
                done = load.apply(
                    allow_destructive=options["allow_destructive"], in_background=options["background"]
                )
                for words in settled(done):
                    self.stdout.write(words)
        except UnsafePlan as error:
            raise CommandError(f"{error}. Nothing was done; --allow-destructive does it.") from error
        except (BadSchemaFile, PlanError, OSError) as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error

    def _show(self, load: SchemaLoad) -> None:
        plan = load.plan()
        found = executor.preview(plan)
        for line in plan_lines(found):
            self.stdout.write(line)
        for label in load.given_up(plan):
            self.stdout.write(f"Give up the changes of “{label}” that were never applied")
        for obstacle in [*load.obstacles(plan), *found.obstacles]:
            self.stdout.write(self.style.ERROR(f"In the way: {obstacle}"))


def _content(name: str) -> bytes:
    return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
