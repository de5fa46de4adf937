"""All that is in a database, as text: tables, rows, views, rules, counters."""

from django.db import connection

POSTGRES = {
    "column": """
        SELECT table_schema || '.' || table_name, column_name, data_type, is_nullable, column_default
        FROM information_schema.columns WHERE table_schema IN ('public', 'tables')
    """,
    "constraint": "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace",
    "index": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "view": "SELECT schemaname, viewname, definition FROM pg_views WHERE schemaname IN ('public', 'tables')",
    "trigger": "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "comment": "SELECT objoid::regclass, objsubid, description FROM pg_description "
    "WHERE classoid = 'pg_class'::regclass AND objoid >= 16384",
    "counter": "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'",
}
SQLITE = {
    "schema": "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL",
    "counter": "SELECT name, seq FROM sqlite_sequence",
}


def dump() -> dict[str, list[str]]:
    """Return everything, by kind of thing, or by table for rows."""
    catalogue = POSTGRES if connection.vendor == "postgresql" else SQLITE
    return {kind: _asked(sql) for kind, sql in catalogue.items()} | {
        table: _asked(f'SELECT * FROM "{table}"') for table in connection.introspection.table_names()
    }


def difference(before: dict[str, list[str]], after: dict[str, list[str]]) -> dict[str, set[str]]:
    """Return what one dump has and the other has not, by kind or table."""
    kinds = before.keys() | after.keys()
    found = {kind: set(before.get(kind, ())) ^ set(after.get(kind, ())) for kind in kinds}
    return {kind: lines for kind, lines in found.items() if lines}


def _asked(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return sorted(map(repr, cursor.fetchall()))
