"""A list page with five relation columns, against one whose rows refer to one and the same."""

from collections.abc import Iterator

from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from dynadmin.models import DynamicModel
from dynadmin.schema import target_of
from tests.bench.options import Options
from tests.bench.result import Result
from tests.bench.serving import getter
from tests.bench.timing import interleaved
from tests.support import Tables

TARGETS = 5
ROWS = 1000
PAGE = 100


def measure(options: Options) -> Iterator[Result]:
    """Measure a page of 100 rows that refer to 500 others, each in a table of 1,000."""
    full, single = define("full", ROWS), define("single", 1)
    get = getter(User.objects.create_superuser("ada"))
    queries = [queries_of(get, table) for table in (full, single)]
    yield Result(
        name="list page with five relation columns",
        measured=queries[0],
        floor=queries[1],
        unit="queries",
        at_most_ratio=1.0,
    )
    shown, floor = interleaved(
        lambda: shows_names(get(address(full))), lambda: get(address(single)), rounds=options.rounds(20)
    )
    yield Result(name="the same, its time", measured=shown, floor=floor, unit="ms")


def define(name: str, different: int) -> DynamicModel:
    """Return a table whose rows refer to so many different rows of each of five others."""
    tables = Tables()
    targets = [tables.make(f"{name}_target{n}", title="char") for n in range(TARGETS)]
    relations = {f"r{n}": ("foreignkey", {"target": target_of(t.pk)}) for n, t in enumerate(targets)}
    table = tables.make(name, number="int", **relations)
    model = table.django_model
    for target in targets:
        other = target.django_model
        other.objects.bulk_create(other(id=n, title=f"row {n}") for n in range(1, ROWS + 1))
    model.objects.bulk_create(
        model(number=n, **{f"r{k}_id": n % different + 1 for k in range(TARGETS)}) for n in range(ROWS)
    )
    return table


def address(table: DynamicModel) -> str:
    return f"/admin/tables/{table.name}/"


def queries_of(get, table: DynamicModel) -> int:
    """Return how many queries a page costs once all that is kept between requests is there."""
    get(address(table))
    with CaptureQueriesContext(connection) as queries:
        get(address(table))
    return len(queries)


def shows_names(response: HttpResponse) -> None:
    """Fail on a page that does not name what its rows refer to."""
    assert response.content.count(b">row ") >= TARGETS * PAGE, "the page shows no names"
