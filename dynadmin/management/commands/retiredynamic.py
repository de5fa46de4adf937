"""``retiredynamic TABLE``: put a table into the trash, or say what that would do."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dynadmin.exceptions import Obstructed, PlanError
from dynadmin.models import DynamicModel


class Command(BaseCommand):
    """Says what would go unless told ``--yes``. Exits with 1 when it is refused."""

    help = "Say what goes out of sight with a table; with --yes put it into the trash, its rows are kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("table", metavar="TABLE", help="Name of the table.")
        parser.add_argument(
            "--with-references",
            action="store_true",
            help="With it the fields of other tables that refer to it, and what is computed from them.",
        )
        parser.add_argument("--yes", action="store_true", help="Do it.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what it is, or do it and say so."""
        table = DynamicModel.objects.filter(name=options["table"]).first()
        if table is None:
            raise CommandError(f"There is no definition of a table {options['table']!r}.")
        with_references = options["with_references"]
        plan = table.retirement(with_references=with_references)
        if options["yes"]:
            try:
                table.retire(with_references=with_references)
            except Obstructed as error:
                hint = "" if with_references else " (--with-references does that)"
                raise CommandError(f"{error}{hint}") from error
            except PlanError as error:
                raise CommandError(str(error)) from error
        for words in plan.descriptions:
            self.stdout.write(words)
        if not options["yes"]:
            self.stdout.write("Nothing was done; --yes does it.")
