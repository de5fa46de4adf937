"""What the database has, whatever the revision says: tables, columns, indexes, views and so on.

Each is asked for in one query, however many tables there are.
"""

from dynadmin.executor.inspection.artifacts import ARTIFACT, fetch_artifacts
from dynadmin.executor.inspection.checks import Check, fetch_checks
from dynadmin.executor.inspection.columns import Column, fetch_copies, fetch_tables, types_of
from dynadmin.executor.inspection.counters import Counter, fetch_counters
from dynadmin.executor.inspection.indexes import Index, fetch_indexes
from dynadmin.executor.inspection.references import Reference, fetch_link_tables, fetch_references
from dynadmin.executor.inspection.triggers import fetch_triggers
from dynadmin.executor.inspection.views import View, expected_view, fetch_views

__all__ = [
    "ARTIFACT",
    "Check",
    "Column",
    "Counter",
    "Index",
    "Reference",
    "View",
    "expected_view",
    "fetch_artifacts",
    "fetch_checks",
    "fetch_copies",
    "fetch_counters",
    "fetch_indexes",
    "fetch_link_tables",
    "fetch_references",
    "fetch_tables",
    "fetch_triggers",
    "fetch_views",
    "types_of",
]
