"""Rules on whole rows: demanded, and released."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from dynadmin.models import DynamicConstraint
from tests.stateful.game import Game, Inverse, NotAllowed
from tests.stateful.shelf import Column, Rule, Shelf, can_demand

KINDS = ("unique", "check", "index")


class ConstraintRules(Game):
    @precondition(lambda self: any(len(shelf.columns) > 1 for shelf in self.shelves.values()))
    @rule(data=st.data())
    def constrain(self, data) -> None:
        shelf = self.some(data, {id: s for id, s in self.shelves.items() if len(s.columns) > 1})
        one, other, *_ = data.draw(st.permutations(shelf.columns))
        kind = data.draw(st.sampled_from(KINDS))
        if not can_demand(kind, one, other):
            return
        if any((kind, {one.id, other.id}) == (known.kind, set(known.fields)) for known in shelf.rules):
            return
        definition = DynamicConstraint.objects.create(
            model_id=shelf.id, kind=kind, **written(kind, one, other)
        )
        demand = Rule(id=definition.pk, kind=kind, fields=(one.id, other.id))
        if not demand.is_kept_by(list(shelf.rows.values())):
            self.refused(shelf, self.definition(shelf).sync)
            return
        self.definition(shelf).sync()
        self.applied(self.demanding(shelf, demand)())

    @precondition(lambda self: any(shelf.rules for shelf in self.shelves.values()))
    @rule(data=st.data())
    def release(self, data) -> None:
        shelf = self.some(data, {id: s for id, s in self.shelves.items() if s.rules})
        demand = data.draw(st.sampled_from(shelf.rules))
        DynamicConstraint.objects.filter(pk=demand.id).delete()
        self.definition(shelf).sync()
        self.applied(self.releasing(shelf, demand)())

    def demanding(self, shelf: Shelf, demand: Rule) -> Inverse:
        def make() -> Inverse:
            if not demand.is_kept_by(list(shelf.rows.values())):
                raise NotAllowed
            shelf.rules.append(demand)
            return self.releasing(shelf, demand)

        return make

    def releasing(self, shelf: Shelf, demand: Rule) -> Inverse:
        def release() -> Inverse:
            shelf.rules.remove(demand)
            return self.demanding(shelf, demand)

        return release


def written(kind: str, one: Column, other: Column) -> dict[str, Any]:
    if kind == "check":
        return {"fields": [one.id], "rule": {"operator": "!=", "other": other.id}}
    return {"fields": [one.id, other.id]}
