"""The rows that break a rule, found by the engine that will enforce it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import singledispatch

from django.db.models import (
    BaseConstraint,
    BooleanField,
    CheckConstraint,
    Count,
    Expression,
    ExpressionWrapper,
    F,
    Field,
    Index,
    Q,
    QuerySet,
    UniqueConstraint,
    Value,
    Window,
)
from django.db.models.functions import Cast
from django.utils.translation import ngettext

from dynadmin.constraints import Part, build_constraint, parts_of
from dynadmin.factory import build_models
from dynadmin.fieldtypes.cells import to_text
from dynadmin.plan import AddConstraint, Plan
from dynadmin.schema import ConstraintSchema, TableSchema

CHUNK = 2000
SAMPLES = 5


@singledispatch
def violations(constraint: BaseConstraint | Index, rows: QuerySet) -> QuerySet:
    """Return those of the rows that break a constraint, as Django knows it. An index forbids nothing."""
    return rows.none()


@violations.register
def _repeated(constraint: UniqueConstraint, rows: QuerySet) -> QuerySet:
    """Rows with the same values as another; they stand together."""
    filled = rows.filter(**{f"{name}__isnull": False for name in constraint.fields})
    alike = Window(Count("*"), partition_by=[F(name) for name in constraint.fields])
    return filled.annotate(rows_alike=alike).filter(rows_alike__gt=1).order_by(*constraint.fields, "pk")


@violations.register
def _refused(constraint: CheckConstraint, rows: QuerySet) -> QuerySet:
    """Rows of which the condition is false; where it is unknown, as with NULL, a row passes."""
    passes = ExpressionWrapper(Q(constraint.condition), output_field=BooleanField())
    return rows.annotate(row_passes=passes).filter(row_passes=False).order_by("pk")


@dataclass(frozen=True, kw_only=True)
class Violations:
    """Rows that break a rule, and the fields the rule stands on, as ``queryset`` knows them."""

    queryset: QuerySet
    parts: Sequence[Part]

    def count(self) -> int:
        return self.queryset.count()

    def rows(self, most: int | None = None, *, start: int = 0) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Yield the id of each row with its values as texts: at most so many, from one place on."""
        stop = None if most is None else start + most
        found = self.queryset.values_list("pk", *(part.name for part in self.parts))[start:stop]
        for pk, *values in found.iterator(chunk_size=CHUNK):
            pairs = zip(self.parts, values, strict=True)
            yield pk, tuple(to_text(part.field, value) for part, value in pairs)


def violating_rows(plan: Plan, operation: AddConstraint) -> Violations | None:
    """Return the rows, as they are before the plan, that break the rule it adds.

    None if nobody can tell before the plan is carried out, as the rule stands on a field that is converted.
    """
    rows = _rows_before(plan, operation)
    return None if rows is None else violations_of(operation.constraint, operation.table, rows)


def violations_of(rule: ConstraintSchema, table: TableSchema, rows: QuerySet) -> Violations:
    """Return the rows that break a rule; they have the columns of the table as attributes."""
    parts = parts_of(rule, table, physical=True)
    found = violations(build_constraint(rule, table, physical=True), rows)
    return Violations(queryset=found, parts=tuple(parts.values()))


def _rows_before(plan: Plan, operation: AddConstraint) -> QuerySet | None:
    """Return the rows as they are, with what fields that the plan adds will hold in them."""
    base = plan.base.tables[operation.table.id]
    rows = build_models([base], physical=True)[base.id]._base_manager.all()
    converted = {op.field.id for op in plan.conversions if op.table.id == base.id}
    present = {field.column for field in base.columns}
    for id, part in parts_of(operation.constraint, operation.table, physical=True).items():
        if id in converted:
            return None
        if part.name not in present:
            rows = rows.annotate(**{part.name: _value_in_old_rows(part.field)})
    return rows


def _value_in_old_rows(field: Field) -> Cast:
    """Return what a field holds, once it is added, in the rows that were there before."""
    default = field.db_default if field.has_db_default() else None
    value = default if isinstance(default, Expression) else Value(default, output_field=field)
    return Cast(value, field)


def sentence(operation: AddConstraint, found: Violations, count: int) -> str:
    """Return how many rows break the rule that is to be added, and which are the first of them.

    Without their values: not everybody who may change a table may see its rows.
    """
    message = ngettext(
        "%(count)d row of “%(table)s” breaks the rule “%(rule)s”. Row: %(rows)s.",
        "%(count)d rows of “%(table)s” break the rule “%(rule)s”. Rows: %(rows)s.",
        count,
    )
    pks = ", ".join(str(pk) for pk, _texts in found.rows(SAMPLES))
    words = {"count": count, "rule": operation.rule, "rows": pks + (" …" if count > SAMPLES else "")}
    return message % (operation.words | words)
