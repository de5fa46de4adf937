"""What a plan does to relations: names from the other side, ids for names, fields that go with the target."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from dynadmin.fieldtypes.relations import NO_REVERSE
from dynadmin.naming import propose_name
from dynadmin.plan.constraints import with_constraints
from dynadmin.schema import FieldSchema, Schema, TableSchema


def with_relations(base: Schema, changed: Sequence[TableSchema]) -> list[TableSchema]:
    """Return the tables with what the options of their relations leave open.

    A relation without a name from the other side is called there as it was; a new one as its table, or as
    table and field together where something else has that name.
    """
    schema = base.with_tables(changed)
    taken = {table.id: set(_names_on(schema, table.id)) for table in schema.live_tables}
    return [
        table
        if table.retired
        else replace(table, fields=tuple(_completed(base, schema, taken, table, f) for f in table.fields))
        for table in changed
    ]


def without_references(
    base: Schema, changed: Sequence[TableSchema], gone: Iterable[int], base_revision: int
) -> list[TableSchema]:
    """Return the tables that go, and others whose fields refer to them: these are retired with them.

    So are fields that are computed from what goes.
    """
    schema = base.with_tables(changed)
    gone = set(gone)
    lost = {field.id for id in gone if id in base.tables for field in base.tables[id].fields}
    tables = {table.id: table for table in changed}
    while going := list(_leaning_on(schema, gone, lost)):
        lost |= {field.id for _table, field in going}
        for table, field in going:
            here = tables.get(table.id, table)
            place = [f.id for f in table.live_fields].index(field.id)
            retired = replace(field, retired_after=base_revision, place=place)
            others = (f for f in here.fields if f.id != field.id)
            without = replace(here, fields=(*others, retired))
            tables[table.id] = with_constraints(base.tables.get(table.id), without)
    return list(tables.values())


def _leaning_on(schema: Schema, gone: set[int], lost: set[int]) -> Iterator[tuple[TableSchema, FieldSchema]]:
    """Yield the live fields, but those that are lost, that stand on such tables and fields."""
    for table in schema.live_tables:
        for field in table.live_fields:
            stands_on = field.target_table in gone or not lost.isdisjoint(field.sources)
            if stands_on and field.id not in lost and table.id not in gone:
                yield table, field


def reverse_name(field: FieldSchema) -> str:
    """Return what rows of the target call those that refer to them; ``""`` if they call them nothing."""
    name = str(field.options.get("related_name") or "")
    return "" if field.target_table is None or name == NO_REVERSE else name


def _names_on(schema: Schema, table_id: int) -> Iterator[str]:
    """Yield all names that a table's rows have attributes of."""
    yield from (field.name for field in schema.tables[table_id].live_fields)
    yield from (name for _table, field in schema.referring_to(table_id) if (name := reverse_name(field)))


def _completed(
    base: Schema, schema: Schema, taken: dict[int, set[str]], table: TableSchema, field: FieldSchema
) -> FieldSchema:
    if field.retired or not field.target:
        return field
    options: dict[str, Any] = dict(field.options)
    if field.target_table in taken:
        target = schema.tables[field.target_table]
        if _comes_back(base, table, field) and _is_taken(schema, target, field):
            options["related_name"] = ""
        if not options.get("related_name"):
            names = taken[target.id]
            options["related_name"] = _kept_name(base, table, field, names) or _new_name(table, field, names)
            names.add(options["related_name"])
        if limit := options.get("limit"):
            options["limit"] = [_by_id(condition, target) for condition in limit]
    return replace(field, options=options)


def _comes_back(base: Schema, table: TableSchema, field: FieldSchema) -> bool:
    """Whether a field, or the table it is in, is restored."""
    before = base.tables.get(table.id)
    return before is not None and any(
        before.retired or old.retired for old in before.fields if old.id == field.id
    )


def _is_taken(schema: Schema, target: TableSchema, field: FieldSchema) -> bool:
    """Whether something else has the name of a relation from the other side."""
    return bool(reverse_name(field)) and list(_names_on(schema, target.id)).count(reverse_name(field)) > 1


def _kept_name(base: Schema, table: TableSchema, field: FieldSchema, taken: set[str]) -> str:
    """Return the name that a relation to the same table was given before, unless that is another's by now."""
    before = base.tables.get(table.id)
    for old in before.fields if before else ():
        if old.id == field.id and old.target == field.target:
            name = str(old.options.get("related_name") or "")
            return "" if name in taken else name
    return ""


def _new_name(table: TableSchema, field: FieldSchema, taken: set[str]) -> str:
    name = propose_name(table.name)
    return name if name not in taken else propose_name(f"{table.name}_{field.name}", taken)


def _by_id(condition: dict[str, Any], target: TableSchema) -> dict[str, Any]:
    """Return a condition that names its field by the id, so that it survives the field's renaming."""
    ids = {field.name: field.id for field in target.live_fields}
    return {**condition, "field": ids.get(condition["field"], condition["field"])}
