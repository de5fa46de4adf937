"""From the revision in force to the wanted schema.

Pure: it compares two schemas by id, so a rename is never a drop and an add.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from dynadmin.conversion import Choices
from dynadmin.fieldtypes import field_types
from dynadmin.plan import constraints, conversions, relations
from dynadmin.plan.fields import AddField, AlterField, ConvertField, RelabelField, RestoreField, RetireField
from dynadmin.plan.keeping import ReferAgain, RestoreTable
from dynadmin.plan.operations import Operation
from dynadmin.plan.plans import Plan
from dynadmin.plan.tables import AlterTable, ChangeKind, CreateTable, RetireTable
from dynadmin.schema import FieldSchema, Schema, TableSchema


def make_plan(
    base: Schema,
    *,
    base_revision: int = 0,
    wanted: Iterable[TableSchema] = (),
    gone: Iterable[int] = (),
    choices: Mapping[int, Choices] | None = None,
    new_ids: Mapping[int, int] | None = None,
    back: Mapping[int, int] | None = None,
    with_references: bool = False,
) -> Plan:
    """Return the plan that makes the wanted tables so and retires those that are gone.

    A field that the base has and the wanted table lacks is retired; it stays in the schema, so that its
    column is known and can be brought back. Tables of the base that are named in neither argument stay as
    they are. By the id of a field, ``choices`` say what becomes of values that do not convert, ``new_ids``
    are the ids of second columns for their texts, and ``back`` the generations of originals to take into use
    again. ``with_references`` retires the fields of other tables that refer to tables which are gone.
    """
    gone = list(gone)
    deciding = conversions.Decisions(choices=choices or {}, new_ids=new_ids or {}, back=back or {})
    changed = [_completed(base.tables.get(table.id), table, base_revision, deciding) for table in wanted]
    changed += [
        replace(base.tables[id], retired_after=base_revision)
        for id in gone
        if id in base.tables and not base.tables[id].retired
    ]
    if with_references:
        changed = relations.without_references(base, changed, gone, base_revision)
    changed = relations.with_relations(base, changed)
    operations = (
        op for table in changed for op in table_operations(base.tables.get(table.id), table, deciding)
    )
    return Plan(
        base_revision=base_revision,
        base=base,
        target=base.with_tables(changed),
        operations=in_order(operations),
    )


def in_order(operations: Iterable[Operation]) -> tuple[Operation, ...]:
    """Return the operations, new tables first: fields of others may refer to them."""
    return tuple(sorted(operations, key=lambda operation: not isinstance(operation, CreateTable)))


def _completed(
    old: TableSchema | None, new: TableSchema, base_revision: int, deciding: conversions.Decisions
) -> TableSchema:
    """Return the wanted table with all that the database has of it."""
    new = constraints.with_constraints(old, new)
    if old is None:
        return new
    new = replace(new, key=new.key or old.key, originals=old.originals, retired_after=None)
    before = {f.id: f for f in old.fields}
    fields = [_carried(before[f.id], f) if f.id in before else f for f in new.live_fields]
    new = conversions.with_conversions(old, replace(new, fields=tuple(fields)), base_revision, deciding)
    return replace(new, fields=(*new.fields, *_left(old, new, base_revision)))


def _carried(old: FieldSchema, new: FieldSchema) -> FieldSchema:
    return replace(new, key=new.key or old.key, generation=old.generation)


def _left(old: TableSchema, new: TableSchema, base_revision: int) -> Iterator[FieldSchema]:
    """Yield the fields that the new table lacks, retired now or before."""
    wanted = {f.id for f in new.fields}
    places = {f.id: place for place, f in enumerate(old.live_fields)}
    for field in old.fields:
        if field.id not in wanted:
            retired = replace(field, retired_after=base_revision, place=places.get(field.id, 0))
            yield field if field.retired else retired


def table_operations(
    old: TableSchema | None, new: TableSchema, deciding: conversions.Decisions
) -> Iterator[Operation]:
    if old is None:
        yield CreateTable(table=new)
        return
    if new.retired:
        yield RetireTable(table=new)
        return
    if old.retired:
        yield RestoreTable(table=new)
        back = {field.id for field in new.live_fields}
        for field in (relation for relation in old.relations if relation.id in back):
            yield ReferAgain(table=new, field=field, choices=deciding.of(field))
    change = ChangeKind(table=new, old=old)
    if change.is_needed:
        yield change
    alter = AlterTable(table=new, old=old)
    if alter.is_needed:
        yield alter
    before = {f.id: f for f in old.fields}
    steps = [
        op
        for field in new.fields
        for op in _field_operations(old, new, before.get(field.id), field, deciding)
    ]
    yield from constraints.operations_before(old, new)
    # A conversion may write into a field that is added with it.
    yield from sorted(steps, key=lambda op: isinstance(op, ConvertField))
    yield from constraints.operations_after(old, new)


def _field_operations(
    before: TableSchema,
    table: TableSchema,
    old: FieldSchema | None,
    new: FieldSchema,
    deciding: conversions.Decisions,
) -> Iterator[Operation]:
    if old is None:
        yield AddField(table=table, field=new, choices=deciding.of(new))
        return
    if new.retired:
        if not old.retired:
            yield RetireField(table=table, field=new, is_seen=not before.retired)
        return
    if old.retired:
        restored = replace(old, name=new.name, label=new.label, retired_after=None, place=0)
        if old.type == new.type and field_types[new.type].is_widening(old.options, new.options):
            # Options that take every value need no step of their own, between which rows might not fit.
            restored = replace(restored, options=new.options)
        yield RestoreField(table=table, field=restored, old=old, choices=deciding.of(new))
        old = restored
    if (old.name, old.label) != (new.name, new.label):
        # In the column it has: one that is converted as well goes to a new one with that step.
        relabelled = replace(old, name=new.name, label=new.label)
        yield RelabelField(table=table, field=relabelled, old=old)
        old = relabelled
    if old.generation != new.generation:
        yield conversions.make_operation(before, table, old, new, deciding)
    elif dict(old.options) != dict(new.options):
        yield AlterField(table=table, field=new, old=old)
