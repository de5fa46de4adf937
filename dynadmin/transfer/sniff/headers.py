"""Whether the first row of a file names the columns, or is data like the others."""

import re
from collections.abc import Sequence

Row = Sequence[str]

# What a cell shows itself to be; the first that fits.
_KINDS = {
    "number": re.compile(r"[-+]?[$€£]?\s?\d[\d\s.,'_]*(?:[eE][-+]?\d+)?\s?(?:%|[$€£]|zł|[A-Z]{3})?"),
    "date": re.compile(r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}([T ]\d{1,2}:\d{2}\S*)?|\d{1,2}:\d{2}(:\d{2}\S*)?"),
    "uuid": re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"),
    "email": re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    "url": re.compile(r"https?://\S+"),
}
_OF_A_KIND = 0.9
_LONGEST = 60
_MOST_ABOVE, _LEAST_BELOW = 20, 2
_YEAR = re.compile(r"(19|20)\d\d")


def looks_like_header(first: Row, rows: Sequence[Row]) -> bool:
    """Return whether the first row names the columns, as far as the rows below it tell.

    It does not when each column of numbers, dates and the like begins with one in the first row already, or
    when a text of the first row comes again in its column. In doubt it is a header.
    """
    rows = [row for row in rows if len(row) == len(first)]
    if not rows:
        return True
    columns = list(zip(*rows, strict=True))
    typed = _typed(first, columns)
    if not typed:
        return not _comes_again(first, rows, columns)
    filled = [(cell, kind) for cell, kind, _column in typed if cell.strip()]
    is_data = filled and all(_kind(cell) == kind for cell, kind in filled)
    # One row below proves little, unless it is of such values for the most part.
    is_proof = len(rows) > 1 or 2 * len(typed) >= len(first)
    return not (is_data and is_proof) or _are_years(typed)


def lines_above(rows: Sequence[Row], width: int) -> int:
    """Return how many rows stand above the header, as a title, notes and the names of groups of columns may.

    Those leave half of their cells empty or more. That names follow has to be plain: a cell in each column,
    none of them a number, a date or the like, and of columns of which some hold such values.
    """
    for at, row in enumerate(rows[:_MOST_ABOVE]):
        if at and _are_names(row, [below for below in rows[at + 1 :] if len(below) == width], width):
            return at
        if _filled(row) > max(1, width // 2):
            return 0
    return 0


def _are_names(row: Row, below: Sequence[Row], width: int) -> bool:
    """Return whether a row names columns, each of them by another name."""
    if len(row) != width or _filled(row) < width or len(below) < _LEAST_BELOW:
        return False
    typed = _typed(row, list(zip(*below, strict=True)))
    return bool(typed) and not any(_kind(cell) for cell, _kind_below, _column in typed)


def _filled(row: Row) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _typed(first: Row, columns: Sequence[Sequence[str]]) -> list[tuple[str, str, Sequence[str]]]:
    """Return the first cell, the kind and the cells of each column that holds more than words."""
    found = ((cell, _kind_of_column(column), column) for cell, column in zip(first, columns, strict=True))
    return [(cell, kind, column) for cell, kind, column in found if kind is not None]


def _kind(cell: str) -> str | None:
    cell = cell.strip()
    if len(cell) > _LONGEST:
        return None
    return next((name for name, pattern in _KINDS.items() if pattern.fullmatch(cell)), None)


def _kind_of_column(column: Sequence[str]) -> str | None:
    """Return the kind of nearly all cells that are not empty."""
    cells = [cell for cell in column if cell.strip()]
    kinds = [_kind(cell) for cell in cells]
    found = max(set(kinds), key=kinds.count, default=None)
    return found if found and kinds.count(found) >= _OF_A_KIND * len(kinds) else None


def _are_years(typed: Sequence[tuple[str, str, Sequence[str]]]) -> bool:
    """Return whether the first cells are years and those below are not: a table with a column a year."""
    return all(
        _YEAR.fullmatch(cell.strip()) and not all(_YEAR.fullmatch(below.strip()) for below in column)
        for cell, _kind, column in typed
    )


def _comes_again(first: Row, rows: Sequence[Row], columns: Sequence[Sequence[str]]) -> bool:
    """Return whether a text of the first row comes again, but not all of them together."""
    if any(list(row) == list(first) for row in rows):
        return False
    return any(cell.strip() and cell in column for cell, column in zip(first, columns, strict=True))
