"""A page of the API of a dynamic table, against the same page of a stock ModelViewSet."""

from collections.abc import Iterator

from django.contrib.auth.models import User

from tests.bench.flights import define_flights, fill_both
from tests.bench.options import Options
from tests.bench.result import Result
from tests.bench.serving import getter
from tests.bench.timing import interleaved

ROWS = 10_000


def measure(options: Options) -> Iterator[Result]:
    """Measure a page of 100 rows of 20 columns as JSON, and a single row."""
    table = define_flights()
    fill_both(table, ROWS)
    get_page = getter(User.objects.create_superuser("ada"))

    def get(path: str) -> None:
        assert b"N14228" in get_page(path, accept="application/json").content, "there are no flights"

    for name, path in {"API page of 100 rows": "", "API row": "1/"}.items():
        measured, floor = interleaved(
            lambda path=path: get(f"/api/tables/flights/{path}"),
            lambda path=path: get(f"/stock-api/flights/{path}"),
            rounds=options.rounds(80),
        )
        yield Result(name=name, measured=measured, floor=floor, unit="ms", at_most_ratio=1.10)
