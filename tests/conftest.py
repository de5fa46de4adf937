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
    """Leave tests of one engine's own ways to the run on that engine, and pure ones to one run."""

    def is_for_this_engine(item: pytest.Item) -> bool:
        if item.get_closest_marker("pure") and connection.vendor != "sqlite":
            return False
        marker = item.get_closest_marker("only_on")
        return marker is None or marker.args[0] == connection.vendor

    left_out = [item for item in items if not is_for_this_engine(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if is_for_this_engine(item)]


def pytest_report_header() -> str:
    """Say which database the session runs on."""
    return f"database: {connection.vendor}"


@pytest.fixture
def tables(transactional_db) -> Iterator:
    """Makes real tables, see tests/support.py, and drops them physically at the end."""
    from tests.support import Tables, drop_everything

    yield Tables()
    drop_everything()
