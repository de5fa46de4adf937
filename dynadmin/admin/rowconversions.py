"""What conversions of a table made of the values of one row: told from the originals that are kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dynadmin.models import RowChange
from dynadmin.revisions import next_revision
from dynadmin.rowhistory.reading import read_whole
from dynadmin.schema import FieldSchema, TableSchema


@dataclass(frozen=True, kw_only=True)
class Conversion:
    """What became of one value. ``old`` and ``new`` are the keys of the columns."""

    at: datetime
    who: str
    old: str
    new: str
    before: Any
    after: Any


def conversions_of(
    model: Any, row: int, *, since: datetime | None, until: datetime | None
) -> list[Conversion]:
    """Return what the conversions in a time did to a row; nothing without originals. A query for each."""
    table: TableSchema = model.table_schema
    if not table.originals or (whole := read_whole(model, row)) is None:
        return []
    found = []
    for old in table.originals:
        new = _successor(table, old)
        before = whole.get(_key(old))
        if new is None or before in (None, "") or old.retired_after is None:
            continue
        by = next_revision(table.id, old.retired_after)
        if by is None or (since and by.created_at < since) or (until and by.created_at > until):
            continue
        at, who = by.created_at, by.author.get_username() if by.author else ""
        after = _value_at(table.id, row, _key(new), at, whole.get(_key(new)))
        found.append(Conversion(at=at, who=who, old=_key(old), new=_key(new), before=before, after=after))
    return found


def _successor(table: TableSchema, old: FieldSchema) -> FieldSchema | None:
    """Return the column that took the place of an original, if that is still there."""
    columns = (*table.live_fields, *table.originals)
    later = [f for f in columns if f.id == old.id and (f.retired_after or 10**18) > (old.retired_after or 0)]
    return min(later, key=lambda f: f.retired_after or 10**18, default=None)


def _key(field: FieldSchema) -> str:
    return field.column.removeprefix("c")


def _value_at(table: int, row: int, key: str, at: datetime, now: Any) -> Any:
    """Return what a column had at a time: what the next change says it was, else what it has."""
    later = RowChange.objects.filter(table=table, row=row, at__gt=at, before__has_key=key)
    change = later.order_by("pk").first()
    return change.before[key] if change else now
