"""Checks and foreign keys: rules of the database on its rows that are no indexes."""

import re
from dataclasses import dataclass

from django.db import connection

from dynadmin.executor.inspection.rows import rows_of_tables

CHECKS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name GLOB 'dyn_t[0-9]*'",
    "postgresql": """
        SELECT t.relname, c.conname, pg_get_constraintdef(c.oid), c.convalidated,
            (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a
             WHERE a.attrelid = t.oid AND a.attnum = ANY (c.conkey)), c.contype <> 'n'
        FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
        WHERE c.contype IN ('c', 'f', 'n') AND t.relname ~ '^dyn_t[0-9]+$' AND pg_table_is_visible(t.oid)
        ORDER BY t.relname, c.conname
    """,
}
NAMED = re.compile(r'CONSTRAINT\s+"?(\w+)"?\s+(CHECK|FOREIGN|UNIQUE)', re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Check:
    """A rule as it stands in the database: its name, what it says, and whether all rows were tried.

    SQLite keeps rules in the text of the table only: there ``sql`` is that text, and the columns are not
    known. ``is_rule`` is false for what indexes tell too, and for what PostgreSQL 18 notes of columns that
    must have a value.
    """

    name: str
    sql: str
    columns: tuple[str, ...] = ()
    is_valid: bool = True
    is_rule: bool = True


def fetch_checks() -> dict[str, list[Check]]:
    """Return the checks of all dynamic tables, by the name of the table."""
    checks: dict[str, list[Check]] = {}
    for table, *parts in rows_of_tables(CHECKS):
        checks.setdefault(table, []).extend(_checks(*parts))
    return checks


def _checks(first: str, *rest) -> list[Check]:
    if connection.vendor == "sqlite":
        named = NAMED.findall(first)
        return [
            Check(name="", sql=first),
            *(Check(name=name, sql=first, is_rule=kind.upper() != "UNIQUE") for name, kind in named),
        ]
    sql, is_valid, columns, is_rule = rest
    return [Check(name=first, sql=sql, columns=tuple(columns or ()), is_valid=is_valid, is_rule=is_rule)]
