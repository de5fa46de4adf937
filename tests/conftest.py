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


def pytest_report_header() -> str:
    """Say which database the session runs on."""
    return f"database: {connection.vendor}"


@pytest.fixture
def tables(transactional_db) -> Iterator:
    """Makes real tables, see tests/support.py, and drops them physically at the end."""
    from tests.support import Tables, drop_everything

    yield Tables()
    drop_everything()
