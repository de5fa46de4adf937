"""A list page of a dynamic table, against the same page of an ordinary model with a stock ModelAdmin."""

from collections.abc import Iterator

from django.contrib.auth.models import User
from django.test import Client

from tests.bench.flights import define_flights, fill_both
from tests.bench.options import Options
from tests.bench.result import Result
from tests.bench.timing import interleaved

ROWS = 10_000


def measure(options: Options) -> Iterator[Result]:
    """Measure the first page of 100 rows and 13 columns, as an administrator gets it."""
    fill_both(define_flights(), ROWS)
    client = Client()
    client.force_login(User.objects.create_superuser("ada"))

    def get(path: str) -> None:
        response = client.get(path)
        assert response.status_code == 200, response
        assert b"result_list" in response.content, "the page shows no flights"

    for name, query in {"list page": "", "list page, searched": "?q=N14228"}.items():
        measured, floor = interleaved(
            lambda query=query: get(f"/admin/tables/flights/{query}"),
            lambda query=query: get(f"/stock/staticapp/flight/{query}"),
            rounds=options.rounds(40),
        )
        yield Result(name=name, measured=measured, floor=floor, unit="ms", at_most_ratio=1.10)
