"""Reading the history of one row."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.db.models import F

from dynadmin.kinds.stamps import fields_of_change
from dynadmin.rowhistory.changes import Action, RowChange
from dynadmin.rowhistory.values import Cells, key_of
from dynadmin.rowhistory.walking import step_back
from dynadmin.schema import FieldSchema, TableSchema

# Changes of one row that are looked at to know what it was like when it was made.
MOST_WALKED = 1_000


def changes_of(table: int, row: int, *, below: int | None = None, most: int) -> list[RowChange]:
    """Return changes of a row, the newest first; ``below`` the id of one only those before it."""
    changes = RowChange.objects.filter(table=table)
    if below is not None:
        changes = changes.filter(pk__lt=below)
    single = changes.filter(row=row).order_by("-pk")[:most]
    ranges = changes.filter(row__lt=row, last_row__gte=row, last_row__gt=F("row")).order_by("-pk")[:most]
    found = {change.pk: change for change in (*single, *ranges)}
    return [found[pk] for pk in sorted(found, reverse=True)][:most]


def fields_by_key(table: TableSchema) -> dict[str, FieldSchema]:
    """Return the fields that people see, by the keys of all columns that have, or had, their values."""
    live = {field.id: field for field in table.live_fields}
    found = {_key(field): field for field in table.live_fields if field.stored != "computed"}
    return found | {_key(old): old for old in table.originals if old.id in live}


def _key(field: FieldSchema) -> str:
    return str(field.id) if field.stored == "links" else field.column.removeprefix("c")


def read_whole(model: Any, row: int) -> dict[str, Any] | None:
    """Return what a row has now in the fields that people see, and in originals; None if it is not there."""
    notary = vars(model).get("_notary")
    if notary is None:
        return None
    seen = fields_by_key(model.table_schema)
    source = notary.whole if model.table_schema.originals else model
    columns = (f for f in source._meta.local_concrete_fields if not f.primary_key)
    cells = Cells(f for f in columns if key_of(f) in seen)
    found = cells.read(source._base_manager.filter(pk=row))
    if not found:
        return None
    links = {
        str(id): list(
            link._base_manager.filter(source=row).order_by("target").values_list("target", flat=True)
        )
        for id, link in model.link_models.items()
    }
    return cells.whole(found[0][1:]) | links


def values_when_made(model: Any, created: RowChange, row: int) -> dict[str, Any]:
    """Return what a row was like when it was made: what it is now, but for what was changed since.

    Of a field that was converted only the oldest value is told, and of one that says who changed the row
    last, or when, none: those changes are not noted.
    """
    table = model.table_schema
    later = RowChange.objects.filter(table=table.id, row=row, pk__gt=created.pk).order_by("pk")
    links = {str(field.id) for field in table.links}
    rows = {row: read_whole(model, row) or {}}
    for change in reversed(list(later[:MOST_WALKED])):
        rows = step_back(rows, change, links=links)
    of_last_change = {key_of(field) for field in fields_of_change(model)}
    values = {key: value for key, value in rows.get(row, {}).items() if key not in of_last_change}
    return _oldest_of_each(table, values)


def _oldest_of_each(table: TableSchema, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values by key, of each field one: that of the first column that had any."""
    chosen: dict[int, str] = {}
    by_key = fields_by_key(table)
    for key in sorted((key for key in values if key in by_key), key=lambda key: by_key[key].generation):
        if values[key] not in (None, "", []):
            chosen.setdefault(by_key[key].id, key)
    return {key: values[key] for key in chosen.values()}


def told_values(change: RowChange, made: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return what a change tells: values before, and after. ``made`` are those of a row it created."""
    if change.action == Action.CREATED:
        return {}, made
    return change.before or {}, change.after or {}


def named(values: Mapping[str, Any], fields: Mapping[str, FieldSchema]) -> dict[str, Any]:
    """Return values by the names of their fields; those of fields that nobody sees are left out."""
    return {fields[key].name: value for key, value in values.items() if key in fields}


def first_made(changes: Iterable[RowChange]) -> RowChange | None:
    """Return the change that made the row, if it is among these."""
    return next((change for change in changes if change.action == Action.CREATED), None)


def column_of(model: Any, field: FieldSchema) -> models.Field | None:
    """Return the model field of a field's column, that of an original among them; of links, the relation."""
    if field.stored == "links":
        return next((f for f in model._meta.local_many_to_many if f.field_id == field.id), None)
    notary = vars(model).get("_notary")
    is_original = any(old.column == field.column for old in model.table_schema.originals)
    source = notary.whole if is_original and notary is not None else model
    return next((f for f in source._meta.local_concrete_fields if f.column == field.column), None)
