"""Rows that were changed get back what they had, where nobody has changed that since."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from dynadmin.kinds.stamps import fields_of_change
from dynadmin.rowhistory.changes import RowChange
from dynadmin.rowhistory.notes import note_changed
from dynadmin.rowhistory.reverting.links import link_back
from dynadmin.rowhistory.reverting.tables import Reverted, RevertedTable, parts
from dynadmin.rowhistory.values import UnreadableValue, decode, differs, encode, key_of

# What rows have, or get: values by the key of the field.
Values = Mapping[str, Any]
_LONGEST_VALUE = 60


def change_back(table: RevertedTable, changes: Sequence[RowChange], result: Reverted) -> None:
    """Give the rows the values and links that they had, and note it."""
    # One row at a time where a row was changed more than once: the later has to be taken back first.
    for some in _without_repeated_rows(changes):
        _change_some_back(table, some, result)


def _change_some_back(table: RevertedTable, changes: Sequence[RowChange], result: Reverted) -> None:
    now = _locked(table, changes)
    wanted = _wanted(table, changes, now, result)
    refused = _write(table, {row: values for row, values in wanted.items() if values}, now)
    for row, reason in refused.items():
        table.refuse(result, row, reason)
    back = {row for row, values in wanted.items() if values and row not in refused}
    back |= link_back(table, [c for c in changes if c.row in wanted and c.row not in refused])
    known = table.brought_back | {row for row in back if table.is_own(row)}
    result.done += len(back - known)


def _locked(table: RevertedTable, changes: Sequence[RowChange]) -> dict[int, Values]:
    """Return what rows have now in the fields that some changes tell of."""
    told = {key for change in changes for key in {**(change.before or {}), **(change.after or {})}}
    fields = [table.fields[key] for key in sorted(told & set(table.fields))]
    keys, attributes = [key_of(f) for f in fields], [f.attname for f in fields]
    found = {}
    for part in parts([change.row for change in changes]):
        there = table.rows.filter(pk__in=part).order_by("pk").select_for_update()
        for pk, *values in there.values_list("pk", *attributes):
            found[pk] = dict(zip(keys, values, strict=True))
    return found


# --- What is to be written ---


def _wanted(
    table: RevertedTable, changes: Sequence[RowChange], now: Mapping[int, Values], result: Reverted
) -> dict[int, Values]:
    """Return what rows get that can be changed back, none where they have it; refuse the others."""
    wanted: dict[int, Values] = {}
    for change in changes:
        if change.row in table.kept:
            continue
        if change.row not in now:
            table.refuse(result, change.row, _("It was deleted since."))
            continue
        reason, values = _values_back(table, change, now[change.row])
        if reason:
            table.refuse(result, change.row, reason)
        else:
            wanted[change.row] = values
    return wanted


def _values_back(table: RevertedTable, change: RowChange, now: Values) -> tuple[str, Values]:
    """Return why a row cannot be changed back, and what it gets if it can; nothing if it has that."""
    was, made = change.before or {}, change.after or {}
    back: dict[str, Any] = {}
    for key in was:
        if key in table.links or key in table.unseen:
            continue
        if key not in table.fields:
            return _("A column of it was converted or deleted for good since."), {}
        model_field = table.fields[key]
        try:
            earlier, later = decode(model_field, was[key]), decode(model_field, made.get(key))
        except UnreadableValue:
            return _("“%(field)s” cannot have what it had.") % {"field": model_field.verbose_name}, {}
        if not differs(now[key], earlier):
            continue
        if differs(now[key], later):
            value = str(encode(model_field, now[key]))[:_LONGEST_VALUE]
            words = {"field": model_field.verbose_name, "value": value}
            return _("“%(field)s” was changed since: it is “%(value)s” now.") % words, {}
        back[key] = earlier
    return "", back


def _without_repeated_rows(changes: Sequence[RowChange]) -> Iterator[list[RowChange]]:
    """Yield changes in their order, in lists none of which has a row twice."""
    some: list[RowChange] = []
    rows: set[int] = set()
    for change in changes:
        if change.row in rows:
            yield some
            some, rows = [], set()
        some.append(change)
        rows.add(change.row)
    if some:
        yield some


# --- Writing ---


def _write(table: RevertedTable, wanted: Mapping[int, Values], now: Mapping[int, Values]) -> dict[int, str]:
    """Give rows their values, and note it; return why some did not get them."""
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for row, values in wanted.items():
        groups[tuple(values)].append(row)
    refused: dict[int, str] = {}
    for keys, rows in groups.items():
        refused |= table.bisected(rows, partial(_update, table, keys, wanted))
    written = [row for row in wanted if row not in refused]
    note_changed(table.id, ((row, *_difference(table, now[row], wanted[row])) for row in written))
    return refused


def _difference(table: RevertedTable, now: Values, values: Values) -> tuple[Values, Values]:
    """Return what the history keeps of a row that had some values, and has others."""
    return (
        {key: encode(table.fields[key], now[key]) for key in values},
        {key: encode(table.fields[key], value) for key, value in values.items()},
    )


def _update(
    table: RevertedTable, keys: Sequence[str], wanted: Mapping[int, Values], rows: Sequence[int]
) -> None:
    """Give rows what they get in some fields, and the stamps of a change."""
    fields = [table.fields[key] for key in keys]
    stamps = [f for f in fields_of_change(table.model) if f not in fields]
    now = _stamped(table, stamps)
    quote = table.connection.ops.quote_name
    assigned = ", ".join(f"{quote(f.column)} = %s" for f in (*fields, *stamps))
    sql = f"UPDATE {quote(table.model._meta.db_table)} SET {assigned} WHERE {quote('id')} = %s"  # noqa: S608
    values = [
        [*(table.stored(f, wanted[row][key]) for key, f in zip(keys, fields, strict=True)), *now, row]
        for row in rows
    ]
    with table.connection.cursor() as cursor:
        cursor.executemany(sql, values)


def _stamped(table: RevertedTable, stamps: Sequence[models.Field]) -> list[Any]:
    """Return what the fields that a change fills get now."""
    blank = table.model()
    return [table.stored(f, f.pre_save(blank, add=False)) for f in stamps]
