"""Some of the values of a column where there are very many, for a first impression while all are counted."""

from dynadmin.executor.counts import Bound, fetch_bounds
from dynadmin.executor.judging import Cell, Source

# Tables with fewer rows are looked at as a whole, and so are columns of which many rows share a value: that
# costs little more than reading the column.
SMALL = 30_000
SHARED = 0.8
# Rows that follow one another often share a value, rows far apart may do so or not.
PLACES, ROWS_AT_EACH = 200, 10


def take_sample(source: Source) -> list[Cell] | None:
    """Return the values of rows from all over the table; None where all can be looked at as quickly."""
    (bound,) = fetch_bounds([source.model._meta.db_table])
    if bound.span <= SMALL:
        return None
    rows = source.rows(_ids(bound))
    cells: dict[str, Cell] = {}
    for pk, values in rows:
        key = repr(values)  # lists and objects are values, too
        found = cells.get(key, Cell(values, 0, pk))
        cells[key] = found._replace(count=found.count + 1)
    # Few rows are found where most were deleted.
    is_telling = len(rows) > PLACES * ROWS_AT_EACH // 2 and len(cells) > SHARED * len(rows)
    return list(cells.values()) if is_telling else None


def _ids(bound: Bound) -> list[int]:
    step = bound.span // PLACES
    places = (bound.last - step * place for place in range(PLACES))
    return [place - number for place in places for number in range(ROWS_AT_EACH)]
