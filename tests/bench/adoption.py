"""A revision that changes one table among 500, taken over by a process that served the one before."""

import statistics
from collections.abc import Iterator
from functools import partial

from django.db import connection
from django.test.utils import CaptureQueriesContext

from dynadmin import executor
from dynadmin.factory import build_models
from dynadmin.models import DynamicField, DynamicModel, plan_tables, sync_all
from dynadmin.registry import registry
from dynadmin.schema import TableSchema, target_of
from tests.bench.options import Options
from tests.bench.result import Result
from tests.bench.tables import make_tables
from tests.bench.timing import seconds

TABLES = 500
RELATED = 50


def change_elsewhere(table: DynamicModel, number: int) -> TableSchema:
    """Apply a change as another process would: this one does not know of it yet."""
    field = table.fields.first()
    field.label = f"Label {number}"
    field.save()
    plan = plan_tables([table])
    executor.apply(plan)
    return plan.target.tables[table.pk]


def measure(options: Options) -> Iterator[Result]:
    """Measure adoption against building the one class that changed."""
    make_tables(range(TABLES))
    registry.refresh()
    tables = list(DynamicModel.objects.all())
    adopt: list[float] = []
    build: list[float] = []
    use: list[float] = []
    for number in range(options.rounds(60)):
        schema = change_elsewhere(tables[number % TABLES], number)
        pairs = [(registry.refresh, adopt), (partial(build_models, [schema]), build)]
        for action, times in pairs if number % 2 else reversed(pairs):
            times.append(seconds(action) * 1000)
        use.append(seconds(partial(read_one, schema.id)) * 1000)
    yield Result(
        name=f"adopting a change of 1 table among {TABLES}",
        measured=statistics.median(adopt),
        floor=statistics.median(build),
        unit="ms",
        at_most=50,
        at_most_ratio=20,
        facts={"2 queries": _queries_of_adoption(tables[0]) == 2},
    )
    yield Result(name="first query on the new class after it", measured=statistics.median(use), unit="ms")
    yield from measure_related(options, tables)


def measure_related(options: Options, tables: list[DynamicModel]) -> Iterator[Result]:
    """Measure a change of one of many tables that refer to each other: their classes are made together."""
    related = tables[:RELATED]
    for number, table in enumerate(related):
        for name, target in (("next", related[(number + 1) % RELATED]), ("first", related[0])):
            told = {"target": target_of(target.pk), "related_name": f"{name}_of_{table.name}"}
            DynamicField.objects.create(model=table, name=name, type="foreignkey", options=told)
    sync_all()
    registry.refresh()
    times = []
    for number in range(options.rounds(30)):
        change_elsewhere(related[number % RELATED], 1000 + number)
        times.append(seconds(registry.refresh) * 1000)
    yield Result(
        name=f"adopting a change of 1 of {RELATED} related tables among {TABLES}",
        measured=statistics.median(times),
        unit="ms",
        at_most=100,
    )


def read_one(table_id: int) -> None:
    """Ask the new class for a row."""
    registry.current.model(table_id).objects.first()


def _queries_of_adoption(table: DynamicModel) -> int:
    change_elsewhere(table, -1)
    with CaptureQueriesContext(connection) as queries:
        registry.refresh()
    return len(queries)
