"""How much there is in tables and columns that nobody sees: values and bytes, at a bounded cost.

Tables are weighed exactly where the engine knows, columns by reading them, the small ones first, for as long
as their rows fit into the budget of counts; of the others one hears what is in their first rows.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import connection
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from dynadmin.conf import conf
from dynadmin.executor.counts import Precision, RowCount, count_rows, fetch_all, fetch_bounds

FEW = 10_000  # rows read of a column that does not fit into the budget
SAMPLE = 1000  # rows read of a table whose size the engine does not know
PAGE = 4096  # bytes; an empty table takes as much
WIDEST = 500  # columns of a sample; SQLite bounds the depth of an expression

Column = tuple[str, str]  # the names of table and column


@dataclass(frozen=True, kw_only=True)
class Weight:
    """A number of rows or values, and the bytes they take."""

    rows: RowCount
    bytes: int
    precision: Precision = Precision.EXACT

    @property
    def size(self) -> str:
        """The bytes as text: "1.2 MB", "about 1.2 MB"."""
        words = {"size": filesizeformat(self.bytes)}
        if self.precision is Precision.EXACT:
            return words["size"]
        text = _("at least %(size)s") if self.precision is Precision.AT_LEAST else _("about %(size)s")
        return text % words


# --- Tables ---


def weigh_tables(tables: Mapping[str, Collection[str]]) -> dict[str, Weight]:
    """Return the weight of each table, by its name; given are the columns of each. Five queries at most."""
    rows = count_rows(list(tables))
    if connection.vendor == "postgresql":
        sizes = dict(fetch_all([f"SELECT '{table}', pg_total_relation_size('{table}')" for table in tables]))
        return {table: Weight(rows=rows[table], bytes=sizes[table]) for table in tables}
    return {
        table: Weight(
            rows=rows[table], bytes=max(PAGE, int(average * rows[table].rows)), precision=Precision.ABOUT
        )
        for table, average in fetch_all([_average(table, columns) for table, columns in tables.items()])
    }


def _average(table: str, columns: Collection[str]) -> str:
    """Return the SELECT of the average bytes of the first rows: SQLite keeps no size of a table."""
    quote = connection.ops.quote_name
    # Each value has a byte of its own in the head of its row.
    lengths = [f"COALESCE(LENGTH(CAST({quote(name)} AS BLOB)), 0) + 1" for name in (*columns, "id")][:WIDEST]
    source = f"(SELECT * FROM {quote(table)} LIMIT {SAMPLE}) AS part"  # noqa: S608 - made of ids, as all here
    return f"SELECT '{table}', COALESCE(AVG({' + '.join(lengths)}), 0) FROM {source}"  # noqa: S608


# --- Columns ---


def weigh_columns(columns: Collection[Column]) -> dict[Column, Weight]:
    """Return the weight of the values in each column. Two queries."""
    spans = {bound.table: bound.span for bound in fetch_bounds({table for table, _column in columns})}
    limits, budget = {}, conf.COUNT_BUDGET
    for column in sorted(columns, key=lambda column: spans[column[0]]):
        span = spans[column[0]]
        limits[column] = max(span, 1) if span <= budget else FEW
        budget -= min(span, budget)
    found = fetch_all([_contents(*column, limit=limit) for column, limit in limits.items()])
    return {
        (table, column): _weight(
            values, size or 0, is_all=read < limits[table, column] or read == spans[table]
        )
        for table, column, values, size, read in found
    }


def _contents(table: str, column: str, *, limit: int) -> str:
    """Return the SELECT of values, bytes and rows read. An empty text is no value, whatever the type."""
    quote = connection.ops.quote_name
    name = quote(column)
    text, size = f"CAST({name} AS text)", f"LENGTH(CAST({name} AS BLOB))"
    if connection.vendor == "postgresql":
        size = f"pg_column_size({name})"
    source = f"(SELECT {name} FROM {quote(table)} LIMIT {limit}) AS part"  # noqa: S608
    counted = f"COUNT(NULLIF({text}, '')), SUM({size}), COUNT(*)"
    return f"SELECT '{table}', '{column}', {counted} FROM {source}"  # noqa: S608


def _weight(values: int, size: int, *, is_all: bool) -> Weight:
    precision = Precision.EXACT if is_all else Precision.AT_LEAST
    is_exact_size = is_all and connection.vendor == "postgresql"
    return Weight(
        rows=RowCount(rows=values, precision=precision),
        bytes=size,
        precision=precision if is_exact_size or not is_all else Precision.ABOUT,
    )
