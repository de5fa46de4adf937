"""``restoredynamic KEY ...``: bring tables and fields back from the trash, in the order given."""

import re
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from dynadmin.exceptions import PlanError
from dynadmin.models import TrashItem, restore_field, restore_table, trash
from dynadmin.models.retired import FIELD, TABLE


class Command(BaseCommand):
    """Restores one thing after the other. Exits with 1 at the first that is refused."""

    help = "Bring back what is in the trash. `purgedynamic` lists it, with the key of each thing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("keys", nargs="+", metavar="KEY", help="As t5 for a table, c17 for a field.")
        parser.add_argument(
            "--without-gone",
            action="store_true",
            help="Empty relations where the rows they referred to are gone.",
        )
        parser.add_argument(
            "--as-optional", action="store_true", help="Let required fields be empty from now on."
        )
        parser.add_argument("--value", help="What rows made meanwhile get in a field that is required.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore, and say so."""
        for key in options["keys"]:
            try:
                done = self._restore(_item(key), options)
            except PlanError as error:
                raise CommandError(f"{key}: {error}") from error
            except ValidationError as error:
                raise CommandError(f"{key}: {' '.join(error.messages)}") from error
            for words in done.operations if done else ():
                self.stdout.write(words)

    def _restore(self, item: TrashItem, options: dict[str, Any]) -> Any:
        without_gone = options["without_gone"]
        if item.kind == TABLE:
            return restore_table(item.table.id, without_gone=without_gone)
        return restore_field(
            item.table.id,
            item.field.id,
            as_optional=options["as_optional"],
            value=options["value"],
            without_gone=without_gone,
        )


def _item(key: str) -> TrashItem:
    """Return what is in the trash under a key. Raises CommandError."""
    if not re.fullmatch(r"[tc][0-9_]+", key):
        raise CommandError(f"{key!r} is not the key of anything: see `purgedynamic`.")
    item = next((item for item in trash() if item.key == key), None)
    if item is None:
        raise CommandError(f"There is no {key} in the trash: see `purgedynamic`.")
    if item.kind not in (TABLE, FIELD):
        raise CommandError(f"{key} are original values: undo the conversion of that field in the admin.")
    return item
