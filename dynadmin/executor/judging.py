"""What becomes of each value of a field in a step: one judgement for what is shown and for what is done."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, Field, Min, Model

from dynadmin.conversion import Choices, Conversion, Outcome
from dynadmin.executor.physical import physical_model
from dynadmin.plan import ConvertField, FieldOperation, Plan
from dynadmin.schema import FieldSchema

Judge = Callable[[tuple[Any, ...]], Outcome]

# Distinct values that are kept in memory between looking at all of them and judging each.
MOST_REMEMBERED = 300_000

# The kind of outcome of a value that is as it was before the conversion that is taken back.
ORIGINAL = "original"


class Cell(NamedTuple):
    """A value that some rows have, alone or, where a conversion is taken back, beside its original."""

    values: tuple[Any, ...]
    count: int
    pk: int


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where the values of a step come from: one column, or two where a conversion is taken back."""

    model: type[Model]
    columns: tuple[str, ...]

    def cells(self) -> Iterator[Cell]:
        """Yield each value there is, with the number of its rows and the first of them."""
        rows = self.model._base_manager.order_by().values(*self.columns)
        counted = rows.annotate(rows=Count("pk"), first=Min("pk")).values_list(*self.columns, "rows", "first")
        for row in counted.iterator(chunk_size=5000):
            yield Cell(row[:-2], row[-2], row[-1])

    def batch(self, *, after: int, size: int) -> list[tuple[int, tuple[Any, ...]]]:
        """Return ids and values of the rows that come after an id, in order."""
        rows = self.model._base_manager.filter(pk__gt=after).order_by("pk")[:size]
        return self._pairs(rows.values_list("pk", *self.columns))

    def rows(self, pks: list[int]) -> list[tuple[int, tuple[Any, ...]]]:
        """Return ids and values of these rows, as far as they are still there."""
        return self._pairs(self.model._base_manager.filter(pk__in=pks).values_list("pk", *self.columns))

    def _pairs(self, rows: Any) -> list[tuple[int, tuple[Any, ...]]]:
        return [(row[0], row[1:]) for row in rows]


def source_of(operation: FieldOperation, plan: Plan) -> Source:
    """Return where the values of a step are before it."""
    table = plan.base.tables[operation.table.id]
    old = getattr(operation, "old", None)
    columns = [old.column] if old else []
    if isinstance(operation, ConvertField) and operation.original:
        columns.append(operation.original.column)
    return Source(model=physical_model(table), columns=tuple(columns))


def edited_of(operation: FieldOperation) -> Callable[[tuple[Any, ...]], bool]:
    """Return the function that says whether a value is anything but what a conversion made of its original.

    Only a conversion that is taken back has originals; elsewhere every value counts as edited.
    """
    original = operation.original if isinstance(operation, ConvertField) else None
    if original is None:
        return lambda values: True
    made = _remade(original, operation.old, original.conversion)
    undid = original.conversion.get("undid")
    if undid is None:
        return lambda values: made(values[1]) != values[0]
    # It was taken out of use by taking a conversion back: what was returned then, converts to it.
    returned = _remade(operation.old, original, undid)
    return lambda values: made(values[1]) != values[0] and returned(values[0]) != values[1]


def make_judge(operation: FieldOperation, choices: Choices, reading: Mapping[str, Any]) -> Judge:
    """Return the function that says what becomes of the values of a cell."""
    settle = Conversion(operation.old, operation.field).settler(reading, choices)  # type: ignore[attr-defined]
    if not isinstance(operation, ConvertField) or operation.original is None:
        return lambda values: settle(values[0])
    is_edited = edited_of(operation)

    def judge(values: tuple[Any, ...]) -> Outcome:
        return settle(values[0]) if is_edited(values) else Outcome(kind=ORIGINAL, value=values[1])

    return judge


def _remade(old: FieldSchema, new: FieldSchema, record: Mapping[str, Any]) -> Callable[[Any], Any]:
    """Return the function that makes of a value what a recorded conversion made of it."""
    choices = Choices.from_json({k: v for k, v in record.items() if k in {"on_failure", "value", "answers"}})
    settle = Conversion(old, new).settler(record.get("reading", {}), choices)
    return lambda value: settle(value).value


def field_of(operation: FieldOperation) -> Field:
    """Return the new field of a step as the table's class has it."""
    model = physical_model(operation.table)
    return model._meta.get_field(operation.field.column)
