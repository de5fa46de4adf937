"""``purgehistory [TABLE ...]``: delete changes of rows that are older than the history is kept."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dynadmin.conf import conf
from dynadmin.management.commands.purgedynamic import days
from dynadmin.registry import registry
from dynadmin.rowhistory.written import count_old, purge_old


class Command(BaseCommand):
    """Counts unless told ``--yes``."""

    help = "Count changes of rows that are older than the history is kept; with --yes delete them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("tables", nargs="*", metavar="TABLE", help="Only changes of these tables.")
        parser.add_argument(
            "--older-than",
            type=days,
            default=conf.ROW_HISTORY_DAYS,
            metavar="DAYS",
            help="How old they are at least; 0 for all. Default: %(default)s, from ROW_HISTORY_DAYS.",
        )
        parser.add_argument("--yes", action="store_true", help="Delete them for good.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count, or delete."""
        if options["older_than"] is None:
            raise CommandError("The history is kept for ever (ROW_HISTORY_DAYS): say --older-than DAYS.")
        tables = [self._id_of(name) for name in options["tables"]]
        if not options["yes"]:
            count = count_old(options["older_than"], tables)
            self.stdout.write(f"{count} changes of rows are older; --yes deletes them for good.")
            return
        count = sum(purge_old(options["older_than"], tables))
        self.stdout.write(f"Deleted {count} changes of rows.")

    def _id_of(self, name: str) -> int:
        """Return the id of a table that people see, or of one in the trash by its key, as t12."""
        registry.refresh()
        known = registry.newest.schema.tables.values()
        found = [t for t in known if name == (t.model_name if t.retired else t.name)]
        if not found:
            raise CommandError(f"There is no table {name!r}.")
        return found[0].id
