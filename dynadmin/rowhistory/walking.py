"""Walking back: from what rows are to what they were, change by change. Pure."""

from collections.abc import Collection, Mapping
from typing import Any, Protocol

from dynadmin.rowhistory.changes import Action

# Values of one row by the keys of its columns; those of links to many rows are sorted lists.
Values = dict[str, Any]


class Change(Protocol):
    """What of a RowChange is needed here."""

    row: int
    last_row: int
    action: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


def step_back(rows: dict[int, Values], change: Change, *, links: Collection[str] = ()) -> dict[int, Values]:
    """Return what the rows were before a change. Those that did not change are the same objects."""
    before = dict(rows)
    if change.action == Action.CREATED:
        for row in [row for row in before if change.row <= row <= change.last_row]:
            del before[row]
    elif change.action == Action.DELETED:
        before[change.row] = {key: [] for key in links} | dict(change.before or {})
    elif change.row in before:
        before[change.row] = values_before(before[change.row], change, links=links)
    return before


def values_before(values: Values, change: Change, *, links: Collection[str] = ()) -> Values:
    """Return what the values of a row were before it was changed."""
    was, made = change.before or {}, change.after or {}
    earlier = values | {key: value for key, value in was.items() if key not in links}
    for key in links:
        if key in was or key in made:
            ids = (set(values.get(key, ())) - set(made.get(key, ()))) | set(was.get(key, ()))
            earlier[key] = sorted(ids)
    return earlier
