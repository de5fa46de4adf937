"""What every test may use."""

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
