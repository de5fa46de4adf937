"""What it costs that each change of a row is written down, against a table that keeps no history."""

from collections.abc import Callable, Iterator
from typing import Any

from dynadmin.models import DynamicModel
from tests.bench.options import Options
from tests.bench.result import Result
from tests.bench.tables import make_tables
from tests.bench.timing import seconds

ROUNDS = 5
SAVED = 200
MANY = 10_000


def measure(options: Options) -> Iterator[Result]:
    """Measure each way of writing rows in turns on a table with a history and on one without."""
    make_tables(range(2))
    kept, silent = DynamicModel.objects.order_by("pk")
    silent.keeps_history = False
    silent.save()
    silent.sync()
    classes = kept.django_model, silent.django_model
    best: dict[str, list[float]] = {}
    for _round in range(options.rounds(ROUNDS, least=2)):
        for place, model in enumerate(classes):
            for name, count, action in ways(model):
                rates = best.setdefault(name, [0.0, 0.0])
                rates[place] = max(rates[place], count / seconds(action))
    for name, (with_history, without) in best.items():
        least = TARGETS.get(name)
        yield Result(name=name, measured=with_history, floor=without, unit="/s", at_least_ratio=least)


# One statement becomes a transaction of three, each a question to a server.
TARGETS = {"rows saved one by one": 0.15, "rows created in bulk": 0.7}


def ways(model: Any) -> Iterator[tuple[str, int, Callable[[], Any]]]:
    """Yield ways of writing rows, with the number of rows that each writes."""
    few, many = ([row_of(model, n) for n in range(count)] for count in (SAVED, MANY))
    yield "rows created one by one", SAVED, lambda: [row.save() for row in few]
    yield "rows saved one by one", SAVED, lambda: [save_changed(row) for row in few]
    yield "rows created in bulk", MANY, lambda: model.objects.bulk_create(many)
    yield "rows updated by one statement", MANY, lambda: model.objects.update(count_1=many[0].count_1 + 1)
    yield "rows deleted by one statement", MANY, lambda: model.objects.all().delete()


def row_of(model: Any, number: int) -> Any:
    texts = {f"name_{n}": f"text {number}" for n in range(6)}
    return model(**texts, **{f"count_{n}": number + n for n in range(6)}, kind="one", remark="x" * 40)


def save_changed(row: Any) -> None:
    row.count_2 += 1
    row.name_3 += "x"
    row.save()
