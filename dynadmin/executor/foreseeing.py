"""The rows that will break a rule once a conversion has given them other values: foreseen by the program.

Only the conversion knows the values, so the database cannot be asked. What it does in the end is up to it:
a rule that rows break nevertheless is refused, and the conversion with it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from dynadmin.constraints import KINDS, Part
from dynadmin.executor.judging import make_judge, source_columns
from dynadmin.fieldtypes.cells import to_text
from dynadmin.plan import AddConstraint, ConvertField, Plan

CHUNK = 2000

Row = tuple[int, tuple[Any, ...]]


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """Rows that will break a rule; answers as ``Violations`` do."""

    queryset: QuerySet
    parts: Sequence[Part]
    futures: Sequence["FutureValue"]
    is_kept: Callable[..., bool] | None  # None: no combination may be there twice

    def count(self) -> int:
        return sum(1 for _row in self._broken())

    def rows(self, most: int | None = None, *, start: int = 0) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Yield the id of each row with its values to be, as texts: at most so many, from one place on."""
        stop = None if most is None else start + most
        for pk, values in islice(self._broken(), start, stop):
            pairs = zip(self.parts, values, strict=True)
            yield pk, tuple(to_text(part.field, value) for part, value in pairs)

    def _broken(self) -> Iterator[Row]:
        if self.is_kept is not None:
            return ((pk, values) for pk, values in self._all() if not self.is_kept(*values))
        return self._repeated()

    def _repeated(self) -> Iterator[Row]:
        seen: set[int] = set()
        twice: set[int] = set()
        for _pk, values in self._filled():
            key = hash(values)
            (twice if key in seen else seen).add(key)
        return ((pk, values) for pk, values in self._filled() if hash(values) in twice)

    def _filled(self) -> Iterator[Row]:
        return ((pk, values) for pk, values in self._all() if None not in values)

    def _all(self) -> Iterator[Row]:
        """Yield each row with its values after the plan."""
        columns = [column for future in self.futures for column in future.columns]
        for pk, *found in self.queryset.order_by("pk").values_list("pk", *columns).iterator(CHUNK):
            rest = iter(found)
            yield (
                pk,
                tuple(f.become(tuple(islice(rest, len(f.columns)))) for f in self.futures),
            )


@dataclass(frozen=True, kw_only=True)
class FutureValue:
    """Where the value of one field comes from, and what becomes of it."""

    columns: Sequence[str]
    become: Callable[[tuple[Any, ...]], Any]


def foresee(
    plan: Plan, operation: AddConstraint, parts: Mapping[int, Part], rows: QuerySet
) -> Foreseen | None:
    """Return the rows that will break a rule; None while it is not decided how values are read."""
    conversions = {op.field.id: op for op in plan.conversions}
    if any(conversions[id].reading is None for id in parts if id in conversions):
        return None
    rule = operation.constraint
    futures = [_converted(conversions[id]) if id in conversions else _same(parts[id]) for id in parts]
    is_kept = KINDS[rule.kind].test(rule, parts)
    return Foreseen(queryset=rows, parts=tuple(parts.values()), futures=futures, is_kept=is_kept)


def _same(part: Part) -> FutureValue:
    return FutureValue(columns=(part.name,), become=lambda values: values[0])


def _converted(operation: ConvertField) -> FutureValue:
    judge = make_judge(operation, operation.choices, operation.reading or {})
    return FutureValue(columns=source_columns(operation), become=lambda values: judge(values).value)
