"""How the catalogue of the engine is asked, and which of its tables are ours."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import connection

TABLE = re.compile(r"dyn_t[0-9]+\Z")


# What the queries ask for by name, more or less.
ALL_TABLES = {"sqlite": "GLOB 'dyn_t[0-9]*'", "postgresql": "~ '^dyn_t[0-9]+$'"}


def rows_of(sql: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def rows_of_tables(queries: Mapping[str, str], only: str = "") -> Iterator[tuple[Any, ...]]:
    """Yield the rows of this engine's query whose first column names one of our tables, or a certain one."""
    sql = queries[connection.vendor]
    if TABLE.match(only):
        sql = sql.replace(ALL_TABLES[connection.vendor], f"= '{only}'")
    return (row for row in rows_of(sql) if TABLE.match(row[0]))
