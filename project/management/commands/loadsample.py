"""`manage.py loadsample`: something to look at in a new installation."""

from django.core.management.base import BaseCommand, CommandError

from dynadmin.exceptions import DynadminError
from dynadmin.models import DynamicModel, SchemaRevision
from project.sample.definitions import TABLES, SampleTable
from project.sample.loading import load


class Command(BaseCommand):
    """Load the sample tables into an installation that never had a table, or some of them by name."""

    help = (
        "Loads the sample tables. Without names it does so only where no table was ever made, so that "
        "a sample that was removed does not come back. With a table come those that it refers to."
    )

    def add_arguments(self, parser) -> None:
        """Take the names of tables."""
        names = [table.name for table in TABLES]
        parser.add_argument("table", nargs="*", metavar="TABLE", help=f"Any of: {', '.join(names)}.")

    def handle(self, *, table: list[str], verbosity: int, **options) -> None:
        """Load what was asked for and say how many rows there are."""
        wanted = self._named(table) if table else self._all()
        for sample in wanted:
            try:
                result = load(sample)
            except DynadminError as error:
                raise CommandError(f"{sample.label}: {error}") from error
            if not result.is_saved:
                reasons = result.refused[0]
                raise CommandError(f"{sample.label}, line {reasons.line}: {dict(reasons.reasons)}")
            if verbosity:
                self.stdout.write(f"Loaded sample table {sample.label}: {result.totals.created:,} rows")

    def _all(self) -> list[SampleTable]:
        is_new = not SchemaRevision.objects.exists() and not DynamicModel.objects.exists()
        return list(TABLES) if is_new else []

    def _named(self, names: list[str]) -> list[SampleTable]:
        by_name = {table.name: table for table in TABLES}
        if unknown := sorted(set(names) - set(by_name)):
            raise CommandError(f"There is no sample table {unknown[0]}; there are: {', '.join(by_name)}.")
        wanted = {*names, *(other for name in names for other in by_name[name].needs)}
        existing = set(DynamicModel.objects.filter(name__in=wanted).values_list("name", flat=True))
        return [table for table in TABLES if table.name in wanted - existing]
