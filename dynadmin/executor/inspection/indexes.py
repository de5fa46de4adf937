"""Indexes, unique constraints among them."""

from dataclasses import dataclass

from dynadmin.executor.inspection.rows import rows_of_tables

# A row a column of an index, in order; the column is NULL where it is an expression. Indexes that cannot sort
# are nobody's business here.
INDEXES = {
    "sqlite": """
        SELECT m.name, i.name, x.name, i."unique", i.origin = 'pk', 1, i.partial, 0, i.origin <> 'c'
        FROM sqlite_master m JOIN pragma_index_list(m.name) i JOIN pragma_index_info(i.name) x
        WHERE m.type = 'table' AND m.name GLOB 'dyn_t[0-9]*' ORDER BY m.name, i.name, x.seqno
    """,
    "postgresql": """
        SELECT t.relname, i.relname, a.attname, x.indisunique, x.indisprimary, x.indisvalid AND x.indisready,
            x.indpred IS NOT NULL, o.opcname LIKE '%_pattern_ops', c.oid IS NOT NULL
        FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
        CROSS JOIN generate_series(0, x.indnkeyatts - 1) k
        LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[k]
        JOIN pg_opclass o ON o.oid = x.indclass[k]
        LEFT JOIN pg_constraint c
            ON c.conindid = i.oid AND c.conrelid = t.oid AND c.contype IN ('p', 'u', 'x')
        JOIN pg_am m ON m.oid = i.relam AND m.amname = 'btree'
        WHERE t.relname ~ '^dyn_t[0-9]+$' AND pg_table_is_visible(t.oid) ORDER BY t.relname, i.relname, k
    """,
}


@dataclass(frozen=True, kw_only=True)
class Index:
    """An index as it stands in the database. ``columns`` has None where it holds an expression."""

    name: str
    columns: tuple[str | None, ...]
    is_unique: bool
    is_primary: bool = False
    is_valid: bool = True
    is_partial: bool = False
    is_for_patterns: bool = False  # PostgreSQL needs a second one for LIKE
    is_constraint: bool = False  # it belongs to one, and cannot be dropped without it

    @property
    def has_given_name(self) -> bool:
        """Whether the engine has named it, as SQLite does those of constraints, whatever their names."""
        return self.name.startswith("sqlite_autoindex_")

    @property
    def is_plain(self) -> bool:
        """Whether it is on columns alone, all rows of them."""
        return not self.is_partial and None not in self.columns


def fetch_indexes() -> dict[str, list[Index]]:
    """Return the indexes of all dynamic tables, by the name of the table."""
    found: dict[tuple[str, str], list[tuple]] = {}
    for table, index, *part in rows_of_tables(INDEXES):
        found.setdefault((table, index), []).append(tuple(part))
    indexes: dict[str, list[Index]] = {}
    for (table, name), parts in found.items():
        indexes.setdefault(table, []).append(_index(name, parts))
    return indexes


def _index(name: str, parts: list[tuple]) -> Index:
    unique, primary, valid, partial, patterns, constraint = map(bool, parts[0][1:])
    return Index(
        name=name,
        columns=tuple(part[0] for part in parts),
        is_unique=unique,
        is_primary=primary,
        is_valid=valid,
        is_partial=partial,
        is_for_patterns=patterns,
        is_constraint=constraint,
    )
