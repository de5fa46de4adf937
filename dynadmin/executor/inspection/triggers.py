"""Triggers."""

from dynadmin.executor.inspection.rows import rows_of_tables

# Those that are switched off are as good as none.
TRIGGERS = {
    "sqlite": """
        SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger' AND tbl_name GLOB 'dyn_t[0-9]*'
    """,
    "postgresql": """
        SELECT t.relname, g.tgname FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid
        WHERE NOT g.tgisinternal AND g.tgenabled <> 'D'
        AND t.relname ~ '^dyn_t[0-9]+$' AND pg_table_is_visible(t.oid)
    """,
}


def fetch_triggers() -> dict[str, set[str]]:
    """Return the names of the triggers of all dynamic tables, by the name of the table."""
    triggers: dict[str, set[str]] = {}
    for table, name in rows_of_tables(TRIGGERS):
        triggers.setdefault(table, set()).add(name)
    return triggers
