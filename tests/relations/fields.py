"""Fields that refer, and what is computed by them: added, changed, retired, restored, deleted for good."""

from dataclasses import replace
from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from dynadmin.models import DynamicField, purge, restore_field
from dynadmin.schema import target_of
from tests.relations.game import TITLES, Game, Inverse, NotAllowed
from tests.relations.world import USERS, Computed, Relation

RELATIONS = 5
COMPUTED = 3


def target_option(target: int) -> str:
    return target_of(target) if target else "auth.User"


class RelationRules(Game):
    @precondition(lambda self: self.world.tables and len(self.world.relations) < RELATIONS)
    @rule(data=st.data())
    def relate(self, data) -> None:
        self.relate_tables(data)

    def relate_tables(self, data) -> None:
        owner = self.some(data, self.world.tables)
        target = self.some(data, [*self.world.tables, USERS])
        slug = self.some(data, ["foreignkey", "onetoone", "manytomany"])
        relation = Relation(0, owner, target, slug, forbidden=self.some(data, ["", *TITLES[:2]]))
        options: dict[str, Any] = {
            "target": target_option(target),
            "limit": self.condition(target, relation.forbidden),
        }
        if slug != "manytomany":
            relation.on_delete = self.some(data, ["protect", "set_empty", "cascade"])
            options |= {"on_delete": relation.on_delete, "null": True, "blank": True}
        relation.id = self.add_field(owner, "relation", slug, options).pk
        self.definition(owner).sync()
        self.world.relations[relation.id] = relation
        self.applied(self.retiring_field(relation))

    @precondition(lambda self: self.world.tables and len(self.world.relations) < RELATIONS)
    @rule(data=st.data())
    def require(self, data) -> None:
        """Add a relation that must have a value; the rows that there are get one and the same."""
        owner = self.some(data, self.world.tables)
        target = self.some(data, [t for t in [*self.world.tables, USERS] if t != owner])
        on_delete = self.some(data, ["protect", "cascade"])
        options = {"target": target_option(target), "on_delete": on_delete, "null": False, "blank": False}
        field = self.add_field(owner, "relation", "foreignkey", options)
        change = self.definition(owner).sync
        rows, targets = self.world.rows[owner], sorted(self.world.rows[target])
        if rows:
            self.refused(change)
        if rows and not targets:
            self.definition(owner).revert()
            return
        given = self.some(data, targets) if rows else 0
        change(on_failure={field.name: {"value": str(given)}} if rows else {})
        keys = dict.fromkeys(rows, given)
        relation = Relation(field.pk, owner, target, "foreignkey", on_delete, is_required=True, keys=keys)
        self.world.relations[field.pk] = relation
        self.applied(self.retiring_field(relation))

    def retiring_field(self, field: Relation | Computed) -> Inverse:
        def retire() -> Inverse:
            field.is_live = False
            return self.restoring_field(field)

        return retire

    def restoring_field(self, field: Relation | Computed) -> Inverse:
        def restore() -> Inverse:
            if isinstance(field, Relation):
                if self.world.left_empty(field):
                    raise NotAllowed
                field.forget(self.world.dangling(field))
            field.is_live = True
            return self.retiring_field(field)

        return restore

    @precondition(lambda self: self.world.seen)
    @rule(data=st.data())
    def retire_relation(self, data) -> None:
        relation = self.some(data, self.world.seen)
        DynamicField.objects.filter(pk=relation.id).delete()
        change = partial(self.definition(relation.owner).sync, allow_destructive=True)
        if self.world.computed_of(relation):
            self.refused(change, relation.owner)
            return
        change()
        self.applied(self.retiring_field(relation)())

    @precondition(lambda self: self.world.retired_relations)
    @rule(data=st.data())
    def restore_relation(self, data) -> None:
        relation = self.some(data, self.world.retired_relations)
        restore = partial(restore_field, relation.owner, relation.id)
        dangling, empty = self.world.dangling(relation), self.world.left_empty(relation)
        if dangling or empty or relation.target in self.world.trash:
            self.refused(restore)
        if relation.target in self.world.trash:
            return
        targets = sorted(self.world.rows[relation.target])
        relation.forget(dangling)
        if empty and targets:
            given = self.some(data, targets)
            restore(value=str(given))
            relation.keys |= dict.fromkeys(empty, given)
        else:
            restore(without_gone=bool(dangling), as_optional=bool(empty))
            relation.is_required = relation.is_required and not empty
        relation.is_live = True
        self.applied(self.retiring_field(relation))

    restore_again = restore_once_more = restore_relation

    @precondition(lambda self: self.world.retired_relations)
    @rule(data=st.data())
    def purge_relation(self, data) -> None:
        relation = self.some(data, self.world.retired_relations)
        purge(columns=[self.field(relation).column])
        del self.world.relations[relation.id]
        self.applied(self.impossible)

    # --- Another target: values become the rows of the same title ---

    @precondition(lambda self: any(not r.has_links for r in self.world.seen))
    @rule(data=st.data())
    def refer_elsewhere(self, data) -> None:
        relation = self.some(data, [r for r in self.world.seen if not r.has_links])
        targets = [t for t in [*self.world.tables, USERS] if t != relation.target]
        target = self.some(data, targets)
        becomes = replace(relation, target=target, forbidden="")
        becomes.keys = self.found(becomes, relation.target, relation.keys)
        field = DynamicField.objects.get(pk=relation.id)
        field.options |= {"target": target_option(target), "limit": [], "related_name": ""}
        field.save()
        lost = len(becomes.keys) < len(relation.keys)
        sync = self.definition(relation.owner).sync
        if lost:
            self.refused(sync)
        if self.world.computed_of(relation) or (lost and relation.is_required):
            self.refused(partial(sync, on_failure={field.name: "stop"}), relation.owner)
            return
        sync(on_failure={field.name: "empty"} if lost else {})
        self.applied(self.converting(relation, becomes)())

    refer_elsewhere_again = refer_elsewhere

    def found(self, relation: Relation, old_target: int, keys: dict[int, int]) -> dict[int, int]:
        """Return the rows that a relation refers to when it finds those of another table by their titles."""
        titles, allowed = self.world.rows[old_target], set(self.world.allowed(relation))
        rows = {source: self.world.row_titled(relation.target, titles[key]) for source, key in keys.items()}
        return {source: row for source, row in rows.items() if row is not None and row in allowed}

    def converting(self, relation: Relation, becomes: Relation) -> Inverse:
        """Makes a relation what it becomes, with keys by title; those it had stay beside."""

        def convert() -> Inverse:
            was = replace(relation)
            vars(relation).update(vars(becomes))
            return self.converting_back(relation, was)

        return convert

    def converting_back(self, relation: Relation, was: Relation) -> Inverse:
        """Rows that are still as the conversion made them get what they had; others are found by title."""

        def convert_back() -> Inverse:
            now = replace(relation)
            again = self.found(was, now.target, now.keys)
            there = {s: t for s, t in was.keys.items() if t in self.world.rows[was.target]}
            made = self.found(now, was.target, there)
            kept = {s: t for s, t in was.keys.items() if made.get(s) == now.keys.get(s)}
            keys = {s: again.get(s) for s in now.keys} | kept
            keys = {s: t for s, t in keys.items() if s in self.world.rows[now.owner]}
            keys = {s: t for s, t in keys.items() if t in self.world.rows[was.target]}
            if relation.is_required and set(keys) != set(self.world.rows[now.owner]):
                raise NotAllowed
            vars(relation).update(vars(replace(was, keys=keys)))
            return self.converting_back(relation, now)

        return convert_back


class ComputedRules(RelationRules):
    @precondition(lambda self: self.computable() and len(self.world.computed) < COMPUTED)
    @rule(data=st.data())
    def compute(self, data) -> None:
        relation = self.some(data, self.computable())
        ways = [("links" if relation.has_links else "lookup", relation.owner)]
        # What a table links to in itself is summed up the way it leads.
        if not (relation.has_links and relation.target == relation.owner):
            ways.append(("count", relation.target))
        function, owner = self.some(data, ways)
        options = {"source": str(relation.id), "function": "count"}
        if function == "lookup":
            options = {"source": f"{relation.id}.{self.title_field(relation.target).pk}"}
        slug = "lookup" if function == "lookup" else "rollup"
        id = self.add_field(owner, "computed", slug, options).pk
        self.definition(owner).sync()
        computed = Computed(id, owner, relation.id, relation.target, function)
        self.world.computed[id] = computed
        self.applied(self.retiring_field(computed))

    def computable(self) -> list[Relation]:
        """Return the relations to rows whose values can be shown: those of tables."""
        return [relation for relation in self.world.seen if relation.target != USERS]

    @precondition(lambda self: self.world.seen_computed)
    @rule(data=st.data())
    def retire_computed(self, data) -> None:
        computed = self.some(data, self.world.seen_computed)
        DynamicField.objects.filter(pk=computed.id).delete()
        self.definition(computed.owner).sync(allow_destructive=True)
        self.applied(self.retiring_field(computed)())

    @precondition(lambda self: self.world.retired_computed)
    @rule(data=st.data())
    def restore_computed(self, data) -> None:
        computed = self.some(data, self.world.retired_computed)
        restore = partial(restore_field, computed.owner, computed.id)
        if not self.world.can_compute(computed):
            self.refused(restore)
            return
        restore()
        computed.is_live = True
        self.applied(self.retiring_field(computed))
