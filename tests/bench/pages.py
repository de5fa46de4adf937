"""A list page of a dynamic table, against the same page of an ordinary model with a stock ModelAdmin."""

from collections.abc import Iterator

from django.contrib.auth.models import User
from django.http import HttpResponse

from tests.bench.flights import define_flights, fill_both
from tests.bench.options import Options
from tests.bench.result import Result
from tests.bench.serving import getter
from tests.bench.timing import interleaved

ROWS = 10_000
PAGES = {
    "list page": "",
    "list page, searched": "?q=N14228",
    "list page, sorted": "?o=7",
    "list page 50": "?p=50",
}


def measure(options: Options) -> Iterator[Result]:
    """Measure pages of 100 rows and 13 columns, as an administrator gets them."""
    fill_both(define_flights(), ROWS)
    get = getter(User.objects.create_superuser("ada"))
    for name, query in PAGES.items():
        measured, floor = interleaved(
            lambda query=query: shows_flights(get(f"/admin/tables/flights/{query}")),
            lambda query=query: shows_flights(get(f"/stock/staticapp/flight/{query}")),
            rounds=options.rounds(40),
        )
        yield Result(name=name, measured=measured, floor=floor, unit="ms", at_most_ratio=1.10)


def shows_flights(response: HttpResponse) -> None:
    """Fail on a page that has no list, which would be quick."""
    assert b"result_list" in response.content, "the page shows no flights"
