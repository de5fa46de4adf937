"""How many rows tables have, in three queries at most, whatever their number, and never by counting millions.

The keys of a table bound its rows, and are read off the index at once. Tables are counted exactly, the small
ones first, for as long as their rows fit into a budget; of the others one hears what PostgreSQL estimates, or
the bound.
"""

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import Enum

from django.db import connection
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from dynadmin.conf import conf

FEW = 100_000  # rows that are counted even where the keys allow for more than the budget
MILLION = 1_000_000


class Precision(Enum):
    EXACT = "exact"
    ABOUT = "about"  # an estimate of the database's
    AT_MOST = "at most"  # no estimate, only a bound
    AT_LEAST = "at least"  # what was found in the part that was looked at


@dataclass(frozen=True, kw_only=True)
class RowCount:
    """A number of rows and how far to trust it; as text "336,776" or "about 1.2 million"."""

    rows: int
    precision: Precision = Precision.EXACT

    def __str__(self) -> str:
        if self.precision is Precision.EXACT:
            return number_format(self.rows, force_grouping=True)
        if self.precision is Precision.ABOUT:
            return _("about %(rows)s") % {"rows": _rounded(self.rows)}
        if self.precision is Precision.AT_LEAST:
            return _("at least %(rows)s") % {"rows": number_format(self.rows, force_grouping=True)}
        return _("up to %(rows)s") % {"rows": _rounded(self.rows)}


@dataclass(frozen=True, kw_only=True)
class Bound:
    """How many rows a table can have at most, and has by the database's own estimate."""

    table: str
    last: int  # the highest id
    span: int  # no more rows than this
    estimate: int  # -1: the database has none


def count_rows(tables: Collection[str]) -> dict[str, RowCount]:
    """Return the number of rows of each database table, by its name. All need an integer key ``id``."""
    if not tables:
        return {}
    exact, estimated, sampled = [], [], []
    budget = conf.COUNT_BUDGET
    for bound in sorted(fetch_bounds(tables), key=lambda bound: bound.span):
        if bound.span <= budget:
            budget -= bound.span
            exact.append(bound)
        elif bound.estimate > FEW:
            estimated.append(bound)
        else:
            sampled.append(bound)
    return _counted(exact, sampled) | {
        bound.table: RowCount(rows=bound.estimate, precision=Precision.ABOUT) for bound in estimated
    }


def _counted(exact: Iterable[Bound], sampled: Iterable[Bound]) -> dict[str, RowCount]:
    rows = dict(fetch_all([_row(b.table, _of(b.table, "COUNT(*)")) for b in exact]))
    rows |= dict(fetch_all([_row(b.table, _of(b.table, "COUNT(*)", limit=FEW + 1)) for b in sampled]))
    found = {table: RowCount(rows=count) for table, count in rows.items()}
    bounds = {b.table: RowCount(rows=b.span, precision=Precision.AT_MOST) for b in sampled}
    return found | {table: bound for table, bound in bounds.items() if found[table].rows > FEW}


def fetch_bounds(tables: Iterable[str]) -> list[Bound]:
    """Return the bound of each table. One query."""
    rows = fetch_all(
        [_row(table, _of(table, "MAX(id)"), _of(table, "MIN(id)"), _estimate(table)) for table in tables]
    )
    return [
        Bound(
            table=table,
            last=last or 0,
            span=0 if last is None else last - first + 1,
            estimate=int(estimate),
        )
        for table, last, first, estimate in rows
    ]


def _row(table: str, *values: str) -> str:
    return f"SELECT '{table}', {', '.join(values)}"


def _of(table: str, aggregate: str, *, limit: int | None = None) -> str:
    source = connection.ops.quote_name(table)
    if limit is not None:
        source = f"(SELECT 1 FROM {source} LIMIT {limit}) AS few"  # noqa: S608 - named by ids, as below
    return f"(SELECT {aggregate} FROM {source})"  # noqa: S608


def _estimate(table: str) -> str:
    if connection.vendor == "postgresql":
        return f"(SELECT reltuples FROM pg_class WHERE oid = to_regclass('{table}'))"  # noqa: S608
    return "-1"


def fetch_all(selects: list[str]) -> list[tuple]:
    """Return the rows of many SELECTs as one query."""
    if not selects:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(selects))
        return cursor.fetchall()


def _rounded(rows: int) -> str:
    """Return a number as precisely as an estimate is: two digits, or "1.2 million"."""
    if rows >= MILLION:
        return _("%(millions)s million") % {"millions": number_format(rows / MILLION, 1, force_grouping=True)}
    step = 10 ** max(int(math.log10(max(rows, 1))) - 1, 0)
    return number_format(round(rows / step) * step, force_grouping=True)
