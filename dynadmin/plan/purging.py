"""The plans of the trash: dropping for good what was retired before, and clearing the place it took."""

from collections.abc import Collection, Iterator
from dataclasses import replace

from dynadmin.plan.keeping import PurgeColumn, PurgeTable, RebuildTable
from dynadmin.plan.operations import Operation
from dynadmin.plan.plans import Plan
from dynadmin.schema import Schema, TableSchema


def make_purge_plan(
    base: Schema,
    *,
    base_revision: int,
    tables: Collection[int] = (),
    columns: Collection[str] = (),
) -> Plan:
    """Return the plan that drops retired tables, by id, and columns that nobody sees, by name.

    What is in use is passed over, as it may have been restored since somebody asked for this.
    """
    changed = {id: _tombstone(base.tables[id]) for id in tables if _is_droppable(base, id)}
    for table in base.tables.values():
        kept = _without(table, columns)
        if table.id not in changed and kept != table:
            changed[table.id] = kept
    operations = tuple(op for table in changed.values() for op in _operations(base.tables[table.id], table))
    return Plan(
        base_revision=base_revision,
        base=base,
        target=base.with_tables(changed.values()),
        operations=operations,
    )


def make_rebuild_plan(base: Schema, *, base_revision: int, table_id: int) -> Plan:
    """Return the plan that makes a table anew in the database; nothing of the schema changes."""
    return Plan(
        base_revision=base_revision,
        base=base,
        target=base,
        operations=(RebuildTable(table=base.tables[table_id]),),
    )


def _is_droppable(base: Schema, id: int) -> bool:
    return id in base.tables and base.tables[id].retired and not base.tables[id].purged


def _tombstone(table: TableSchema) -> TableSchema:
    return replace(table, fields=(), originals=(), constraints=(), purged=True)


def _without(table: TableSchema, columns: Collection[str]) -> TableSchema:
    gone = {f.id for f in table.retired_fields if f.column in columns}
    return replace(
        table,
        fields=tuple(f for f in table.fields if f.id not in gone),
        # Nobody could ever come back to what a field was before it became what is gone.
        originals=tuple(f for f in table.originals if f.id not in gone and f.column not in columns),
    )


def _operations(old: TableSchema, new: TableSchema) -> Iterator[Operation]:
    if new.purged:
        yield PurgeTable(table=new, links=old.links)
        return
    kept = {field.column for field in (*new.fields, *new.originals)}
    for field in (*old.fields, *old.originals):
        if field.column not in kept:
            yield PurgeColumn(table=new, field=field)
