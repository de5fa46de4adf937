"""Rows that were deleted are brought back under their numbers, where what they refer to is still there."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from dynadmin.loading import load
from dynadmin.rowhistory.changes import RowChange
from dynadmin.rowhistory.notes import note_created
from dynadmin.rowhistory.reverting.links import link_back
from dynadmin.rowhistory.reverting.tables import Reverted, RevertedTable
from dynadmin.rowhistory.values import decode, key_of


def bring_back(table: RevertedTable, changes: Sequence[RowChange], result: Reverted) -> None:
    """Insert the rows again, with their links, and note it."""
    there = table.existing(table.model, [change.row for change in changes])
    missing = {change.row: change for change in changes if change.row not in there}
    targets = _targets(table, missing.values())
    reasons = {row: _lacking(table, change, missing, targets) for row, change in missing.items()}
    while lost := [row for row in missing if reasons.get(row)]:
        # What refers to one that stays away stays away itself.
        for row in lost:
            table.refuse(result, row, reasons[row])
            del missing[row]
        reasons = {row: _lacking(table, change, missing, targets) for row, change in missing.items()}
    refused = table.bisected(list(missing), lambda rows: _insert(table, [missing[row] for row in rows]))
    for row, reason in refused.items():
        table.refuse(result, row, reason)
    back = [row for row in missing if row not in refused]
    note_created(table.id, back)
    link_back(table, [missing[row] for row in back])
    table.brought_back.update(back)
    result.done = len(back)


def _targets(table: RevertedTable, changes: Collection[RowChange]) -> dict[str, set[Any]]:
    """Return of each relation, by its key, what is there of what deleted rows referred to."""
    found = {}
    for key, model_field in table.fields.items():
        if model_field.remote_field:
            kept = ((change.before or {}).get(key) for change in changes)
            wanted = {decode(model_field, value) for value in kept if value is not None}
            found[key] = table.existing(model_field.related_model, wanted)
    return found


def _lacking(
    table: RevertedTable,
    change: RowChange,
    coming: Collection[int],
    targets: Mapping[str, Collection[Any]],
) -> str:
    """Return what a deleted row refers to that is not there any more; ``""`` if nothing lacks."""
    for key, there in targets.items():
        model_field = table.fields[key]
        value = decode(model_field, (change.before or {}).get(key))
        is_coming = model_field.related_model is table.model and value in coming
        if value is not None and not is_coming and value not in there:
            words = {"field": model_field.verbose_name}
            return _("What its “%(field)s” refers to was deleted.") % words
    return ""


def _insert(table: RevertedTable, changes: Sequence[RowChange]) -> None:
    columns = [f for f in _whole(table.model)._meta.local_concrete_fields if not f.primary_key]
    live = {f.column: f for f in table.model._meta.local_concrete_fields}
    rows = [
        [change.row, *(_value_of(table, f, live.get(f.column), change.before or {}) for f in columns)]
        for change in changes
    ]
    load(table.connection, table.model._meta.db_table, ["id", *(f.column for f in columns)], rows)


def _whole(model: Any) -> Any:
    """Return a class with the columns that nobody sees as well, if the table's own class knows of one."""
    notary = vars(model).get("_notary")
    return notary.whole if notary is not None else model


def _value_of(
    table: RevertedTable, column: models.Field, live: models.Field | None, values: Mapping[str, Any]
) -> Any:
    """Return what a column gets: what it had, else what new rows have there."""
    key = key_of(column)
    if key in values:
        return table.stored(column, decode(column, values[key]))
    return table.stored(live, live.get_default()) if live is not None else None
