"""What every test may use."""

from collections.abc import Iterator

import pytest
from django.db import connection

from tests import servers


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare `--engine`; tests/settings.py acts on it, before this file is read."""
    parser.addoption(
        "--engine",
        choices=servers.ENGINES,
        help="; ".join(f"{name}: {what}" for name, what in servers.ENGINES.items()),
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave tests of one engine's own ways to the run on that engine.

    Tests that ask no database could not differ from one engine to the other: they run with SQLite.
    """

    def is_for_this_engine(item: pytest.Item) -> bool:
        marker = item.get_closest_marker("only_on")
        engines = {marker.args[0]} if marker else {"sqlite"} | ({connection.vendor} & asked_by(item))
        return connection.vendor in engines

    left_out = [item for item in items if not is_for_this_engine(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if is_for_this_engine(item)]


def asked_by(item: pytest.Item) -> set[str]:
    """Return the engines that a test is about, by what it asks for."""
    asks = {"db", "transactional_db"}.intersection(getattr(item, "fixturenames", ()))
    return {"sqlite", "postgresql"} if asks or item.get_closest_marker("django_db") else set()


def pytest_report_header() -> str:
    """Say which database the session runs on."""
    return f"database: {connection.vendor}"


@pytest.fixture
def tables(transactional_db) -> Iterator:
    """Makes real tables, see tests/support.py, and drops them physically at the end."""
    from tests.support import Tables, drop_everything

    yield Tables()
    drop_everything()
