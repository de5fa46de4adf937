"""The home page of an installation with hundreds of tables."""

from collections.abc import Iterator

from django.contrib.auth.models import User
from django.db import connection
from django.db.models.signals import class_prepared
from django.test.utils import CaptureQueriesContext

from dynadmin.conf import conf
from dynadmin.registry import registry
from tests.bench.options import Options
from tests.bench.result import Result
from tests.bench.serving import getter
from tests.bench.tables import make_tables
from tests.bench.timing import interleaved

FEW, MANY = 50, 500
PATH = "/admin/"
# What 450 more tables may add: their names are listed, nothing else is done for them.
MOST_TIMES_SLOWER = 3


class Home:
    """The page, looked at by an administrator."""

    def __init__(self) -> None:
        self.get_page = getter(User.objects.create_superuser("ada"))

    def get(self) -> None:
        """Ask for the page."""
        self.get_page(PATH)

    def queries(self) -> int:
        """Return how many queries the page makes."""
        self.get()
        with CaptureQueriesContext(connection) as queries:
            self.get()
        return len(queries)

    def classes_made(self) -> int:
        """Return how many model classes are made while the page is."""
        made = []

        def note(sender, **kwargs) -> None:
            made.append(sender)

        class_prepared.connect(note)
        self.get()
        class_prepared.disconnect(note)
        return len(made)


def admins_made() -> int:
    """Return for how many tables this process has made the classes of their admin pages."""
    return sum(any(key.startswith("admin:") for key in m.derived) for m in registry.newest.models.values())


def measure(options: Options) -> Iterator[Result]:
    """Measure the page with few and with many tables; only their number counts: they are empty."""
    home = Home()
    make_tables(range(FEW))
    queries_few = home.queries()
    few = interleaved(home.get, rounds=options.rounds(40))[0]
    make_tables(range(FEW, MANY))
    queries_many = home.queries()
    made, admins = home.classes_made(), admins_made()
    many = interleaved(home.get, rounds=options.rounds(40))[0]
    yield Result(
        name=f"home page with {MANY} tables, floor: with {FEW}",
        measured=many,
        floor=few,
        unit="ms",
        at_most_ratio=MOST_TIMES_SLOWER,
        facts={
            f"{queries_many} queries, as with {FEW} ({queries_few})": queries_many == queries_few,
            f"{made} model classes made": made == 0,
            f"{admins} tables' admin pages made": admins <= conf.HOME_TABLES + 2 * conf.SIDEBAR_TABLES,
        },
    )
