"""``dumpdata``: Django's own, with the rows of the dynamic tables, and never without some of them unsaid."""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import dumpdata
from django.db import DEFAULT_DB_ALIAS

from dynadmin.factory import APP_LABEL, ordinary_models
from dynadmin.registry import registry


class Command(dumpdata.Command):
    """Fails where a table has rows that this process cannot read."""

    help = f"{dumpdata.Command.help} The rows of dynamic tables are those of the app “{APP_LABEL}”."

    def handle(self, *app_labels: str, **options: Any) -> None:
        """Write the rows."""
        are_wanted = APP_LABEL in (app_labels or [APP_LABEL]) and APP_LABEL not in options["exclude"]
        if options["database"] == DEFAULT_DB_ALIAS:
            registry.refresh()
            if are_wanted and (missing := _unserved_labels()):
                raise CommandError(
                    f"The rows of {', '.join(missing)} would be missing in the dump: there is a field of a "
                    f"type that is not installed. Install its app, or leave all tables out: -e {APP_LABEL}."
                )
        super().handle(*app_labels, **options)


def _unserved_labels() -> list[str]:
    snapshot, taken = registry.newest, ordinary_models()
    return [
        f"“{table.label or table.name}”"
        for table in snapshot.schema.live_tables
        if table.id not in snapshot.models and table.db_table not in taken
    ]
