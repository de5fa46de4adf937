"""Tables and relations between them, made, changed, retired and restored, against a plain model."""

from collections.abc import Callable
from itertools import count
from typing import Any, ClassVar

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from dynadmin.exceptions import RefusedChange
from dynadmin.executor.drift import find_drift
from dynadmin.models import DynamicField, DynamicModel, purge, restore_field, restore_table
from dynadmin.registry import registry
from dynadmin.schema import target_of
from tests.relations.answering import Other, answer, model_of
from tests.relations.world import USERS, Protected, Relation, World
from tests.support import drop_everything

TABLES = 3
RELATIONS = 5
ROWS = 4
DELETIONS = ["protect", "set_empty", "cascade"]


class Relations(RuleBasedStateMachine):
    other: ClassVar[Other]

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.numbers = count(1)

    def teardown(self) -> None:
        drift = find_drift(registry.newest.schema, notes=True)
        drop_everything()
        get_user_model().objects.all().delete()
        assert drift == []

    # --- What holds after every step ---

    @invariant()
    def both_processes_see_what_the_model_has(self) -> None:
        asked: list[tuple[dict[str, Any], Any]] = [
            ({"about": "rows", "table": table}, sorted(self.world.rows[table]))
            for table in [USERS, *self.world.tables]
        ]
        registry.refresh()
        for relation in self.world.seen:
            pairs = sorted(map(list, relation.pairs))
            asked.append((self.question(relation), [pairs] * 3))
        for question, expected in asked:
            assert answer(dict(question)) == expected
            assert self.other.answer(question) == expected

    def question(self, relation: Relation) -> dict[str, Any]:
        name = self.field(relation).name
        return {"about": "relation", "table": relation.owner, "target": relation.target, "name": name}

    def field(self, relation: Relation) -> Any:
        return registry.newest.schema.tables[relation.owner].field(relation.id)

    # --- Tables ---

    @initialize(data=st.data())
    def begin(self, data) -> None:
        """Begin with what there is most to find by: relations with values."""
        self.define_table()
        self.define_table()
        for table in [USERS, *self.world.tables] * 2:
            self.insert_into(table)
        for _each in range(3):
            self.relate_tables(data)
        for relation in self.world.seen:
            for source in sorted(self.world.rows[relation.owner]):
                self.refer_from(data, relation, source)

    @precondition(lambda self: len(self.world.tables) < TABLES)
    @rule()
    def define(self) -> None:
        self.define_table()

    def define_table(self) -> None:
        number = next(self.numbers)
        table = DynamicModel.objects.create(name=f"table{number}")
        DynamicField.objects.create(model=table, name="title", type="char", options={}, position=0)
        table.sync()
        self.world.rows[table.pk] = set()

    @precondition(lambda self: self.world.tables)
    @rule(data=st.data())
    def change(self, data) -> None:
        """Rename a table and a field of it, and let its relations do something else on deletion.

        The classes of all that is related are made anew.
        """
        id, number = self.some(data, self.world.tables), next(self.numbers)
        table = self.definition(id)
        table.name = f"table{number}"
        table.save()
        table.fields.filter(type="char").update(name=f"title{number}")
        for relation in [r for r in self.world.of(id) if not r.has_links]:
            relation.on_delete = self.some(data, DELETIONS)
            definition = table.fields.get(pk=relation.id)
            definition.options |= {"on_delete": relation.on_delete}
            definition.save()
        table.sync()

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
        referring = self.world.referring_to(table)
        if referring:
            self.refused(self.definition(table).retire)
        self.definition(table).retire(with_references=bool(referring))
        for relation in referring:
            relation.is_live = False
        self.world.trash.add(table)

    @precondition(lambda self: self.world.restorable and len(self.world.tables) < TABLES)
    @rule(data=st.data())
    def restore_table(self, data) -> None:
        self.restore(self.some(data, self.world.restorable))

    restore_table_again = restore_table

    def restore(self, table: int) -> None:
        returning = self.world.returning(table)
        if any(self.world.dangling(relation) for relation in returning):
            self.refused(lambda: restore_table(table))
        restore_table(table, without_gone=True)
        for relation in self.world.of(table):
            relation.is_live = relation in returning
        for relation in returning:
            relation.forget(self.world.dangling(relation))
        self.world.trash.remove(table)

    @precondition(lambda self: self.world.restorable)
    @rule(data=st.data())
    def purge_table(self, data) -> None:
        table = self.some(data, self.world.restorable)
        purge(tables=[table])
        self.world.purge(table)

    # --- Relations ---

    @precondition(lambda self: self.world.tables and len(self.world.relations) < RELATIONS)
    @rule(data=st.data())
    def relate(self, data) -> None:
        self.relate_tables(data)

    def relate_tables(self, data) -> None:
        owner = self.some(data, self.world.tables)
        target = self.some(data, [*self.world.tables, USERS])
        slug = self.some(data, ["foreignkey", "onetoone", "manytomany"])
        options: dict[str, Any] = {"target": target_of(target) if target else "auth.User"}
        if slug != "manytomany":
            options |= {"on_delete": self.some(data, DELETIONS), "null": True, "blank": True}
        number = next(self.numbers)
        field = DynamicField.objects.create(
            model_id=owner, name=f"relation{number}", type=slug, options=options, position=number
        )
        self.definition(owner).sync()
        on_delete = options.get("on_delete", "")
        self.world.relations[field.pk] = Relation(field.pk, owner, target, slug, on_delete)

    @precondition(lambda self: self.world.seen)
    @rule(data=st.data())
    def retire_relation(self, data) -> None:
        relation = self.some(data, self.world.seen)
        DynamicField.objects.filter(pk=relation.id).delete()
        self.definition(relation.owner).sync(allow_destructive=True)
        relation.is_live = False

    @precondition(lambda self: self.retired_relations())
    @rule(data=st.data())
    def restore_relation(self, data) -> None:
        relation = self.some(data, self.retired_relations())
        dangling = self.world.dangling(relation)
        if dangling or relation.target in self.world.trash:
            self.refused(lambda: restore_field(relation.owner, relation.id))
        if relation.target in self.world.trash:
            return
        restore_field(relation.owner, relation.id, without_gone=bool(dangling))
        relation.forget(dangling)
        relation.is_live = True

    restore_again = restore_once_more = restore_relation

    @precondition(lambda self: self.retired_relations())
    @rule(data=st.data())
    def purge_relation(self, data) -> None:
        relation = self.some(data, self.retired_relations())
        purge(columns=[self.field(relation).column])
        del self.world.relations[relation.id]

    def retired_relations(self) -> list[Relation]:
        relations = self.world.relations.values()
        return [r for r in relations if not r.is_live and r.owner not in self.world.trash]

    # --- Rows ---

    @rule(data=st.data())
    def insert(self, data) -> None:
        self.insert_into(self.some(data, [USERS, *self.world.tables]))

    def insert_into(self, table: int) -> None:
        if len(self.world.rows[table]) < ROWS:
            values = {"username": f"user{next(self.numbers)}"} if table == USERS else {}
            self.world.rows[table].add(model_of(table).objects.create(**values).pk)

    @precondition(lambda self: any(self.world.rows[relation.owner] for relation in self.world.seen))
    @rule(data=st.data())
    def refer(self, data) -> None:
        relation = self.some(data, [r for r in self.world.seen if self.world.rows[r.owner]])
        self.refer_from(data, relation, self.some(data, sorted(self.world.rows[relation.owner])))

    refer_again = refer

    def refer_from(self, data, relation: Relation, source: int) -> None:
        targets = sorted(self.world.rows[relation.target])
        row, name = model_of(relation.owner).objects.get(pk=source), self.field(relation).name
        if relation.has_links:
            chosen = data.draw(st.sets(st.sampled_from(targets))) if targets else set()
            getattr(row, name).set(chosen)
            relation.forget({(s, t) for s, t in relation.links if s == source})
            relation.links |= {(source, target) for target in chosen}
        else:
            self.set_key(relation, row, name, self.some(data, [None, *targets]))

    def set_key(self, relation: Relation, row: Any, name: str, target: int | None) -> None:
        setattr(row, f"{name}_id", target)
        if relation.slug == "onetoone" and relation.referring({target}) - {row.pk}:
            with pytest.raises(IntegrityError), transaction.atomic():
                row.save()
            return
        row.save()
        relation.keys.pop(row.pk, None)
        if target is not None:
            relation.keys[row.pk] = target

    @precondition(lambda self: any(self.world.rows[t] for t in [USERS, *self.world.tables]))
    @rule(data=st.data(), in_other=st.booleans(), at_once=st.booleans())
    def delete(self, data, in_other, at_once) -> None:
        """Delete a row, in either process."""
        table = self.some(data, [t for t in [USERS, *self.world.tables] if self.world.rows[t]])
        row = self.some(data, sorted(self.world.rows[table]))
        question = {"about": "delete", "table": table, "row": row, "at_once": at_once}
        happened = (self.other.answer if in_other else answer)(question)
        try:
            self.world.delete(table, row)
        except Protected:
            assert happened == "protected"
        else:
            assert happened == "deleted"

    delete_again = delete

    # --- Help ---

    def definition(self, table: int) -> DynamicModel:
        return DynamicModel.objects.get(pk=table)

    def refused(self, change: Callable[[], object]) -> None:
        with pytest.raises(RefusedChange):
            change()

    def some(self, data, values: list) -> Any:
        return data.draw(st.sampled_from(values))
