"""``syncdynamic [TABLE ...]``: bring the tables to what their definitions say, or tell what that would do."""

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from dynadmin import executor
from dynadmin.exceptions import PlanError, UnsafePlan
from dynadmin.executor.drift import find_drift
from dynadmin.models import DynamicModel, plan_all, plan_tables, sync_all
from dynadmin.plan import Plan
from dynadmin.registry import registry


class Command(BaseCommand):
    """Applies definitions. Exits with 1 when something is refused, or a check finds a difference."""

    help = (
        "Bring the tables to what their definitions say: all of them, or those named. Tables without a "
        "definition are retired when all are brought."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("tables", nargs="*", metavar="TABLE", help="Names of definitions.")
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--plan", action="store_true", help="Say what would be done, and do nothing.")
        choice.add_argument(
            "--check",
            action="store_true",
            help="Say where definitions, revision and database differ; exit 1 if they do.",
        )
        parser.add_argument(
            "--allow-destructive", action="store_true", help="Retire fields and tables without asking."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do one of the three."""
        definitions = self._definitions(options["tables"])
        try:
            if options["check"]:
                self._check(definitions)
            elif options["plan"]:
                self._show(self._plan(definitions))
            else:
                self._apply(definitions, allow_destructive=options["allow_destructive"])
        except UnsafePlan as error:
            raise CommandError(f"{error}. Nothing was done; --allow-destructive does it.") from error
        except PlanError as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            raise CommandError("\n".join(invalid_definitions(definitions))) from error

    def _definitions(self, names: list[str]) -> list[DynamicModel] | None:
        """Return the named definitions, or None for all. Raises CommandError."""
        if not names:
            return None
        found = {d.name: d for d in DynamicModel.objects.filter(name__in=names).prefetch_related("fields")}
        if missing := [name for name in names if name not in found]:
            raise CommandError(f"There is no definition of a table {', '.join(map(repr, missing))}.")
        return list(found.values())

    def _plan(self, definitions: list[DynamicModel] | None) -> Plan:
        return plan_all() if definitions is None else plan_tables(definitions)

    def _show(self, plan: Plan) -> None:
        for words in plan.descriptions or ["Nothing to do."]:
            self.stdout.write(words)
        for obstacle in executor.preview(plan).obstacles:
            self.stdout.write(self.style.ERROR(f"In the way: {obstacle}"))

    def _apply(self, definitions: list[DynamicModel] | None, *, allow_destructive: bool) -> None:
        revision = sync_all(definitions, allow_destructive=allow_destructive)
        for words in revision.operations if revision else ["Nothing to do."]:
            self.stdout.write(words)

    def _check(self, definitions: list[DynamicModel] | None) -> None:
        differences = [f"Not applied: {words}" for words in self._plan(definitions).descriptions]
        only = None if definitions is None else {definition.pk for definition in definitions}
        differences += find_drift(registry.newest.schema, only=only)
        for difference in differences:
            self.stdout.write(difference)
        if differences:
            raise CommandError(f"{len(differences)} found.")
        self.stdout.write("Definitions, revision and database agree.")


def invalid_definitions(definitions: Iterable[DynamicModel] | None) -> Iterator[str]:
    """Yield which definitions are not valid, and why."""
    for definition in DynamicModel.objects.all() if definitions is None else definitions:
        try:
            definition.to_schema()
        except ValidationError as error:
            yield f"{definition.name}: {' '.join(error.messages)}"
