"""The trash: what was retired and is kept. From the schema in force, so it cannot be wrong about it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError
from django.utils import timezone

from dynadmin.conf import conf
from dynadmin.executor.weights import Weight, weigh_columns, weigh_tables
from dynadmin.registry import registry
from dynadmin.revisions import SchemaRevision
from dynadmin.schema import FieldSchema, TableSchema

LINK_COLUMNS = ("source_id", "target_id")
TABLE, FIELD, ORIGINAL = "table", "field", "original"


@dataclass(frozen=True, kw_only=True)
class TrashItem:
    """A table, a field, or the values that a field had before its conversion.

    ``who``, ``when`` and ``revision`` are those of the change that retired it; not known if that is gone.
    """

    table: TableSchema
    field: FieldSchema | None = None
    who: Any = None
    when: datetime | None = None
    revision: int | None = None

    @property
    def kind(self) -> str:
        if self.field is None:
            return TABLE
        return FIELD if self.field.retired and not self.field.conversion else ORIGINAL

    @property
    def key(self) -> str:
        """What it is called in addresses and commands: ``t5``, or its column."""
        return self.table.model_name if self.field is None else self.field.column

    @property
    def retired_after(self) -> int | None:
        return (self.field or self.table).retired_after

    @property
    def label(self) -> str:
        thing = self.field or self.table
        return thing.label or thing.name

    @property
    def expires(self) -> datetime | None:
        """Until when it is kept at least, unless somebody says otherwise."""
        return self.when and self.when + timedelta(days=conf.TRASH_DAYS)

    def is_older_than(self, days: float) -> bool:
        """Whether it has been in the trash for so long. What nobody knows the age of is not."""
        return self.when is not None and self.when <= timezone.now() - timedelta(days=days)


def trash() -> tuple[TrashItem, ...]:
    """Return what is in the trash, what was put there last first. One query, whatever is in it.

    What a retired table had in the trash itself is part of that table until it is restored.
    """
    registry.refresh()
    items = list(_items(registry.newest.schema.tables.values()))
    revisions = _fetch_revisions({item.retired_after for item in items})
    dated = [_dated(item, revisions.get(item.retired_after)) for item in items]
    return tuple(sorted(dated, key=lambda item: (-(item.retired_after or 0), item.label.casefold())))


def _items(tables: Iterable[TableSchema]) -> Iterator[TrashItem]:
    for table in tables:
        if table.retired:
            if not table.purged:
                yield TrashItem(table=table)
            continue
        for field in (*table.retired_fields, *table.originals):
            yield TrashItem(table=table, field=field)


def _fetch_revisions(bases: Iterable[int | None]) -> dict[int | None, SchemaRevision]:
    """Return the revisions that were made from the given ones."""
    revisions = SchemaRevision.objects.filter(base__in=list(bases)).select_related("author")
    return {revision.base: revision for revision in revisions.defer("schema", "changes", "operations")}


def _dated(item: TrashItem, revision: SchemaRevision | None) -> TrashItem:
    if revision is None:
        return item
    return replace(item, who=revision.author, when=revision.created_at, revision=revision.pk)


def weigh(items: Iterable[TrashItem]) -> dict[str, Weight]:
    """Return how many rows or values are in each item, and their size, by its key.

    A bounded number of queries that read a bounded number of rows. What cannot be weighed, as the database
    lacks it, is left out.
    """
    items = list(items)
    tables = [item.table for item in items if item.kind == TABLE]
    fields = [(item.table.db_table, item.field) for item in items if item.field]
    columns = [(table, field.column) for table, field in fields if field.stored == "column"]
    links = {field.link_table: field.column for _table, field in fields if field.stored == "links"}
    try:
        by_table = weigh_tables(
            {t.db_table: [f.column for f in t.columns] for t in tables} | dict.fromkeys(links, LINK_COLUMNS)
        )
        by_column = weigh_columns(columns)
    except DatabaseError:
        return {}
    return (
        {table.model_name: by_table[table.db_table] for table in tables}
        | {column: weight for (_table, column), weight in by_column.items()}
        | {column: by_table[table] for table, column in links.items()}
    )
