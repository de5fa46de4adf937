"""From the revision in force to the wanted schema: the list of operations, in words and in order.

Pure: it compares two schemas by id, so a rename is never a drop and an add. The words follow Django's
``Operation.describe()``; the executor knows how to carry each operation out.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from dynadmin.fieldtypes import field_types
from dynadmin.schema import FieldSchema, Schema, TableSchema


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One step of a plan, on one table as it is after the plan."""

    table: TableSchema

    is_destructive = False  # people lose sight of something
    can_fail = False  # the rows decide whether it is possible

    def describe(self) -> str:
        raise NotImplementedError

    @property
    def words(self) -> dict[str, str]:
        return {"table": self.table.label or self.table.name}


@dataclass(frozen=True, kw_only=True)
class FieldOperation(Operation):
    """A step on one field."""

    field: FieldSchema

    @property
    def words(self) -> dict[str, str]:
        return super().words | {"field": self.field.label or self.field.name}


class CreateTable(Operation):
    def describe(self) -> str:
        names = ", ".join(f.label or f.name for f in self.table.live_fields)
        return _("Create table “%(table)s” with the fields %(names)s") % (self.words | {"names": names})


@dataclass(frozen=True, kw_only=True)
class AlterTable(Operation):
    """New name, label, description, folder or order of fields: nothing in the database but its view."""

    old: TableSchema

    def describe(self) -> str:
        return capfirst("; ".join(self._changes()))

    def _changes(self) -> Iterator[str]:
        words = self.words | {"old_label": self.old.label, "old_name": self.old.name, "name": self.table.name}
        if self.old.name != self.table.name:
            yield _("rename table “%(old_name)s” to “%(name)s”") % words
        if self.old.label != self.table.label:
            yield _("label table “%(old_label)s” as “%(table)s”") % words
        if (self.old.description, self.old.folder) != (self.table.description, self.table.folder):
            yield _("describe table “%(table)s” anew") % words
        if self._order(self.old) != self._order(self.table):
            yield _("reorder the fields of “%(table)s”") % words

    def _order(self, table: TableSchema) -> list[int]:
        common = {f.id for f in self.old.live_fields} & {f.id for f in self.table.live_fields}
        return [f.id for f in table.live_fields if f.id in common]

    @property
    def is_needed(self) -> bool:
        return any(self._changes())


class RetireTable(Operation):
    is_destructive = True

    def describe(self) -> str:
        return _("Retire table “%(table)s”: nobody sees it any more, its rows are kept") % self.words


class AddField(FieldOperation):
    @property
    def can_fail(self) -> bool:  # type: ignore[override]
        return self.is_required

    @property
    def is_required(self) -> bool:
        """Whether rows that exist already would be left without a value they must have."""
        model_field = field_types[self.field.type].model_field(self.field.options)
        return not model_field.null and not model_field.has_db_default()

    def describe(self) -> str:
        return _("Add field “%(field)s” to “%(table)s”") % self.words


@dataclass(frozen=True, kw_only=True)
class RelabelField(FieldOperation):
    """New name or label: a change of metadata, whatever the number of rows."""

    old: FieldSchema

    def describe(self) -> str:
        words = self.words | {"old_label": self.old.label, "old_name": self.old.name, "name": self.field.name}
        if self.old.name == self.field.name:
            return _("Label field “%(old_label)s” of “%(table)s” as “%(field)s”") % words
        return _("Rename field “%(old_name)s” of “%(table)s” to “%(name)s”") % words


@dataclass(frozen=True, kw_only=True)
class AlterField(FieldOperation):
    """Other options of the same type."""

    old: FieldSchema

    @property
    def can_fail(self) -> bool:  # type: ignore[override]
        return not field_types[self.field.type].is_widening(self.old.options, self.field.options)

    def describe(self) -> str:
        changed = sorted(
            key
            for key in {*self.old.options, *self.field.options}
            if self.old.options.get(key) != self.field.options.get(key)
        )
        words = self.words | {"options": ", ".join(changed)}
        return _("Change %(options)s of field “%(field)s” of “%(table)s”") % words


@dataclass(frozen=True, kw_only=True)
class ChangeType(FieldOperation):
    """Another type under the same identity: asks for a conversion of every value."""

    old: FieldSchema
    can_fail = True

    def describe(self) -> str:
        words = self.words | {"old": self.old.type, "new": self.field.type}
        return _("Change the type of field “%(field)s” of “%(table)s” from %(old)s to %(new)s") % words


class RetireField(FieldOperation):
    is_destructive = True

    def describe(self) -> str:
        return (
            _("Retire field “%(field)s” of “%(table)s”: nobody sees it any more, its values are kept")
            % self.words
        )


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The operations that lead from one revision to a wanted schema."""

    base_revision: int
    base: Schema
    target: Schema
    operations: tuple[Operation, ...] = ()

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
    def digest(self) -> str:
        """A fingerprint of what is changed into what: ties a person's yes to the plan they saw."""
        tables = self.changed_tables
        before = [self.base.tables[t.id].to_json() for t in tables if t.id in self.base.tables]
        content = [before, [table.to_json() for table in tables]]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    @property
    def changed_tables(self) -> list[TableSchema]:
        return list(self.target.changed_since(self.base))


def make_plan(
    base: Schema, *, base_revision: int = 0, wanted: Iterable[TableSchema] = (), gone: Iterable[int] = ()
) -> Plan:
    """Return the plan that makes the wanted tables so and retires those that are gone.

    A field that the base has and the wanted table lacks is retired; it stays in the schema, so that its
    column is known and can be brought back. Tables of the base that are named in neither argument stay as
    they are.
    """
    changed = [_keep_retired(base.tables.get(table.id), table) for table in wanted]
    changed += [replace(base.tables[id], retired=True) for id in gone if id in base.tables]
    target = base.with_tables(changed)
    operations = tuple(op for table in changed for op in _table_operations(base.tables.get(table.id), table))
    return Plan(base_revision=base_revision, base=base, target=target, operations=operations)


def _keep_retired(old: TableSchema | None, new: TableSchema) -> TableSchema:
    if old is None:
        return new
    wanted = {f.id for f in new.fields}
    left = [replace(f, retired=True) for f in old.fields if f.id not in wanted]
    return replace(new, fields=(*new.live_fields, *left))


def _table_operations(old: TableSchema | None, new: TableSchema) -> Iterator[Operation]:
    if old is None:
        yield CreateTable(table=new)
        return
    if new.retired:
        if not old.retired:
            yield RetireTable(table=new)
        return
    alter = AlterTable(table=new, old=old)
    if alter.is_needed:
        yield alter
    before = {f.id: f for f in old.fields}
    for field in new.fields:
        yield from _field_operations(new, before.get(field.id), field)


def _field_operations(table: TableSchema, old: FieldSchema | None, new: FieldSchema) -> Iterator[Operation]:
    if old is None:
        yield AddField(table=table, field=new)
        return
    if new.retired:
        if not old.retired:
            yield RetireField(table=table, field=new)
        return
    if (old.name, old.label) != (new.name, new.label):
        yield RelabelField(table=table, field=new, old=old)
    if old.type != new.type:
        yield ChangeType(table=table, field=new, old=old)
    elif dict(old.options) != dict(new.options):
        yield AlterField(table=table, field=new, old=old)
