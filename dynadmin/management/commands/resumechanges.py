"""``resumechanges``: changes whose worker is gone go on, or are taken back if they cannot."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dynadmin import background
from dynadmin.changes import SchemaChange, free_abandoned
from dynadmin.exceptions import ChangeLost, PlanError
from dynadmin.models import resume_change


class Command(BaseCommand):
    """Takes up what was left. Exits with 1 when a change was not made."""

    help = "Let changes go on whose worker has given no sign of life for CHANGE_STALE_S."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--here", action="store_true", help="Carry them out here, not by a worker.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Free them, and leave them to workers or do them."""
        if not options["here"]:
            self._tell(background.enqueue_abandoned())
            return
        freed = free_abandoned()
        self._tell(freed)
        failed = [problem for pk in freed if (problem := self._carry_out(pk))]
        if failed:
            raise CommandError("\n".join(failed))

    def _tell(self, freed: list[int]) -> None:
        for change in SchemaChange.objects.filter(pk__in=freed).order_by("pk"):
            self.stdout.write(f"Change {change.pk} goes on: {change}")
        if not freed:
            self.stdout.write("No change was left behind.")

    def _carry_out(self, pk: int) -> str:
        try:
            resume_change(SchemaChange.objects.get(pk=pk))
        except (PlanError, ChangeLost) as error:
            return f"Change {pk} was not made: {error or 'it was cancelled'}"
        return ""
