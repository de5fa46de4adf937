"""The rows that break a rule, found by the engine that will enforce it."""

from collections.abc import Iterator, Mapping, Sequence
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
from dynadmin.executor.foreseeing import Foreseen, foresee
from dynadmin.executor.physical import physical_model
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


Found = Violations | Foreseen


def violating_rows(plan: Plan, operation: AddConstraint) -> Found | None:
    """Return the rows that break the rule which a plan adds, told before it is carried out.

    None if the rule stands on a field that is converted, and nobody has decided yet how its values are read.
    """
    rule, table = operation.constraint, operation.table
    parts = parts_of(rule, table, physical=True)
    converted = {op.field.id for op in plan.conversions}
    kept = {part.name: part.field for id, part in parts.items() if id not in converted}
    rows = _rows_before(plan.base.tables[table.id], kept)
    if converted & set(parts):
        return foresee(plan, operation, parts, rows)
    return violations_of(rule, table, rows)


def violations_of(rule: ConstraintSchema, table: TableSchema, rows: QuerySet) -> Violations:
    """Return the rows that break a rule; they have the columns of the table as attributes."""
    parts = parts_of(rule, table, physical=True)
    found = violations(build_constraint(rule, table, physical=True), rows)
    return Violations(queryset=found, parts=tuple(parts.values()))


def _rows_before(base: TableSchema, columns: Mapping[str, Field]) -> QuerySet:
    """Return the rows as they are, with what those of the columns that the plan adds will hold in them."""
    rows = physical_model(base)._base_manager.all()
    present = {field.column for field in base.columns}
    added = {name: field for name, field in columns.items() if name not in present}
    return rows.annotate(**{name: _value_in_old_rows(field) for name, field in added.items()})


def _value_in_old_rows(field: Field) -> Cast:
    """Return what a field holds, once it is added, in the rows that were there before."""
    default = field.db_default if field.has_db_default() else None
    value = default if isinstance(default, Expression) else Value(default, output_field=field)
    return Cast(value, field)


def sentence(operation: AddConstraint, found: Found, count: int) -> str:
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
