"""Tables: defined, deleted, restored, deleted for good."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from dynadmin.models import DynamicModel, purge, restore_table
from dynadmin.registry import registry
from tests.stateful.fields import NAMES, TYPES, FieldRules
from tests.stateful.game import Inverse
from tests.stateful.rows import RowRules
from tests.stateful.shelf import Shelf

TABLES = ["one", "two"]


class TableRules(FieldRules, RowRules):
    @precondition(lambda self: len(self.shelves) < len(TABLES))
    @rule(data=st.data())
    def define(self, data) -> None:
        name = data.draw(st.sampled_from([n for n in TABLES if n not in self.names_of_tables()]))
        fields = data.draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True))
        self.make_table(data, name, {field: data.draw(st.sampled_from(TYPES)) for field in fields})
        self.insert(data)

    def make_table(self, data, name: str, types: dict[str, str]) -> None:
        definition = DynamicModel.objects.create(name=name)
        shelf = Shelf(id=definition.pk, name=name)
        for field, type in types.items():
            shelf.add(self.new_column(data, shelf, field, type))
        definition.sync()
        self.shelves[shelf.id] = shelf
        self.applied(self.retiring(shelf))

    def names_of_tables(self) -> set[str]:
        return {shelf.name for shelf in self.shelves.values()}

    @precondition(lambda self: self.shelves)
    @rule(data=st.data())
    def retire_table(self, data) -> None:
        shelf = self.some(data, self.shelves)
        self.definition(shelf).retire()
        self.applied(self.retiring(shelf)())

    @precondition(lambda self: self.trash)
    @rule(data=st.data())
    def restore_table(self, data) -> None:
        shelf = self.some(data, self.trash)
        restore_table(shelf.id)
        self.applied(self.restoring(shelf)())

    def retiring(self, shelf: Shelf) -> Inverse:
        def retire() -> Inverse:
            self.trash[shelf.id] = self.shelves.pop(shelf.id)
            return self.restoring(shelf)

        return retire

    def restoring(self, shelf: Shelf) -> Inverse:
        def restore() -> Inverse:
            self.shelves[shelf.id] = self.trash.pop(shelf.id)
            # Another name, if its own is another's by now.
            shelf.name = registry.newest.schema.tables[shelf.id].name
            return self.retiring(shelf)

        return restore

    @precondition(lambda self: self.trash)
    @rule(data=st.data())
    def purge_table(self, data) -> None:
        shelf = self.some(data, self.trash)
        purge(tables=[shelf.id])
        del self.trash[shelf.id]
        self.applied(self.impossible)
