"""What a page of a plan waits for: the figures of a conversion of 336,776 values."""

from collections.abc import Iterator

from django.db import connection, models

from dynadmin import executor
from dynadmin.models import DynamicField, DynamicModel
from dynadmin.plan import Plan
from dynadmin.registry import registry
from dynadmin.transfer import import_rows, open_source
from tests.bench.flights import define_flights
from tests.bench.options import Options
from tests.bench.result import Result
from tests.bench.timing import interleaved, seconds
from tests.nycflights import FLIGHTS, all_flights

EXACT = {"max_digits": 12, "decimal_places": 2}
# The column, what it becomes, and what its values are like.
CONVERSIONS = [
    ("tailnum", "text", {}, "text to long text, 4,044 values"),
    ("tailnum", "int", {}, "text to int, none of which fits"),
    ("dep_delay", "char", {"max_length": 10}, "int to text, 528 values"),
    ("time_hour", "date", {}, "moment to date, 6,936 values"),
    ("dest", "char", {"max_length": 2}, "shorter text, none of which fits"),
    ("distance", "int", {"max_value": 1000}, "narrower range"),
    ("ticket", "decimal", EXACT, "text to number, all different"),
    ("ticket", "int", {}, "text to int, all different"),
]


def measure(options: Options) -> Iterator[Result]:
    """Measure each conversion against reading the column: the values, and in which row each is.

    Nobody could say less of them who leads to the first row with a value.
    """
    table, model = _flights()
    for name, type, chosen, words in CONVERSIONS:
        plan = _draft(table, name, type, chosen)

        def look(plan: Plan = plan) -> executor.Preview:
            return executor.preview(plan, at_once=True)

        def scan(name: str = name) -> None:
            for _row in model._base_manager.values_list("pk", name).iterator(chunk_size=5000):
                pass

        is_sampled = any(report.sampled for report in look().reports)
        measured, floor = interleaved(look, scan, rounds=options.rounds(5, least=2), warm_up=1)
        how = "a sample" if is_sampled else "all"
        yield Result(name=f"{words} ({how})", measured=measured, floor=floor, unit="ms", at_most_ratio=2)
        if is_sampled:
            whole = seconds(lambda plan=plan: executor.preview(plan)) * 1000
            yield Result(name=f"{words} (all, which follows)", measured=whole, floor=floor, unit="ms")


def _flights() -> tuple[DynamicModel, type[models.Model]]:
    """Return the table with all flights, and a column with another number in each row."""
    table = define_flights()
    DynamicField.objects.create(
        model=table, name="ticket", label="Ticket", type="char", options={"max_length": 20}, position=100
    )
    table.sync()
    with registry.in_use() as snapshot:
        model = snapshot.model(table.pk)
        assert import_rows(model, open_source(all_flights())).is_saved
    name, ticket = model._meta.db_table, model._meta.get_field("ticket").column
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {name} SET {ticket} = (id * 7) || '.50'")
        cursor.execute(f"ANALYZE {name}" if connection.vendor == "sqlite" else f"VACUUM ANALYZE {name}")
        cursor.execute(f"SELECT COUNT(*) FROM {name}")
        assert cursor.fetchone()[0] == FLIGHTS
    return table, model


def _draft(table: DynamicModel, name: str, type: str, options: dict) -> Plan:
    """Return the plan of a draft in which one field alone is another."""
    table.revert()
    field = table.fields.get(name=name)
    field.options = {**field.options, **options} if type == field.type else options
    field.type = type
    field.save()
    return table.plan()
