"""The question every request asks: is there a newer revision?"""

from collections.abc import Iterator

from django.db import connection
from django.test.utils import CaptureQueriesContext

from dynadmin.registry import registry
from dynadmin.revisions import SchemaRevision
from tests.bench.options import Options
from tests.bench.result import Result
from tests.bench.tables import make_tables
from tests.bench.timing import interleaved


def ask() -> None:
    """Do what the middleware does around a request."""
    with registry.in_use():
        pass


def bare_query() -> None:
    """Ask the database the same with nothing around it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT MAX(id) FROM {SchemaRevision._meta.db_table}")
        cursor.fetchone()


def measure(options: Options) -> Iterator[Result]:
    """Measure the check on an installation with tables, when nothing has changed."""
    make_tables(range(20))
    ask()
    with CaptureQueriesContext(connection) as queries:
        ask()
    measured, floor = interleaved(ask, bare_query, rounds=options.rounds(3000), warm_up=50)
    yield Result(
        name="staleness check of a request",
        measured=measured,
        floor=floor,
        unit="ms",
        at_most=0.5,
        facts={"1 query": len(queries) == 1},
    )
