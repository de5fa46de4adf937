"""``syncdynamic [TABLE ...]``: bring the tables to what their definitions say, or tell what that would do."""

from argparse import ArgumentParser
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from dynadmin import executor
from dynadmin.conversion import Choices
from dynadmin.exceptions import PlanError, UnsafePlan
from dynadmin.executor.drift import Drift, find_current_drift, repair
from dynadmin.management.applying import add_background_argument, settled
from dynadmin.management.deciding import add_choice_arguments, by_field, plan_lines, read_choices
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
            "--repair",
            action="store_true",
            help="Repair differences as far as nothing can be lost by it; exit 1 if some are left.",
        )
        choice.add_argument(
            "--check",
            action="store_true",
            help="Say where definitions, revision and database differ; exit 1 if they do.",
        )
        parser.add_argument(
            "--allow-destructive", action="store_true", help="Retire fields and tables without asking."
        )
        add_background_argument(parser)
        add_choice_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Do one of the four."""
        definitions = self._definitions(options["tables"])
        try:
            if options["check"]:
                self._check(only=ids_of(definitions))
            elif options["repair"]:
                self._repair(only=ids_of(definitions))
            elif options["plan"]:
                self._show(self._plan(definitions, self._choices(definitions, options)))
            else:
                self._apply(definitions, options)
        except UnsafePlan as error:
            raise CommandError(f"{error}. Nothing was done; --allow-destructive does it.") from error
        except PlanError as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            reasons = [*invalid_definitions(definitions)] or error.messages
            raise CommandError("\n".join(reasons)) from error

    def _definitions(self, names: list[str]) -> list[DynamicModel] | None:
        """Return the named definitions, or None for all. Raises CommandError."""
        if not names:
            return None
        found = {d.name: d for d in DynamicModel.objects.filter(name__in=names).prefetch_related("fields")}
        if missing := [name for name in names if name not in found]:
            raise CommandError(f"There is no definition of a table {', '.join(map(repr, missing))}.")
        return list(found.values())

    def _choices(self, definitions: list[DynamicModel] | None, options: dict[str, Any]) -> dict[int, Choices]:
        chosen = read_choices(options)
        known = DynamicModel.objects.prefetch_related("fields") if definitions is None else definitions
        return by_field(known, chosen) if chosen else {}

    def _plan(
        self, definitions: list[DynamicModel] | None, choices: dict[int, Choices] | None = None
    ) -> Plan:
        if definitions is None:
            return plan_all(choices=choices)
        return plan_tables(definitions, choices=choices)

    def _show(self, plan: Plan) -> None:
        found = executor.preview(plan)
        for line in plan_lines(found):
            self.stdout.write(line)
        for obstacle in found.obstacles:
            self.stdout.write(self.style.ERROR(f"In the way: {obstacle}"))

    def _apply(self, definitions: list[DynamicModel] | None, options: dict[str, Any]) -> None:
        choices = self._choices(definitions, options)
        done = sync_all(
            definitions,
            allow_destructive=options["allow_destructive"],
            choices=choices,
            in_background=options["background"],
        )
        for words in settled(done):
            self.stdout.write(words)
        self._make_range_indexes(ids_of(definitions))

    def _check(self, *, only: Collection[int] | None) -> None:
        differences = find_current_drift(only=only, notes=True)
        for _id, same in groupby(differences, key=lambda drift: drift.id):
            self._write_kind(list(same), {})
        if differences:
            raise CommandError(f"{len(differences)} found.")
        self.stdout.write("Definitions, revision and database agree.")

    def _repair(self, *, only: Collection[int] | None) -> None:
        repaired = repair(only=only)
        registry.latest()
        for drift in repaired.done:
            self.stdout.write(f"Repaired: {drift.id} {drift.table}: {drift.what}")
        for _id, same in groupby(repaired.left, key=lambda drift: drift.id):
            self._write_kind(list(same), repaired.reasons)
        self._make_range_indexes(only)
        wrong = [drift for drift in repaired.left if not drift.is_note]
        if wrong:
            raise CommandError(f"{len(wrong)} left, {len(repaired.done)} repaired.")
        self.stdout.write(f"{len(repaired.done)} repaired." if repaired.done else "Nothing to repair.")

    def _make_range_indexes(self, only: Collection[int] | None) -> None:
        tables = registry.newest.schema.live_tables
        for name in executor.make_range_indexes(t for t in tables if only is None or t.id in only):
            self.stdout.write(f"Made the index {name}: the table has become large.")

    def _write_kind(self, drifts: list[Drift], reasons: Mapping[Drift, str]) -> None:
        for drift in drifts:
            self.stdout.write(f"{drift.id} {drift.table}: {drift.what}")
            if drift in reasons:
                self.stdout.write(f"    Not repaired: {reasons[drift]}")
        self.stdout.write(f"    {drifts[0].hint}")


def ids_of(definitions: list[DynamicModel] | None) -> set[int] | None:
    """Return the ids of the named definitions, or None for all."""
    return None if definitions is None else {definition.pk for definition in definitions}


def invalid_definitions(definitions: Iterable[DynamicModel] | None) -> Iterator[str]:
    """Yield which definitions are not valid, and why."""
    for definition in DynamicModel.objects.all() if definitions is None else definitions:
        try:
            definition.to_schema()
        except ValidationError as error:
            yield f"{definition.name}: {' '.join(error.messages)}"
