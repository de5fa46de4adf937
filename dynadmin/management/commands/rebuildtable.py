"""``rebuildtable TABLE``: make a table anew on PostgreSQL, so that columns dropped from it count no more."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dynadmin.exceptions import PlanError, TableUnavailable
from dynadmin.models import rebuild_table
from dynadmin.registry import registry


class Command(BaseCommand):
    """Rebuilds one table. Exits with 1 when that is refused."""

    help = "Make a table anew in the database, the same but for the columns that were dropped from it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("table", metavar="TABLE", help="Name of the table.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild it, and say so."""
        try:
            with registry.in_use() as snapshot:
                table_id = snapshot.model_named(options["table"]).table_schema.id
            revision = rebuild_table(table_id)
        except (PlanError, TableUnavailable) as error:
            raise CommandError(str(error)) from error
        for words in revision.operations if revision else ():
            self.stdout.write(words)
