"""``purgedynamic [TABLE ...]``: list the trash, or delete for good what has been there long enough."""

from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import template_localtime

from dynadmin.conf import conf
from dynadmin.models import TrashItem, purge_older_than, trash
from dynadmin.models.retired import FIELD, TABLE, weigh

PORTION = 50
LONGEST = 100_000  # days


class Command(BaseCommand):
    """Lists unless told ``--yes``. Exits with 1 when something could not be deleted."""

    help = "List deleted tables, fields and originals; with --yes delete those for good that are old enough."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("tables", nargs="*", metavar="TABLE", help="Only what belongs to these tables.")
        parser.add_argument(
            "--older-than",
            type=days,
            default=conf.TRASH_DAYS,
            metavar="DAYS",
            help="How long ago it was deleted at least; 0 for all. Default: %(default)s, from TRASH_DAYS.",
        )
        parser.add_argument("--yes", action="store_true", help="Delete it for good.")

    def handle(self, *args: Any, **options: Any) -> None:
        """List, or purge."""
        names, days = set(options["tables"]), options["older_than"]

        def is_meant(item: TrashItem) -> bool:
            return not names or item.table.name in names

        if options["yes"]:
            self._purge(days, is_meant)
        else:
            self._list([item for item in trash() if is_meant(item)], days)

    def _list(self, items: Sequence[TrashItem], days: float) -> None:
        for start in range(0, len(items), PORTION):
            for line in _lines(items[start : start + PORTION]):
                self.stdout.write(line)
        due = sum(item.is_older_than(days) for item in items)
        self.stdout.write(f"{len(items)} in the trash; --yes deletes {due} of them for good.")

    def _purge(self, days: float, is_meant: Any) -> None:
        refusals = []
        for purge in purge_older_than(days, only=is_meant):
            for words in purge.revision.operations if purge.revision else ():
                self.stdout.write(words)
            refusals += [purge.refusal] if purge.refusal else []
        if refusals:
            raise CommandError("\n".join(refusals))


def days(text: str) -> float:
    days = float(text)
    if not 0 <= days <= LONGEST:
        raise ValueError(text)
    return days


def _lines(items: Sequence[TrashItem]) -> Iterator[str]:
    weights = weigh(items)
    for item in items:
        weight = weights.get(item.key)
        parts = [
            f"{item.key}: {_what(item)}",
            f"deleted {_when(item)}",
            f"by {item.who}" if item.who else "",
            f"{weight.rows} {'rows' if item.kind == TABLE else 'values'}, {weight.size}" if weight else "",
        ]
        yield ", ".join(part for part in parts if part)


def _what(item: TrashItem) -> str:
    if item.kind == TABLE:
        return f"table {item.table.name} ({item.label})"
    kind = "field" if item.kind == FIELD else "original values of"
    return f"{kind} {item.table.name}.{item.field.name} ({item.label})"


def _when(item: TrashItem) -> str:
    return f"{template_localtime(item.when):%Y-%m-%d %H:%M}" if item.when else "nobody knows when"
