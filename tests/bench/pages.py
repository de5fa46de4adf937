"""A list page of a dynamic table, against the same page of an ordinary model with a stock ModelAdmin."""

from collections.abc import Callable, Iterator

from django.conf import settings
from django.contrib.auth.models import User
from django.core.handlers.base import BaseHandler
from django.test import Client, RequestFactory

from tests.bench.flights import define_flights, fill_both
from tests.bench.options import Options
from tests.bench.result import Result
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
            lambda query=query: get(f"/admin/tables/flights/{query}"),
            lambda query=query: get(f"/stock/staticapp/flight/{query}"),
            rounds=options.rounds(40),
        )
        yield Result(name=name, measured=measured, floor=floor, unit="ms", at_most_ratio=1.10)


def getter(user: User) -> Callable[[str], None]:
    """Return what gets a page as the user through all middleware.

    Not the test client: it copies the context of each template drawn, which costs more than the drawing.
    """
    client = Client()
    client.force_login(user)
    cookies = {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}
    requests, handler = RequestFactory(), BaseHandler()
    handler.load_middleware()

    def get(path: str) -> None:
        request = requests.get(path)
        request.COOKIES.update(cookies)
        response = handler.get_response(request)
        assert response.status_code == 200, response
        assert b"result_list" in response.content, "the page shows no flights"

    return get
