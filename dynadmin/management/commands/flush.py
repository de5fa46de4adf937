"""``flush``: Django's own, and the dynamic tables with all that is known of them.

Django's would empty the definitions and leave the tables: nobody could tell any more whose rows they hold.
And PostgreSQL truncates no table of an app, as that of users, to which one refers that is not truncated too.
"""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import flush
from django.db import DEFAULT_DB_ALIAS

from dynadmin.exceptions import RefusedChange
from dynadmin.executor.emptying import count_tables, emptied, tables_in_database
from dynadmin.executor.numbers import numbers_kept
from dynadmin.registry import registry

LISTED = 20
QUESTION = "Are you sure you want to do this?\n\n    Type 'yes' to continue, or 'no' to cancel: "


class Command(flush.Command):
    """Drops the tables and empties the rest in one transaction: all of it, or nothing."""

    help = f"{flush.Command.help} Drops all dynamic tables, with their definitions and history."

    def handle(self, **options: Any) -> None:
        """Say what goes, ask, and do it."""
        tables = tables_in_database() if options["database"] == DEFAULT_DB_ALIAS else []
        if not tables:
            self._flush(**options)
            return
        if options["interactive"]:
            self.stdout.write(self._words(tables))
            if input(QUESTION) != "yes":
                self.stdout.write("Flush cancelled.")
                return
        try:
            with emptied(tables):
                # Else the classes of tables that are gone would be given content types again.
                registry.forget()
                self._flush(**{**options, "interactive": False})
        except RefusedChange as error:
            raise CommandError(f"Nothing was flushed. {error}") from error
        finally:
            registry.refresh()
        if options["verbosity"] > 0:
            self.stdout.write(f"Dropped {count_tables(tables)} tables.")

    def _flush(self, **options: Any) -> None:
        if options["database"] != DEFAULT_DB_ALIAS:
            super().handle(**options)
            return
        with numbers_kept():
            super().handle(**options)

    def _words(self, tables: list[str]) -> str:
        labels = [table.label or table.name for table in registry.newest.schema.live_tables]
        named = [*labels[:LISTED], *([f"{len(labels) - LISTED} more"] if len(labels) > LISTED else [])]
        return (
            "You have requested a flush of the database. This will IRREVERSIBLY DESTROY all data in it.\n"
            f"It also DROPS {count_tables(tables)} dynamic tables, the trash among them"
            f"{': ' + ', '.join(named) if named else ''};\n"
            "their definitions and their history are forgotten. dumpschema and exportrows keep a copy."
        )
