"""Writing changes down: one statement for however many, in the transaction of the changes themselves."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from dynadmin.acting import actor
from dynadmin.loading import load
from dynadmin.rowhistory.changes import Action, RowChange
from dynadmin.rowhistory.contexts import way

Values = Mapping[str, Any]

COLUMNS = (
    "table",
    "row",
    "last_row",
    "action",
    "at",
    "author",
    "author_name",
    "via",
    "unit",
    "before",
    "after",
)


class Authorship(NamedTuple):
    """Who makes changes, when, and through what."""

    at: datetime
    author: str
    author_name: str
    via: str
    unit: int | None


def note_created(table: int, rows: Iterable[int]) -> None:
    """Note that a table has new rows, by their numbers."""
    _write(table, Action.CREATED, ((first, last, None, None) for first, last in ranges(rows)))


def note_changed(table: int, changes: Iterable[tuple[int, Values, Values]]) -> None:
    """Note what changed in rows of a table: of each its number, and values before and after.

    The values are as ``encode`` gives them, by the key of the column; see ``RowChange``.
    """
    notes = ((row, row, in_json(before), in_json(after)) for row, before, after in changes)
    _write(table, Action.CHANGED, notes)


def note_deleted(table: int, rows: Iterable[tuple[int, Values]]) -> None:
    """Note that rows of a table are deleted: of each its number, and all its values."""
    _write(table, Action.DELETED, ((row, row, in_json(before), None) for row, before in rows))


def ranges(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and last of each run of numbers that follow each other."""
    if isinstance(numbers, range) and numbers.step == 1:
        if numbers:
            yield numbers[0], numbers[-1]
        return
    first = last = None
    for number in sorted(numbers):
        if last is None or number > last + 1:
            if first is not None and last is not None:
                yield first, last
            first = number
        last = number
    if first is not None and last is not None:
        yield first, last


def authorship() -> Authorship:
    """Return who is acting, through what, now."""
    user, current = actor(), way()
    name = user.get_username() if user is not None else ""
    author = str(user.pk) if user is not None else ""
    return Authorship(timezone.now(), author[:40], name[:150], current.via, current.unit)


# Made once: json.dumps() would make one a value.
in_json = json.JSONEncoder(ensure_ascii=False, default=str).encode


def _write(table: int, action: Action, notes: Iterable[tuple[int, int, Any, Any]]) -> None:
    """Insert the notes; nothing is asked of the database without any."""
    by = authorship()
    stored = connection.ops.adapt_datetimefield_value(by.at)
    common = (action.value, stored, by.author, by.author_name, by.via, by.unit)
    rows = ((table, row, last, *common, before, after) for row, last, before, after in notes)
    if (first := next(rows, None)) is None:
        return
    if (second := next(rows, None)) is None:
        _insert(first)
        return
    load(connection, RowChange._meta.db_table, COLUMNS, chain((first, second), rows))


def _insert(note: tuple[Any, ...]) -> None:
    quote = connection.ops.quote_name
    columns = ", ".join(map(quote, COLUMNS))
    marks = ", ".join(["%s"] * len(COLUMNS))
    table = quote(RowChange._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", note)  # noqa: S608
