"""Planes with the number of their flights and the sum of their miles, against the same by hand."""

from collections.abc import Iterator

from django.db import connection, models
from django.db.models import Count, Sum

from dynadmin.models import DynamicField, DynamicModel
from dynadmin.schema import target_of
from tests.bench.options import Options
from tests.bench.result import Result
from tests.bench.timing import interleaved
from tests.staticapp.models import Journey, Plane

PLANES = 3_322
FLIGHTS = 336_776
MOST_RATIO = 1.2
BY_HAND = {"number": Count("journeys"), "miles": Sum("journeys__distance")}


def define(name: str, **fields) -> DynamicModel:
    table = DynamicModel.objects.create(name=name)
    add(table, **fields)
    return table


def add(table: DynamicModel, **fields) -> None:
    for name, (slug, options) in fields.items():
        DynamicField.objects.create(model=table, name=name, type=slug, options=options)
    table.sync()


def make_planes() -> type[models.Model]:
    """Make the same planes and flights twice; return the class of the dynamic planes."""
    planes = define("planes", tail=("char", {"max_length": 6}))
    flights = define(
        "flights", plane=("foreignkey", {"target": target_of(planes.pk)}), distance=("int", {"null": False})
    )
    add(
        planes,
        number=("rollup", {"source": "flights.plane", "function": "count"}),
        miles=("rollup", {"source": "flights.plane.distance", "function": "sum"}),
    )
    for model in (planes.django_model, Plane):
        fill(model, PLANES, {"tail": "'N' || n"})
    for model in (flights.django_model, Journey):
        fill(model, FLIGHTS, {"plane": f"1 + n % {PLANES}", "distance": "n * 37 % 5000"})
    settle(planes.django_model, flights.django_model, Plane, Journey)
    return planes.django_model


def settle(*models_filled: type[models.Model]) -> None:
    """Leave tables as the database itself has them after a while: counted, and known to be seen by all."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("ANALYZE")
            return
        for table in (model._meta.db_table for model in models_filled):
            unseen = 1
            while unseen:  # as long as the database's own worker looks at it
                cursor.execute(f"VACUUM ANALYZE {table}")
                cursor.execute("SELECT relpages - relallvisible FROM pg_class WHERE relname = %s", [table])
                [unseen] = cursor.fetchone()


def fill(model: type[models.Model], rows: int, values: dict[str, str]) -> None:
    """Fill a table past the ORM; ``values`` are expressions of the number ``n`` of the row."""
    table = model._meta.db_table
    columns = ", ".join(["id", *(model._meta.get_field(name).column for name in values)])
    numbers = f"WITH RECURSIVE x (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x WHERE n < {rows})"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) {numbers} SELECT n, {', '.join(values.values())} FROM x"
        )


def measure(options: Options) -> Iterator[Result]:
    """Measure all planes with one summary and with two, and a page of them."""
    planes = make_planes()
    for title, names, rows in (
        ("counts of all planes", ["number"], slice(None)),
        ("sums of all planes", ["miles"], slice(None)),
        ("a page of 100 planes with both", ["number", "miles"], slice(100)),
        ("the 100 planes with most flights", ["number"], slice(100)),
    ):
        order = "-number" if "most" in title else "pk"
        by_hand = Plane.objects.annotate(**{name: BY_HAND[name] for name in names})
        ours, theirs = (
            each.order_by(order, "pk").values_list("pk", *names)[rows] for each in (planes.objects, by_hand)
        )
        assert sorted(ours) == sorted(theirs), title
        measured, floor = interleaved(
            lambda ours=ours: list(ours.all()),
            lambda theirs=theirs: list(theirs.all()),
            rounds=options.rounds(12),
        )
        # What has to be reached is about counts, which an index answers alone; the rest is told as it is.
        most = MOST_RATIO if names == ["number"] else None
        yield Result(name=title, measured=measured, floor=floor, unit="ms", at_most_ratio=most)
