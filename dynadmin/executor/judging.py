"""What becomes of each value of a field in a step: one judgement for what is shown and for what is done."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from django.db.models import Count, Field, Min, Model

from dynadmin.conversion import Choices, Conversion, Outcome
from dynadmin.conversion.choices import CREATE
from dynadmin.conversion.relations import batches
from dynadmin.executor.physical import physical_model
from dynadmin.executor.targetrows import FORESEEN, MADE, REFUSED, target_rows
from dynadmin.plan import ConvertField, FieldOperation, Plan
from dynadmin.schema import FieldSchema

Values = tuple[Any, ...]
Item = TypeVar("Item")

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

    def cells(self) -> Generator[Cell, None, None]:
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
    return Source(model=physical_model(table), columns=source_columns(operation))


def source_columns(operation: FieldOperation) -> tuple[str, ...]:
    """Return the columns that the values of a step come from."""
    fields = (getattr(operation, "old", None), getattr(operation, "original", None))
    return tuple(field.column for field in fields if field)


class Edited:
    """Says whether a value is anything but what a conversion made of its original.

    Only a conversion that is taken back has originals; elsewhere every value counts as edited.
    """

    def __init__(self, operation: FieldOperation) -> None:
        original = operation.original if isinstance(operation, ConvertField) else None
        undid = original.conversion.get("undid") if original else None
        old = getattr(operation, "old", None)
        self._made = _Remade(original, old, original.conversion) if original and old else None
        # It was taken out of use by taking a conversion back: what was returned then, converts to it.
        self._returned = _Remade(old, original, undid) if original and old and undid is not None else None

    def prepare(self, cells: Sequence[Values]) -> None:
        """Be told of many cells before they are asked about."""
        if self._made:
            self._made.prepare([values[1] for values in cells])
        if self._returned:
            self._returned.prepare([values[0] for values in cells])

    def __call__(self, values: Values) -> bool:
        if self._made is None:
            return True
        if self._made(values[1]) == values[0]:
            return False
        return self._returned is None or self._returned(values[0]) != values[1]

    def among(self, cells: Iterable[Cell]) -> Iterator[Cell]:
        """Yield the cells that count as edited."""
        if self._made is None:
            yield from cells
            return
        for some in batches(cells):
            self.prepare([cell.values for cell in some])
            yield from (cell for cell in some if self(cell.values))


class _Remade:
    """Makes of a value what a recorded conversion made of it."""

    def __init__(self, old: FieldSchema, new: FieldSchema, record: Mapping[str, Any]) -> None:
        known = {"on_failure", "value", "answers"}
        choices = Choices.from_json({key: part for key, part in record.items() if key in known})
        reading = record.get("reading", {})
        conversion = conversion_of(old, new)
        self._settle, self._prepare = conversion.settler(reading, choices), conversion.preparer(reading)

    def prepare(self, values: list[Any]) -> None:
        if self._prepare:
            self._prepare(values)

    def __call__(self, value: Any) -> Any:
        return self._settle(value).value


class Judge:
    """Says what becomes of the values of a cell; ``prepare`` is told of many cells before, if it matters."""

    def __init__(
        self, judge: Callable[[Values], Outcome], prepare: Callable[[list[Values]], None] | None = None
    ) -> None:
        self._judge = judge
        self._prepare = prepare

    def __call__(self, values: Values) -> Outcome:
        return self._judge(values)

    def each(
        self, items: Iterable[Item], values_of: Callable[[Item], Values]
    ) -> Iterator[tuple[Item, Outcome]]:
        """Yield each item with what becomes of its values."""
        if self._prepare is None:
            judge = self._judge
            yield from ((item, judge(values_of(item))) for item in items)
            return
        for some in batches(items):
            cells = [values_of(item) for item in some]
            self._prepare(cells)
            yield from zip(some, map(self._judge, cells), strict=True)


def conversion_of(old: FieldSchema, new: FieldSchema, *, missing: str = REFUSED) -> Conversion:
    """Return the conversion of a field, with the rows that it refers to before and after."""
    return Conversion(old, new, rows=target_rows(new, missing=missing), old_rows=target_rows(old))


def make_judge(
    operation: FieldOperation, choices: Choices, reading: Mapping[str, Any], *, makes_rows: bool = False
) -> Judge:
    """Return what says what becomes of the values of a cell.

    With ``makes_rows``, rows that are to be made of values are; else they are foreseen.
    """
    missing = (MADE if makes_rows else FORESEEN) if choices.on_failure == CREATE else REFUSED
    conversion = conversion_of(operation.old, operation.field, missing=missing)  # type: ignore[attr-defined]
    settle, prepare = conversion.settler(reading, choices), conversion.preparer(reading)
    if not isinstance(operation, ConvertField) or operation.original is None:
        told = (lambda cells: prepare([values[0] for values in cells])) if prepare else None
        return Judge(lambda values: settle(values[0]), told)
    is_edited = Edited(operation)

    def judge(values: Values) -> Outcome:
        return settle(values[0]) if is_edited(values) else Outcome(kind=ORIGINAL, value=values[1])

    def tell(cells: list[Values]) -> None:
        is_edited.prepare(cells)
        if prepare:
            prepare([values[0] for values in cells])

    return Judge(judge, tell)


def field_of(operation: FieldOperation) -> Field:
    """Return the new field of a step as the table's class has it."""
    model = physical_model(operation.table)
    return model._meta.get_field(operation.field.column)
