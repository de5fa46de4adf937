"""Import and export of 336,776 flights, against django-import-export's default path on the first 10,000.

And the same import with three relations by natural key, against that without.
"""

import statistics
from collections.abc import Iterator

import tablib
from django.db import connection, models
from django.test import override_settings
from import_export.resources import modelresource_factory

from dynadmin.models import DynamicModel
from dynadmin.registry import registry
from dynadmin.transfer import import_rows, open_source
from dynadmin.transfer.exporter import export_rows
from tests.bench.flights import define_flights, define_related_flights, first_flights
from tests.bench.options import Options
from tests.bench.process import Run, in_child
from tests.bench.result import Result
from tests.nycflights import FLIGHTS, all_flights
from tests.staticapp.models import Flight

STOCK_ROWS = 10_000
MEMORY_LIMIT_MB = 250
# The library's own list of formats lacks the one that the file is written in.
ISO_FORMATS = override_settings(DATETIME_INPUT_FORMATS=["%Y-%m-%dT%H:%M:%S%z"])


def measure(options: Options) -> Iterator[Result]:
    """Measure both ways in rows a second; each run has a process of its own."""
    table = define_flights()
    rounds = options.rounds(3, least=1)
    imports = [(in_child(stock_import), imported(table)) for _round in range(rounds)]
    yield from results("import", imports, at_least_ratio=25)
    exports = [(in_child(stock_export), in_child(lambda: our_export(table))) for _round in range(rounds)]
    yield from results("export", exports, at_least_ratio=10)
    related = define_related_flights()
    runs = [(imported(table), imported(related)) for _ in range(rounds)]
    yield related_result(runs)


def related_result(pairs: list[tuple[Run, Run]]) -> Result:
    """Return the speed of the import with relations, whose floor is the speed without."""
    return Result(
        name="import with three relations",
        measured=statistics.median(related.per_second for _plain, related in pairs),
        floor=statistics.median(plain.per_second for plain, _related in pairs),
        unit="rows/s",
        at_least_ratio=0.5,
        facts={"all rows": all(related.result == FLIGHTS for _plain, related in pairs)},
    )


def results(name: str, pairs: list[tuple[Run, Run]], *, at_least_ratio: float) -> Iterator[Result]:
    """Yield the speed, with the medians of both sides, and the memory."""
    floor = statistics.median(stock.per_second for stock, _ours in pairs)
    measured = statistics.median(ours.per_second for _stock, ours in pairs)
    complete = all(ours.result == FLIGHTS for _stock, ours in pairs)
    yield Result(
        name=f"{name} of {FLIGHTS:,} flights",
        measured=measured,
        floor=floor,
        unit="rows/s",
        at_least_ratio=at_least_ratio,
        facts={"all rows": complete},
    )
    peak = max(ours.peak_mb for _stock, ours in pairs)
    yield Result(name=f"peak memory of the {name}", measured=peak, unit="MB", at_most=MEMORY_LIMIT_MB)


# --- The program's way ---


def imported(table: DynamicModel) -> Run:
    """Empty the table, and then run the import: SQLite needs a second to empty one with relations."""
    with registry.in_use() as snapshot:
        empty(snapshot.model(table.pk))
    return in_child(lambda: our_import(table))


def our_import(table: DynamicModel) -> int:
    """Import all flights into an empty table and return how many there are then."""
    with registry.in_use() as snapshot:
        result = import_rows(snapshot.model(table.pk), open_source(all_flights()))
    return result.totals.created if result.is_saved else 0


def our_export(table: DynamicModel) -> int:
    """Export all flights as CSV and return how many lines with a flight there are."""
    with registry.in_use() as snapshot:
        queryset = snapshot.model(table.pk).objects.order_by("pk")
        return sum(piece.count(b"\n") for piece in export_rows(queryset)) - 1


# --- The library's way ---


@ISO_FORMATS
def stock_import() -> int:
    """Import the first flights as the library does by default, and return how many."""
    empty(Flight)
    dataset = tablib.Dataset().load(first_flights(STOCK_ROWS).read_text(encoding="utf-8"), format="csv")
    resource = modelresource_factory(Flight)()
    result = resource.import_data(dataset, dry_run=False, raise_errors=True, use_transactions=True)
    return result.totals["new"]


def stock_export() -> int:
    """Export the flights that `stock_import` left."""
    text = modelresource_factory(Flight)().export(Flight.objects.order_by("pk")).csv
    return text.count("\n") - 1


def empty(model: type[models.Model]) -> None:
    """Remove all rows of a table the quick way."""
    with connection.cursor() as cursor:
        word = "TRUNCATE" if connection.vendor == "postgresql" else "DELETE FROM"
        cursor.execute(f"{word} {model._meta.db_table}")
