"""What others have built on a table in the database: it must not go with the table unseen."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import DatabaseError, connection

from dynadmin.exceptions import RefusedChange
from dynadmin.plan import Operation, PurgeColumn

DEPENDENT_OBJECTS = "2BP01"

# A view depends on a table through its rule; refobjsubid is the number of the column that it reads.
VIEWS = """
    SELECT DISTINCT v.oid::regclass::text, a.attname
    FROM pg_depend d
    JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
    JOIN pg_class v ON v.oid = r.ev_class
    JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = to_regclass(%s)
    AND v.relnamespace IS DISTINCT FROM to_regnamespace('tables') ORDER BY 1
"""


@contextmanager
def dependents_named(message: str, words: Mapping[str, str]) -> Iterator[None]:
    """Refuse what the database refuses as something is built on it; ``detail`` is what that is."""
    try:
        yield
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", None) != DEPENDENT_OBJECTS:
            raise
        detail = getattr(getattr(error.__cause__, "diag", None), "message_detail", "") or str(error)
        raise RefusedChange(message % {**words, "detail": detail}) from error


def views_on(operation: Operation) -> list[str]:
    """Return the names of views that others have made on what the operation takes away."""
    table = operation.table.db_table
    if connection.vendor == "postgresql":
        column = operation.field.column if isinstance(operation, PurgeColumn) else None
        return list(dict.fromkeys(v for v, read in _fetch(VIEWS, [table]) if column in (None, read)))
    # SQLite keeps only their text; and it cannot make a table anew under a view, whatever that reads of it.
    views = _fetch("SELECT name, sql FROM sqlite_master WHERE type = 'view' AND name NOT GLOB 'tables_*'", [])
    return sorted(name for name, sql in views if re.search(rf"\b{table}\b", sql, re.IGNORECASE))


def _fetch(sql: str, parameters: list[str]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
