"""Tables and their columns."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from dynadmin.executor.inspection.rows import rows_of, rows_of_tables

# In order, with types and defaults as the engine itself gives them as text.
COLUMNS = {
    "sqlite": """
        SELECT m.name, c.name, lower(c.type), c."notnull", c.dflt_value, c.hidden > 0, c.pk > 0
        FROM sqlite_master m JOIN pragma_table_xinfo(m.name) c
        WHERE m.type = 'table' AND m.name GLOB 'dyn_t[0-9]*' ORDER BY m.name, c.cid
    """,
    "postgresql": """
        SELECT t.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
            pg_get_expr(d.adbin, d.adrelid), a.attgenerated <> '', false
        FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid
        LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum
        WHERE t.relkind IN ('r', 'p') AND t.relname ~ '^dyn_t[0-9]+$' AND pg_table_is_visible(t.oid)
        AND a.attnum > 0 AND NOT a.attisdropped ORDER BY t.relname, a.attnum
    """,
}

# Tables that a remake on SQLite makes under another name, and leaves only if it is cut off outside its
# transaction.
COPIES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'new__dyn_t[0-9]*'",
    "postgresql": "SELECT relname FROM pg_class WHERE false",
}


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column as it stands in the database. ``default`` is an expression of SQL."""

    type: str
    is_required: bool
    default: str | None = None
    is_generated: bool = False
    is_key: bool = False  # as far as no index tells


def fetch_tables(only: str = "") -> dict[str, dict[str, Column]]:
    """Return the columns of all dynamic tables, or of one, by the names of table and column."""
    tables: dict[str, dict[str, Column]] = {}
    for table, column, type, is_required, default, is_generated, is_key in rows_of_tables(COLUMNS, only):
        tables.setdefault(table, {})[column] = Column(
            type=type,
            is_required=bool(is_required),
            default=default,
            is_generated=bool(is_generated),
            is_key=bool(is_key),
        )
    return tables


def fetch_copies() -> list[str]:
    """Return the names of tables that a remake left behind."""
    return [name for (name,) in rows_of(COPIES[connection.vendor])]


def types_of(types: Iterable[str]) -> dict[str, str]:
    """Return what the engine calls these types: Django says varchar(2), it says character varying(2)."""
    types = sorted(set(types))
    if connection.vendor == "sqlite" or not types:
        return {type: type.lower() for type in types}
    samples = ", ".join(f"NULL::{type}" for type in types)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {samples}")
        result = cursor.pgresult
        oids = [(result.ftype(number), result.fmod(number)) for number in range(len(types))]
        names = ", ".join("format_type(%s, %s)" for _ in oids)
        cursor.execute(f"SELECT {names}", [number for pair in oids for number in pair])
        return dict(zip(types, cursor.fetchone(), strict=True))
