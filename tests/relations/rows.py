"""Rows: made, made to refer to others, deleted in either process."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.relations.answering import answer, model_of
from tests.relations.game import TITLES, Game
from tests.relations.world import USERS, Protected, Relation


class RowRules(Game):
    @rule(data=st.data())
    def insert(self, data) -> None:
        self.insert_into(data, self.some(data, [USERS, *self.world.tables]))

    def insert_into(self, data, table: int) -> None:
        """Make a row; none where there are enough, or where one is needed that it would have to refer to."""
        free = [title for title in TITLES if title not in self.world.rows[table].values()]
        required = self.world.required_of(table)
        if not free or not all(self.world.rows[relation.target] for relation in required):
            return
        title = self.some(data, free)
        keys = {r.id: self.some(data, sorted(self.world.rows[r.target])) for r in required}
        values: dict[str, Any] = {"username" if table == USERS else self.title_field(table).name: title}
        for relation in required:
            values[f"{self.name_of(relation)}_id"] = keys[relation.id]
        row = model_of(table).objects.create(**values).pk
        self.world.rows[table][row] = title
        for relation in required:
            relation.keys[row] = keys[relation.id]

    @precondition(lambda self: any(self.world.rows[relation.owner] for relation in self.world.seen))
    @rule(data=st.data())
    def refer(self, data) -> None:
        relation = self.some(data, [r for r in self.world.seen if self.world.rows[r.owner]])
        self.refer_from(data, relation, self.some(data, sorted(self.world.rows[relation.owner])))

    refer_again = refer

    def refer_from(self, data, relation: Relation, source: int) -> None:
        targets = sorted(self.world.rows[relation.target])
        row, name = model_of(relation.owner).objects.get(pk=source), self.name_of(relation)
        if relation.has_links:
            chosen = data.draw(st.sets(st.sampled_from(targets))) if targets else set()
            getattr(row, name).set(chosen)
            relation.forget({(s, t) for s, t in relation.links if s == source})
            relation.links |= {(source, target) for target in chosen}
        else:
            self.set_key(relation, row, name, self.some(data, [None, *targets]))

    def set_key(self, relation: Relation, row: Any, name: str, target: int | None) -> None:
        setattr(row, f"{name}_id", target)
        is_taken = relation.slug == "onetoone" and relation.referring({target}) - {row.pk}
        if is_taken or (relation.is_required and target is None):
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
        questions = [{"about": "delete", "table": table, "row": row, "at_once": at_once}]
        [happened] = (self.other.answer if in_other else answer)(questions)
        try:
            self.world.delete(table, row)
        except Protected:
            assert happened == "protected"
        else:
            assert happened == "deleted"

    delete_again = delete
