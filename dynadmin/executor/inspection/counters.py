"""The counters that give rows their numbers."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dynadmin.executor.inspection.rows import rows_of, rows_of_tables

# The counter of each table, and what it has come to.
COUNTERS = {
    "sqlite": """
        SELECT m.name, 'sqlite_sequence', s.seq FROM sqlite_master m
        LEFT JOIN sqlite_sequence s ON s.name = m.name
        WHERE m.type = 'table' AND m.name GLOB 'dyn_t[0-9]*' AND m.sql LIKE '%AUTOINCREMENT%'
    """,
    "postgresql": """
        SELECT t.relname, s.oid::regclass::text, pg_sequence_last_value(s.oid)
        FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = 'id'
        JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = t.oid
            AND d.refobjsubid = a.attnum AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
        JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
        WHERE t.relname ~ '^dyn_t[0-9]+$' AND pg_table_is_visible(t.oid)
    """,
}
TABLES_A_QUERY = 200


@dataclass(frozen=True, kw_only=True)
class Counter:
    """What gives the rows of a table their numbers: None where it has none, and the rows' highest number."""

    sequence: str | None
    last: int
    highest: int

    @property
    def is_behind(self) -> bool:
        return self.last < self.highest


def fetch_counters(tables: Iterable[str]) -> dict[str, Counter]:
    """Return the counters of these tables, which have a column ``id``."""
    # First the rows, then the counters: rows made in between must not seem to be ahead of theirs.
    highest = dict(_highest_ids(sorted(tables)))
    counters = {table: (sequence, last or 0) for table, sequence, last in rows_of_tables(COUNTERS)}
    nothing = (None, 0)
    return {
        table: Counter(
            sequence=counters.get(table, nothing)[0], last=counters.get(table, nothing)[1], highest=number
        )
        for table, number in highest.items()
    }


def _highest_ids(tables: Sequence[str]) -> Iterator[tuple[str, int]]:
    for start in range(0, len(tables), TABLES_A_QUERY):
        selects = (
            f"SELECT '{table}', COALESCE((SELECT MAX(id) FROM {table}), 0)"  # noqa: S608
            for table in tables[start : start + TABLES_A_QUERY]
        )
        yield from rows_of(" UNION ALL ".join(selects))
