"""What the database has, whatever the revision says: the tables, columns and views of dynadmin."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import connection
from django.db.models import Field

# Columns with their types, in order. The types are those the engine itself gives as text.
COLUMNS = {
    "sqlite": """
        SELECT m.name, c.name, lower(c.type), c."notnull"
        FROM sqlite_master m JOIN pragma_table_info(m.name) c
        WHERE m.type = 'table' AND m.name GLOB 'dyn_t[0-9]*' ORDER BY m.name, c.cid
    """,
    "postgresql": """
        SELECT t.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull
        FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid
        WHERE t.relkind = 'r' AND t.relname ~ '^dyn_t[0-9]+$' AND pg_table_is_visible(t.oid)
        AND a.attnum > 0 AND NOT a.attisdropped ORDER BY t.relname, a.attnum
    """,
}

VIEW_COLUMNS = {
    "sqlite": """
        SELECT substr(m.name, 8), c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
        WHERE m.type = 'view' AND m.name GLOB 'tables_*' ORDER BY m.name, c.cid
    """,
    "postgresql": """
        SELECT v.relname, a.attname
        FROM pg_class v JOIN pg_attribute a ON a.attrelid = v.oid
        WHERE v.relkind = 'v' AND v.relnamespace = to_regnamespace('tables')
        AND a.attnum > 0 AND NOT a.attisdropped ORDER BY v.relname, a.attnum
    """,
}


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column as it stands in the database."""

    type: str
    is_required: bool


def fetch_tables() -> dict[str, dict[str, Column]]:
    """Return the columns of all dynamic tables, by the names of table and column."""
    tables: dict[str, dict[str, Column]] = {}
    for table, column, type, is_required in _rows(COLUMNS[connection.vendor]):
        tables.setdefault(table, {})[column] = Column(type=type, is_required=bool(is_required))
    return tables


def fetch_views() -> dict[str, list[str]]:
    """Return the columns of the views that tables have, in order, by the readable name of the table."""
    views: dict[str, list[str]] = {}
    for view, column in _rows(VIEW_COLUMNS[connection.vendor]):
        views.setdefault(view, []).append(column)
    return views


def types_of(fields: Iterable[Field]) -> Mapping[str, str]:
    """Return the type that each field's column should have, by column, as the engine itself calls it."""
    types = {field.column: (field.db_type(connection) or "").lower() for field in fields}
    if connection.vendor == "sqlite" or not types:
        return types
    # The engine is asked what it calls the types: Django says varchar(2), it says character varying(2).
    samples = ", ".join(f"NULL::{type}" for type in types.values())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {samples}")
        result = cursor.pgresult
        oids = [(result.ftype(number), result.fmod(number)) for number in range(len(types))]
        names = ", ".join("format_type(%s, %s)" for _ in oids)
        cursor.execute(f"SELECT {names}", [number for pair in oids for number in pair])
        return dict(zip(types, cursor.fetchone(), strict=True))


def _rows(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()
