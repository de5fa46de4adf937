"""Foreign keys, and the tables that hold links."""

from dataclasses import dataclass

from django.db import connection

from dynadmin.executor.inspection.rows import rows_of

# A row a foreign key of one column: table, column, target, its column.
REFERENCES = {
    "sqlite": """
        SELECT m.name, f."from", f."table", COALESCE(f."to", 'id')
        FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f
        WHERE m.type = 'table' AND m.name GLOB 'dyn_[tm][0-9]*' ORDER BY m.name, f.id
    """,
    "postgresql": """
        SELECT t.relname, a.attname, c.confrelid::regclass::text, b.attname
        FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = c.confkey[1]
        WHERE c.contype = 'f' AND c.conparentid = 0 AND cardinality(c.conkey) = 1
        AND t.relname ~ '^dyn_[tm][0-9]+$' AND pg_table_is_visible(t.oid) ORDER BY t.relname, c.conname
    """,
}

LINK_TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'dyn_m[0-9]*'",
    "postgresql": """
        SELECT relname FROM pg_class
        WHERE relkind IN ('r', 'p') AND relname ~ '^dyn_m[0-9]+$' AND pg_table_is_visible(oid)
    """,
}


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A foreign key as it stands in the database."""

    column: str
    target: str
    target_column: str


def fetch_references() -> dict[str, list[Reference]]:
    """Return the foreign keys of all dynamic tables and tables of links, by the name of the table."""
    references: dict[str, list[Reference]] = {}
    for table, column, target, target_column in rows_of(REFERENCES[connection.vendor]):
        found = Reference(column=column, target=target.strip('"'), target_column=target_column)
        references.setdefault(table, []).append(found)
    return references


def fetch_link_tables() -> set[str]:
    """Return the names of the tables of links there are."""
    return {name for (name,) in rows_of(LINK_TABLES[connection.vendor])}
