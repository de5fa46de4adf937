"""A plan: the operations that lead from one revision to another schema, in order."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from dynadmin.plan.fields import ConvertField
from dynadmin.plan.operations import Operation
from dynadmin.schema import ConstraintSchema, FieldSchema, Schema, TableSchema

Retirable = TypeVar("Retirable", FieldSchema, TableSchema)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The operations that lead from one revision to a wanted schema.

    ``undoes`` is the revision that the plan takes back, if it does. ``overrides`` is None if the plan was
    made of definitions. Else they follow the plan, and those with these ids give up what they say, which has
    these fingerprints.
    """

    base_revision: int
    base: Schema
    target: Schema
    operations: tuple[Operation, ...] = ()
    undoes: int | None = None
    overrides: Mapping[int, str] | None = None

    @property
    def is_empty(self) -> bool:
        return not self.operations

    @property
    def is_destructive(self) -> bool:
        return any(operation.is_destructive for operation in self.operations)

    @property
    def can_fail(self) -> bool:
        return any(operation.can_fail for operation in self.operations)

    @property
    def descriptions(self) -> list[str]:
        """The operations in words."""
        return [operation.describe() for operation in self.operations]

    @property
    def conversions(self) -> list[ConvertField]:
        """The operations that write a value into every row."""
        return [operation for operation in self.operations if isinstance(operation, ConvertField)]

    @property
    def digest(self) -> str:
        """A fingerprint of what is changed into what: ties a person's yes to the plan they saw."""
        tables = self.changed_tables
        before = [self.base.tables[t.id].to_json() for t in tables if t.id in self.base.tables]
        after = [self._without_numbers(table).to_json() for table in tables]
        content = [before, after, self.overrides or {}]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def _without_numbers(self, table: TableSchema) -> TableSchema:
        """Return a table without what is another number each time the same plan is made."""
        old = self.base.tables.get(table.id)
        known = {f.id for f in old.fields} if old else set()
        numbers = {f.id: f.id if f.id in known else -place for place, f in enumerate(table.fields, 1)}

        def mask(part: Retirable, is_new: bool, number: int) -> Retirable:
            retired_after = 0 if part.retired_after == self.base_revision else part.retired_after
            part = replace(part, retired_after=retired_after)
            return replace(part, id=number, key="") if is_new else part

        fields = tuple(mask(f, f.id not in known, numbers[f.id]) for f in table.fields)
        originals = tuple(mask(f, False, f.id) for f in table.originals)
        rules = tuple(_numbered_rules(old, table, numbers))
        return replace(mask(table, old is None, 0), fields=fields, originals=originals, constraints=rules)

    @property
    def changed_tables(self) -> list[TableSchema]:
        """The tables that are not what they were, be it in the schema or only in the database."""
        rebuilt = {operation.table.id for operation in self.operations if operation.is_physical}
        changed = {table.id for table in self.target.changed_since(self.base)}
        return [table for table in self.target.tables.values() if table.id in rebuilt | changed]

    def with_readings(self, readings: Mapping[str, Mapping[str, Any]]) -> "Plan":
        """Return the plan with what was decided about reading a column's values written beside the column.

        ``readings`` are by the column that is converted.
        """

        converted = {op.old.column for op in self.conversions}

        def told(field: FieldSchema) -> FieldSchema:
            reading = readings.get(field.column) if field.column in converted else None
            return replace(field, conversion={**field.conversion, "reading": reading}) if reading else field

        tables = [replace(t, originals=tuple(map(told, t.originals))) for t in self.changed_tables]
        operations = (
            replace(op, reading=readings.get(op.old.column)) if isinstance(op, ConvertField) else op
            for op in self.operations
        )
        return replace(self, target=self.target.with_tables(tables), operations=tuple(operations))


def _numbered_rules(
    old: TableSchema | None, table: TableSchema, numbers: Mapping[int, int]
) -> Iterator[ConstraintSchema]:
    """Yield the rules of a table with other numbers for its fields, and for what of them is new."""
    known = {rule.id for rule in old.constraints} if old else set()
    for place, rule in enumerate(table.constraints, 1):
        renumbered = rule.on_fields(numbers)
        yield renumbered if rule.id in known else replace(renumbered, id=-place, key="")
