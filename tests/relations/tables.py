"""Tables: made, changed, retired with what leans on them, restored, deleted for good."""

from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from dynadmin.models import DynamicField, DynamicModel, purge, restore_table
from tests.relations.game import DELETIONS, TITLES, Game, Inverse, NotAllowed
from tests.relations.world import Computed, Relation

TABLES = 3


class TableRules(Game):
    @precondition(lambda self: len(self.world.tables) < TABLES)
    @rule()
    def define(self) -> None:
        self.define_table()

    def define_table(self) -> int:
        table = DynamicModel.objects.create(name=f"table{next(self.numbers)}")
        options = {"unique": True}
        DynamicField.objects.create(model=table, name="title", type="char", options=options, position=0)
        table.sync()
        self.world.rows[table.pk] = {}
        self.applied(self.retiring(table.pk, []))
        return table.pk

    @precondition(lambda self: self.world.tables)
    @rule(data=st.data())
    def change(self, data) -> None:
        """Rename a table and a field of it, and let its relations do and allow something else.

        The classes of all that is related are made anew.
        """
        id, number = self.some(data, self.world.tables), next(self.numbers)
        table = self.definition(id)
        table.name = f"table{number}"
        table.save()
        DynamicField.objects.filter(pk=self.title_field(id).pk).update(name=f"title{number}")
        becomes: dict[int, dict[str, Any]] = {}
        for relation in self.world.of(id):
            becomes[relation.id] = {"forbidden": data.draw(st.sampled_from(["", *TITLES]))}
            if not relation.has_links:
                becomes[relation.id]["on_delete"] = self.some(data, self.deletions(relation))
            definition = table.fields.get(pk=relation.id)
            definition.options |= {
                "limit": self.condition(relation.target, becomes[relation.id]["forbidden"])
            }
            if not relation.has_links:
                definition.options |= {"on_delete": becomes[relation.id]["on_delete"]}
            definition.save()
        table.sync(allow_destructive=True)
        self.applied(self.changing(becomes)())

    def deletions(self, relation: Relation) -> list[str]:
        return [name for name in DELETIONS if name != "set_empty" or not relation.is_required]

    def changing(self, becomes: dict[int, dict[str, Any]]) -> Inverse:
        def change() -> Inverse:
            before = {}
            for id, values in becomes.items():
                relation = self.world.relations[id]
                before[id] = {name: getattr(relation, name) for name in values}
                vars(relation).update(values)
            return self.changing(before)

        return change

    # --- Into the trash ---

    @precondition(lambda self: self.world.tables)
    @rule(data=st.data())
    def retire_table(self, data) -> None:
        self.retire(self.some(data, self.world.tables))

    @precondition(lambda self: self.world.between_tables)
    @rule(data=st.data())
    def come_back_alone(self, data) -> None:
        """Retire a table, then what it refers to, which nothing seen refers to now; restore the first."""
        relation = self.some(data, self.world.between_tables)
        self.retire(relation.owner)
        self.retire(relation.target)
        self.restore(relation.owner)

    def retire(self, table: int) -> None:
        leaning = list(self.world.leaning_on(table))
        if leaning:
            self.refused(self.definition(table).retire)
        self.definition(table).retire(with_references=bool(leaning))
        self.applied(self.retiring(table, leaning)())

    def retiring(self, table: int, leaning: list[Relation | Computed]) -> Inverse:
        def retire() -> Inverse:
            for field in leaning:
                field.is_live = False
            self.world.trash.add(table)
            return self.restoring(table, leaning)

        return retire

    def restoring(self, table: int, leaning: list[Relation | Computed]) -> Inverse:
        """Brings a table back in its whole, with what leant on it, by undoing."""

        def restore() -> Inverse:
            returning = [*self.world.of(table), *(f for f in leaning if isinstance(f, Relation))]
            if any(self.would_be_empty(relation) for relation in returning):
                raise NotAllowed
            for relation in returning:
                relation.forget(self.world.dangling(relation))
            for field in leaning:
                field.is_live = True
            self.world.trash.remove(table)
            return self.retiring(table, leaning)

        return restore

    def would_be_empty(self, relation: Relation) -> bool:
        return bool(self.world.left_empty(relation))

    # --- And out of it ---

    @precondition(lambda self: self.world.restorable and len(self.world.tables) < TABLES)
    @rule(data=st.data())
    def restore_table(self, data) -> None:
        self.restore(self.some(data, self.world.restorable))

    restore_table_again = restore_table

    def restore(self, table: int) -> None:
        returning = self.world.returning(table)
        change = partial(restore_table, table, without_gone=True)
        if any(self.would_be_empty(relation) for relation in returning):
            self.refused(change)
            return
        if any(self.world.dangling(relation) for relation in returning):
            self.refused(lambda: restore_table(table))
        change()
        for relation in self.world.of(table):
            relation.is_live = relation in returning
        for relation in returning:
            relation.forget(self.world.dangling(relation))
        self.world.trash.remove(table)
        for computed in [c for c in self.world.seen_computed if c.owner == table]:
            computed.is_live = self.world.can_compute(computed)
        self.applied(self.retiring(table, []))

    @precondition(lambda self: self.world.restorable)
    @rule(data=st.data())
    def purge_table(self, data) -> None:
        table = self.some(data, self.world.restorable)
        purge(tables=[table])
        self.world.purge(table)
        self.applied(self.impossible)
