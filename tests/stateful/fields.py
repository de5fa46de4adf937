"""Fields: added, renamed, given other options, deleted, restored, deleted for good."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from django.db.models import Max
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from dynadmin.models import DynamicField, purge, restore_field
from dynadmin.registry import registry
from tests.stateful.game import Game, Inverse, NotAllowed
from tests.stateful.shelf import Column, Row, Rule, Shelf, can_demand, with_values
from tests.stateful.values import DEFAULTS, OPTIONS

NAMES = ["ant", "bee", "cat", "dog", "elk", "fox", "gnu"]
TYPES = sorted(OPTIONS)


class FieldRules(Game):
    def new_column(self, data, shelf: Shelf, name: str, type: str) -> Column:
        options = dict(OPTIONS[type])
        if type in DEFAULTS and data.draw(st.booleans()):
            options["default"] = DEFAULTS[type]
        last = DynamicField.objects.filter(model=shelf.id).aggregate(Max("position"))["position__max"]
        field = DynamicField.objects.create(
            model_id=shelf.id, name=name, type=type, options=options, position=(last or 0) + 1
        )
        return Column(id=field.pk, name=name, type=type, given=options.get("default"))

    @precondition(lambda self: self.shelves)
    @rule(data=st.data())
    def add(self, data) -> None:
        shelf = self.some(data, self.shelves)
        free = [name for name in NAMES if name not in shelf.names]
        if not free:
            return
        name, type = data.draw(st.sampled_from(free)), data.draw(st.sampled_from(TYPES))
        column = self.new_column(data, shelf, name, type)
        self.definition(shelf).sync()
        shelf.add(column)
        self.applied(self.retiring_field(shelf, column), is_harmless=True)

    def retiring_field(self, shelf: Shelf, column: Column) -> Inverse:
        def retire() -> Inverse:
            rules = [demand for demand in shelf.rules if column.id in demand.fields]
            shelf.retire(column.name)
            shelf.rules = [demand for demand in shelf.rules if demand not in rules]
            shelf.lost += rules
            return self.restoring_field(shelf, column, rules)

        return retire

    def restoring_field(self, shelf: Shelf, column: Column, rules: Sequence[Rule] = ()) -> Inverse:
        def restore() -> Inverse:
            if not all(demand.is_kept_by(list(shelf.rows.values())) for demand in rules):
                raise NotAllowed
            shelf.restore(column.id, registry.newest.schema.tables[shelf.id].field(column.id).name)
            shelf.rules += rules
            return self.retiring_field(shelf, column)

        return restore

    @precondition(lambda self: any(len(shelf.columns) > 1 for shelf in self.shelves.values()))
    @rule(data=st.data())
    def retire(self, data) -> None:
        shelf = self.some(data, {id: s for id, s in self.shelves.items() if len(s.columns) > 1})
        column = data.draw(st.sampled_from(shelf.columns))
        DynamicField.objects.filter(pk=column.id).delete()
        self.definition(shelf).sync(allow_destructive=True)
        self.applied(self.retiring_field(shelf, column)(), is_harmless=True)

    @precondition(lambda self: any(shelf.retired for shelf in self.shelves.values()))
    @rule(data=st.data())
    def restore(self, data) -> None:
        shelf = self.some(data, {id: s for id, s in self.shelves.items() if s.retired})
        column, _place = shelf.retired[data.draw(st.sampled_from(sorted(shelf.retired)))]
        coming = list(self.coming_with(shelf, column))
        broken = [demand for demand in coming if not demand.is_kept_by(list(shelf.rows.values()))]
        if broken:
            self.refused(shelf, lambda: restore_field(shelf.id, column.id))
        restore_field(shelf.id, column.id, without=[demand.id for demand in broken])
        registry.refresh()
        kept = [demand for demand in coming if demand not in broken]
        self.applied(self.restoring_field(shelf, column, kept)())

    def coming_with(self, shelf: Shelf, column: Column) -> Iterator[Rule]:
        """Yield the rules that come back with a field, if the rows keep them."""
        columns = {c.id: c for c in (*shelf.columns, column)}
        known = {(demand.kind, demand.fields) for demand in shelf.rules}
        for demand in reversed(shelf.lost):
            said, fields = (demand.kind, demand.fields), set(demand.fields)
            if said in known or column.id not in fields or not fields <= set(columns):
                continue
            if can_demand(demand.kind, *(columns[id] for id in demand.fields)):
                known.add(said)
                yield demand

    @precondition(lambda self: any(shelf.retired for shelf in self.shelves.values()))
    @rule(data=st.data())
    def purge(self, data) -> None:
        shelf = self.some(data, {id: s for id, s in self.shelves.items() if s.retired})
        id = data.draw(st.sampled_from(sorted(shelf.retired)))
        purge(columns=[registry.newest.schema.tables[shelf.id].field(id).column])
        shelf.purge(id)
        self.applied(self.impossible)

    @precondition(lambda self: self.shelves)
    @rule(data=st.data())
    def rename(self, data) -> None:
        shelf = self.some(data, self.shelves)
        free = [name for name in NAMES if name not in shelf.names]
        if not free:
            return
        column, name = data.draw(st.sampled_from(shelf.columns)), data.draw(st.sampled_from(free))
        DynamicField.objects.filter(pk=column.id).update(name=name)
        self.definition(shelf).sync()
        self.applied(self.naming({column.id: name}, shelf)(), is_harmless=True)

    @precondition(lambda self: any(len(shelf.columns) > 1 for shelf in self.shelves.values()))
    @rule(data=st.data())
    def swap_names(self, data) -> None:
        shelf = self.some(data, {id: s for id, s in self.shelves.items() if len(s.columns) > 1})
        one, other, *_ = data.draw(st.permutations(shelf.columns))
        names = {one.id: other.name, other.id: one.name}
        fields = DynamicField.objects.filter(pk__in=names)
        fields.filter(pk=one.id).update(name="zebra")
        for id in (other.id, one.id):
            fields.filter(pk=id).update(name=names[id])
        self.definition(shelf).sync()
        self.applied(self.naming(names, shelf)(), is_harmless=True)

    def naming(self, names: dict[int, str], shelf: Shelf) -> Inverse:
        def name() -> Inverse:
            before = {c.id: c.name for c in shelf.columns if c.id in names}
            for column in shelf.columns:
                column.name = names.get(column.id, column.name)
            return self.naming(before, shelf)

        return name

    # --- Options ---

    @precondition(lambda self: self.shelves)
    @rule(data=st.data())
    def alter(self, data) -> None:
        """Another default, or another way to store what is empty."""
        shelf = self.some(data, self.shelves)
        columns = [column for column in shelf.columns if column.type in DEFAULTS]
        if not columns:
            return
        column = data.draw(st.sampled_from(columns))
        given = data.draw(st.sampled_from([None, DEFAULTS[column.type]]))
        null = data.draw(st.booleans()) and column.type != "int"
        becomes = replace(column, given=given, null=null)
        if becomes == column:
            return
        field = DynamicField.objects.get(pk=column.id)
        field.options |= {"default": becomes.given}
        if column.type != "int":
            field.options |= {"null": becomes.null}
        field.save()
        if not shelf.allows(self.stored_as(shelf, becomes)):
            self.refused(shelf, self.definition(shelf).sync)
            return
        self.definition(shelf).sync()
        self.applied(self.altering(shelf, column, becomes)())

    def stored_as(self, shelf: Shelf, column: Column) -> dict[int, Row]:
        return with_values(
            shelf, column.id, {pk: column.stored(row[column.id]) for pk, row in shelf.rows.items()}
        )

    def altering(self, shelf: Shelf, column: Column, becomes: Column) -> Inverse:
        def alter() -> Inverse:
            rows = self.stored_as(shelf, becomes)
            if not shelf.allows(rows):
                raise NotAllowed
            was = replace(column)
            shelf.rows.update(rows)
            column.given, column.null = becomes.given, becomes.null
            return self.altering(shelf, column, was)

        return alter
