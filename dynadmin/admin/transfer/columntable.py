"""The table in which the columns of a file are matched to fields, and what comes back from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.text import capfirst

from dynadmin.admin.transfer.forms import key_choices
from dynadmin.naturalkeys import key_named
from dynadmin.transfer.columns import Column, ColumnPlan, importable_fields, is_needed
from dynadmin.transfer.references import Reference, may_add, relations_of, target_of, visible
from dynadmin.transfer.texts import storable

Labelled = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class ReferenceRow:
    """How a relation's column tells rows: what may be chosen, and what is."""

    keys: Sequence[Labelled]
    by: str
    is_creating: bool
    may_create: bool
    table: str


@dataclass(frozen=True, kw_only=True)
class ColumnRow:
    """One line of the table in which columns are matched to fields."""

    position: int
    header: str
    problem: str
    examples: tuple[str, ...]
    field: str
    is_key: bool
    reference: ReferenceRow | None = None


@dataclass(frozen=True, kw_only=True)
class ConstantRow:
    """A field that no column fills, and the text that all rows get."""

    name: str
    label: str
    text: str


class ColumnTable:
    """The lines for one table and person, and what their form says."""

    def __init__(self, model: type[models.Model], user: Any) -> None:
        self._user = user
        fields = importable_fields(model).values()
        self.fields = {field.name: field for field in visible(fields, user)}
        self._unseen = [field for field in fields if field.name not in self.fields]

    @property
    def needed_unseen(self) -> list[str]:
        """The labels of the fields that new rows need, and that the person may not see."""
        return [str(capfirst(field.verbose_name)) for field in self._unseen if is_needed(field)]

    def choices(self) -> list[Labelled]:
        """Return the fields that a column may fill, as people read them."""
        return [(name, capfirst(str(field.verbose_name))) for name, field in self.fields.items()]

    def rows(self, plan: ColumnPlan, examples: Sequence[Sequence[Any]]) -> list[ColumnRow]:
        """Return the lines of the table, each with the first texts of the column in the file."""
        return [self._row(plan, column, examples) for column in plan.columns]

    def constants(self, plan: ColumnPlan, texts: Mapping[str, str]) -> list[ConstantRow]:
        """Return the fields that no column fills."""
        filled = {column.field for column in plan.columns}
        return [
            ConstantRow(name=name, label=label, text=texts.get(name, ""))
            for name, label in self.choices()
            if name not in filled and not self.fields[name].primary_key
        ]

    def _row(self, plan: ColumnPlan, column: Column, examples: Sequence[Sequence[Any]]) -> ColumnRow:
        texts = [str(cells[column.position]) for cells in examples if column.position < len(cells)]
        return ColumnRow(
            position=column.position,
            header=column.header,
            problem=column.problem,
            examples=tuple(_shortened(text) for text in texts if text not in ("", "None")),
            field=column.field or "",
            is_key=bool(column.field) and column.field in plan.key,
            reference=self._reference(plan, column.field or ""),
        )

    def _reference(self, plan: ColumnPlan, name: str) -> ReferenceRow | None:
        reference = plan.references.get(name)
        if reference is None:
            return None
        field = self.fields[name]
        target = target_of(field)
        return ReferenceRow(
            keys=key_choices(field),
            by=target._meta.pk.name if reference.by == "pk" else reference.by,
            is_creating=reference.create,
            may_create=may_add(self._user, target),
            table=str(target._meta.verbose_name_plural),
        )

    # --- What was chosen ---

    def posted_constants(self, data: Any, by_hand: Mapping[int, str | None]) -> dict[str, str]:
        """Return the texts that all rows get, of fields that no column fills."""
        filled = set(by_hand.values())
        names = [name for name in self.fields if name not in filled]
        texts = {name: storable(data.get(f"constant-{name}", "")) for name in names}
        return {name: text for name, text in texts.items() if text.strip()}

    def posted_columns(self, data: Any, width: int) -> dict[int, str | None]:
        """Return by position the fields that were chosen; unknown names are left out."""
        names = [data.get(f"column-{position}", "") for position in range(width)]
        return {position: name if name in self.fields else None for position, name in enumerate(names)}

    def posted_key(self, data: Any, by_hand: Mapping[int, str | None]) -> tuple[str, ...]:
        """Return the fields whose columns were ticked as the key."""
        ticked = {int(value) for value in data.getlist("key") if value.isdecimal() and len(value) < 6}
        names = (name for position, name in sorted(by_hand.items()) if position in ticked and name)
        return tuple(name for name in names if not self.fields[name].many_to_many)

    def posted_references(self, data: Any, by_hand: Mapping[int, str | None]) -> dict[str, Reference]:
        """Return how relations tell rows, where it was chosen; what no target has is left out."""
        chosen = {}
        relations = relations_of(self.fields)
        for position, name in by_hand.items():
            by = data.get(f"by-{position}", "")
            if name in relations and by and key_named(target_of(relations[name]), by) is not None:
                create = f"create-{position}" in data and may_add(self._user, target_of(relations[name]))
                chosen[name] = Reference(by=by, create=create)
        return chosen


def _shortened(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
