"""What changes in the background build beside tables."""

import re

from django.db import connection

from dynadmin.executor.inspection.rows import rows_of

# The number in it is that of the change.
ARTIFACT = re.compile(r"dyn_o(\d+)(?:_\w+)?\Z")

ARTIFACTS = {
    "sqlite": "SELECT name, type FROM sqlite_master WHERE type = 'table' AND name GLOB 'dyn_o[0-9]*'",
    "postgresql": """
    SELECT relname, 'table' FROM pg_class WHERE relkind = 'r' AND relname ~ '^dyn_o[0-9]+(_m)?$'
    UNION ALL
    SELECT proname, 'function' FROM pg_proc WHERE proname ~ '^dyn_o[0-9]+_f$'
    """,
}


def fetch_artifacts() -> dict[str, str]:
    """Return the tables and functions of changes, by name, and whether each is a table or a function."""
    return dict(rows_of(ARTIFACTS[connection.vendor]))
