"""What a plan does with rules on whole rows: which are added and taken away, and when."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from dynadmin.constraints import KINDS, clean_constraint
from dynadmin.fieldtypes import field_types
from dynadmin.plan.operations import Operation
from dynadmin.schema import ConstraintSchema, FieldSchema, TableSchema


@dataclass(frozen=True, kw_only=True)
class ConstraintOperation(Operation):
    """A step on one rule."""

    constraint: ConstraintSchema

    @property
    def rule(self) -> str:
        """The rule itself in words."""
        return KINDS[self.constraint.kind].statement(self.constraint, self.table)


class AddConstraint(ConstraintOperation):
    """From now on the rule holds; the rows have to keep it already."""

    @property
    def can_fail(self) -> bool:  # type: ignore[override]
        return KINDS[self.constraint.kind].can_fail

    def after(self, before: TableSchema | None) -> TableSchema:
        here = before or self.table
        return replace(here, constraints=(*_without(self.constraint, here), self.constraint))

    def describe(self) -> str:
        return KINDS[self.constraint.kind].demand(self.constraint, self.table)


@dataclass(frozen=True, kw_only=True)
class RemoveConstraint(ConstraintOperation):
    """The rule holds no longer. ``because`` is the field whose retirement or conversion is the reason."""

    because: FieldSchema | None = None

    def after(self, before: TableSchema | None) -> TableSchema:
        here = before or self.table
        return replace(here, constraints=_without(self.constraint, here))

    def describe(self) -> str:
        sentence = KINDS[self.constraint.kind].release(self.constraint, self.table)
        if self.because is None:
            return sentence
        words = {"sentence": sentence, "field": self.because.label or self.because.name}
        if self.because.retired:
            return _("%(sentence)s, as “%(field)s” is retired") % words
        return _("%(sentence)s, until “%(field)s” is changed") % words


@dataclass(frozen=True, kw_only=True)
class RelabelConstraint(ConstraintOperation):
    """Another message to who breaks the rule: a change of metadata."""

    def after(self, before: TableSchema | None) -> TableSchema:
        here = before or self.table
        same = tuple(self.constraint if c.id == self.constraint.id else c for c in here.constraints)
        return replace(here, constraints=same)

    def describe(self) -> str:
        message = _("Change what people read when they break the rule “%(rule)s” of “%(table)s”")
        return message % (self.words | {"rule": self.rule})


def with_constraints(old: TableSchema | None, new: TableSchema) -> TableSchema:
    """Return the table with those of its rules that stand on fields it (still) shows, under their keys."""
    live = {f.id for f in new.live_fields}
    keys = {c.id: c.key for c in old.constraints} if old else {}
    possible = (c for c in new.constraints if live.issuperset(c.field_ids))
    return replace(new, constraints=tuple(replace(c, key=c.key or keys.get(c.id, "")) for c in possible))


def operations_before(old: TableSchema, new: TableSchema) -> Iterator[Operation]:
    """Yield what is done with rules before fields change: those that are gone, changed or in the way go."""
    wanted = {c.id: c for c in new.constraints}
    for constraint in old.constraints:
        later = wanted.get(constraint.id)
        reason = _reason(constraint, old, new)
        if later is None:
            reason = reason if reason and reason.retired else None
            yield RemoveConstraint(table=new, constraint=constraint, because=reason)
        elif reason or not _is_same(constraint, later):
            yield RemoveConstraint(table=new, constraint=constraint, because=reason)
        elif constraint.label != later.label:
            yield RelabelConstraint(table=new, constraint=later)


def operations_after(old: TableSchema, new: TableSchema) -> Iterator[Operation]:
    """Yield what is done with rules once fields are changed: new and changed ones come into force."""
    before = {c.id: c for c in old.constraints}
    for constraint in new.constraints:
        was = before.get(constraint.id)
        if was is None or not _is_same(was, constraint) or _reason(was, old, new):
            yield AddConstraint(table=new, constraint=constraint)


def gone_with(field: int, states: Iterable[TableSchema]) -> Iterator[ConstraintSchema]:
    """Yield the rules on a field that went with a field of theirs, as they last were.

    ``states`` are those of the table, the newest first. What could have stayed, or come back, and did not is
    what somebody wanted to be without.
    """
    known: set[int] = set()
    later: list[set[int]] = []  # which fields were live in each of the newer states
    for state in states:
        for rule in state.constraints:
            is_gone = later and not any(live.issuperset(rule.field_ids) for live in later)
            if is_gone and field in rule.field_ids and rule.id not in known:
                yield rule
            known.add(rule.id)
        later.append({f.id for f in state.live_fields})


def with_rules_back(table: TableSchema, rules: Iterable[ConstraintSchema]) -> TableSchema:
    """Return the table with those of the rules that its live fields allow and that it has not got."""
    for rule in rules:
        if not _says_already(table, rule) and _is_possible(rule, table):
            table = replace(table, constraints=(*table.constraints, rule))
    return table


def _says_already(table: TableSchema, rule: ConstraintSchema) -> bool:
    return any(_is_same(replace(known, id=rule.id), rule) for known in table.constraints)


def _is_possible(rule: ConstraintSchema, table: TableSchema) -> bool:
    try:
        clean_constraint(rule, table)
    except ValidationError:
        return False
    return True


def _without(constraint: ConstraintSchema, table: TableSchema) -> tuple[ConstraintSchema, ...]:
    return tuple(c for c in table.constraints if c.id != constraint.id)


def _is_same(old: ConstraintSchema, new: ConstraintSchema) -> bool:
    return replace(old, label="", key="") == replace(new, label="", key="")


def _reason(constraint: ConstraintSchema, old: TableSchema, new: TableSchema) -> FieldSchema | None:
    """Return the field because of which the rule cannot stay as it is in the database meanwhile."""
    for id in constraint.field_ids:
        before, after = old.field(id), new.field(id)
        if after.retired or after.column != before.column or _gets_empty_texts(before, after):
            return after
    return None


def _gets_empty_texts(before: FieldSchema, after: FieldSchema) -> bool:
    """Whether NULL becomes an empty text, and two rows alike that were not: then the rows are tried again."""
    if dict(before.options) == dict(after.options):
        return False
    old, new = (field_types[field.type].model_field(field.options) for field in (before, after))
    return old.null and not new.null
