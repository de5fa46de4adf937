"""``resumechanges``: work whose worker is gone goes on, or is taken back if it cannot."""

from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError

from dynadmin import background
from dynadmin.exceptions import ChangeLost, PlanError, TransferError
from dynadmin.jobs import Job, free_abandoned


class Command(BaseCommand):
    """Takes up what was left. Exits with 1 when a change was not made."""

    help = "Let changes, imports and exports go on whose worker has given no sign of life for CHANGE_STALE_S."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--here", action="store_true", help="Carry them out here, not by a worker.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Free them, and leave them to workers or do them."""
        if not options["here"]:
            self._tell(background.enqueue_abandoned())
            return
        kinds = [apps.get_model(kind) for kind in background.RUNNERS]
        freed = [kind.objects.get(pk=pk) for kind in kinds for pk in free_abandoned(kind)]
        self._tell(freed)
        failed = [problem for job in freed if (problem := self._carry_out(job))]
        if failed:
            raise CommandError("\n".join(failed))

    def _tell(self, freed: Iterable[Job]) -> None:
        for job in freed:
            self.stdout.write(f"{_named(job)} goes on: {job}")
        if not freed:
            self.stdout.write("No change was left behind.")

    def _carry_out(self, job: Job) -> str:
        try:
            background.RUNNERS[job._meta.label](job)
        except (PlanError, TransferError, ChangeLost) as error:
            return f"{_named(job)} was not made: {error or 'it was cancelled'}"
        return ""


def _named(job: Job) -> str:
    return f"{job.word.capitalize()} {job.pk}"
