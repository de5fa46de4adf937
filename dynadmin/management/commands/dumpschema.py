"""``dumpschema [TABLE ...]``: the definitions in force as a file that another installation can load."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dynadmin.exceptions import TableUnavailable
from dynadmin.management.outputs import written
from dynadmin.models import dump_schema
from dynadmin.registry import registry
from dynadmin.schema import TableSchema


class Command(BaseCommand):
    """Writes JSON without ids; the same tables always give the same file."""

    help = "Write the definitions of tables as JSON: all that are in force, or those named."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("tables", nargs="*", metavar="TABLE", help="Names of tables.")
        parser.add_argument(
            "--output", default="-", metavar="FILE", help="Where to write; - for the standard output."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file."""
        try:
            text = dump_schema(self._tables(options["tables"]))
            if options["output"] == "-":
                self.stdout.write(text, ending="")
                return
            with written(options["output"]) as file:
                file.write(text.encode())
        except (TableUnavailable, OSError) as error:
            raise CommandError(str(error)) from error

    def _tables(self, names: list[str]) -> list[TableSchema]:
        registry.refresh()
        snapshot = registry.newest
        if not names:
            return list(snapshot.schema.live_tables)
        return [snapshot.schema.tables[snapshot.model_named(name).table_schema.id] for name in names]
