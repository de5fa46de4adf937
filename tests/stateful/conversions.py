"""Fields of another type, and what becomes of the values."""

from dataclasses import replace
from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from dynadmin.models import DynamicField
from dynadmin.registry import registry
from tests.stateful.game import Game, Inverse, NotAllowed
from tests.stateful.shelf import Column, Shelf, convert_or, with_values
from tests.stateful.values import OPTIONS, VALUE, can_convert, empty, to_text


class ConversionRules(Game):
    @precondition(lambda self: self.shelves)
    @rule(data=st.data())
    def convert(self, data) -> None:
        shelf = self.some(data, self.shelves)
        column = data.draw(st.sampled_from(shelf.columns))
        type = data.draw(
            st.sampled_from([type for type in sorted(OPTIONS) if can_convert(column.type, type)])
        )
        demands = {demand.kind for demand in shelf.rules if column.id in demand.fields}
        if "check" in demands or (type == "text" and demands):
            return
        on_failure = data.draw(st.sampled_from(["stop", "empty", "keep", "value"]))
        DynamicField.objects.filter(pk=column.id).update(type=type, options=OPTIONS[type])
        choice = {"value": to_text(VALUE[type])} if on_failure == "value" else on_failure
        change = partial(self.definition(shelf).sync, on_failure={column.name: choice})
        misfits = shelf.misfits(column.name, type)
        otherwise = VALUE[type] if on_failure == "value" else empty(type)
        becomes = {
            pk: convert_or(row[column.id], column.type, type, otherwise) for pk, row in shelf.rows.items()
        }
        if (misfits and on_failure == "stop") or not shelf.allows(with_values(shelf, column.id, becomes)):
            self.refused(shelf, change)
            return
        change()
        kept = self.kept(shelf, column, misfits) if on_failure == "keep" else None
        self.applied(self.converting(shelf, column, type, becomes, kept)())

    def kept(self, shelf: Shelf, column: Column, misfits: list[int]) -> Column:
        """Return the field that came with a conversion, for the texts of what did not convert."""
        known = {c.id for c in shelf.columns} | set(shelf.retired)
        registry.refresh()
        fields = registry.newest.schema.tables[shelf.id].live_fields
        place, field = next((n, f) for n, f in enumerate(fields) if f.id not in known)
        texts = Column(id=field.id, name=field.name, type="text")
        shelf.add(texts, place)
        for pk in misfits:
            shelf.rows[pk][texts.id] = to_text(shelf.rows[pk][column.id])
        return texts

    def converting(
        self, shelf: Shelf, column: Column, type: str, becomes: dict[int, Any], kept: Column | None
    ) -> Inverse:
        def convert() -> Inverse:
            old = replace(column)
            before = {pk: (row[column.id], becomes[pk]) for pk, row in shelf.rows.items()}
            for pk, value in becomes.items():
                shelf.rows[pk][column.id] = value
            column.type, column.given, column.null = type, None, False
            return self.converting_back(shelf, column, old, before, kept)

        return convert

    def converting_back(
        self,
        shelf: Shelf,
        column: Column,
        was: Column,
        before: dict[int, tuple[Any, Any]],
        kept: Column | None,
    ) -> Inverse:
        """Rows that are still as the conversion made them get what they had; others are converted back."""

        def convert_back() -> Inverse:
            becomes = {}
            for pk, row in shelf.rows.items():
                old, new = before.get(pk, (None, object()))
                value = row[column.id]
                again = convert_or(value, column.type, was.type, was.empty)
                becomes[pk] = old if value == new else was.stored(again)
            if not shelf.allows(with_values(shelf, column.id, becomes)):
                raise NotAllowed
            now = replace(column)
            after = {pk: (row[column.id], becomes[pk]) for pk, row in shelf.rows.items()}
            for pk, value in becomes.items():
                shelf.rows[pk][column.id] = value
            column.type, column.given, column.null = was.type, was.given, was.null
            if kept is not None:
                shelf.retire(kept.name) if kept in shelf.columns else self.bring_back(shelf, kept)
            return self.converting_back(shelf, column, now, after, kept)

        return convert_back

    def bring_back(self, shelf: Shelf, column: Column) -> None:
        shelf.restore(column.id, column.name)
