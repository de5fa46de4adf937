"""Tables as dictionaries: the plain model of what the program does with databases."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.stateful.values import Unfit, converted, empty, to_text

Row = dict[int, Any]  # values by the id of the field
FAMILIES = {"int": "number", "decimal": "number", "char": "text"}


@dataclass
class Column:
    """A field. ``given`` is its default; with ``null`` an empty text is stored as none."""

    id: int
    name: str
    type: str
    given: Any = None
    null: bool = False

    @property
    def empty(self) -> Any:
        return None if self.null else empty(self.type)

    @property
    def default(self) -> Any:
        """What rows get that are made without a value."""
        return self.empty if self.given is None else self.given

    def stored(self, value: Any) -> Any:
        return self.empty if value in (None, "") else value


@dataclass
class Rule:
    """A demand on two fields. What is empty breaks none, and an index demands nothing."""

    id: int
    kind: str
    fields: tuple[int, int]

    def is_kept_by(self, rows: list[Row]) -> bool:
        return self.kind == "index" or getattr(self, f"_is_{self.kind}")(
            [tuple(row[id] for id in self.fields) for row in rows]
        )

    def _is_unique(self, pairs: list[tuple]) -> bool:
        counts = Counter(pair for pair in pairs if None not in pair)
        return all(count == 1 for count in counts.values())

    def _is_check(self, pairs: list[tuple]) -> bool:
        """The one is not the other."""
        return all(one != other for one, other in pairs if not {one, other} & {None, ""})


@dataclass
class Shelf:
    """A table: its fields in order, those in the trash, rules, those that went with fields, and rows."""

    id: int
    name: str
    columns: list[Column] = field(default_factory=list)
    retired: dict[int, tuple[Column, int]] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)
    lost: list[Rule] = field(default_factory=list)
    rows: dict[int, Row] = field(default_factory=dict)

    # --- What one sees ---

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def seen(self) -> list[tuple]:
        """Return the rows as people see them."""
        return [(pk, *(row[c.id] for c in self.columns)) for pk, row in sorted(self.rows.items())]

    def texts(self) -> list[list[str]]:
        """Return the rows as a file has them."""
        return [[to_text(value) for value in row] for row in self.seen()]

    # --- Rows ---

    def allows(self, changed: dict[int | str, Row]) -> bool:
        """Whether rows may be these, by all rules. Keys that are no numbers are new rows."""
        rows = list({**self.rows, **changed}.values())
        return all(rule.is_kept_by(rows) for rule in self.rules)

    def new_row(self, given: dict[str, Any]) -> Row:
        everything = [*self.columns, *(column for column, _place in self.retired.values())]
        row = {column.id: column.default for column in everything}
        columns = {name: self.column(name) for name in given}
        return row | {columns[name].id: columns[name].stored(value) for name, value in given.items()}

    # --- Fields ---

    def add(self, column: Column, place: int | None = None) -> None:
        self.columns.insert(len(self.columns) if place is None else place, column)
        for row in self.rows.values():
            row[column.id] = column.default

    def retire(self, name: str) -> None:
        column = self.column(name)
        self.retired[column.id] = (column, self.columns.index(column))
        self.columns.remove(column)

    def restore(self, id: int, name: str) -> None:
        column, place = self.retired.pop(id)
        column.name = name
        self.columns.insert(min(place, len(self.columns)), column)
        # What does not come back with its last field does not come back.
        self.lost = [rule for rule in self.lost if not self.has_fields_of(rule)]

    def has_fields_of(self, rule: Rule) -> bool:
        return {column.id for column in self.columns}.issuperset(rule.fields)

    def purge(self, id: int) -> None:
        del self.retired[id]
        for row in self.rows.values():
            row.pop(id, None)

    def misfits(self, name: str, type: str) -> list[int]:
        """Return the rows whose value cannot be converted."""
        column = self.column(name)
        return [pk for pk, row in self.rows.items() if not _fits(row[column.id], column.type, type)]


def _fits(value: Any, old: str, new: str) -> bool:
    try:
        converted(value, old, new)
    except Unfit:
        return False
    return True


def with_values(shelf: Shelf, field: int, values: dict[int, Any]) -> dict[int, Row]:
    """Return the rows as they would be with other values of a field."""
    return {pk: {**row, field: values[pk]} for pk, row in shelf.rows.items()}


def convert_or(value: Any, old: str, new: str, otherwise: Any) -> Any:
    """Return what becomes of a value, or something else if it cannot be converted."""
    try:
        return converted(value, old, new)
    except Unfit:
        return otherwise


def can_demand(kind: str, one: Column, other: Column) -> bool:
    if kind == "check":
        return FAMILIES.get(one.type, one.type) == FAMILIES.get(other.type, other.type)
    return "text" not in {one.type, other.type}  # it is too long for an index
