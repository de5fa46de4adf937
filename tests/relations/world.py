"""Tables that refer to each other, as dictionaries: the plain model of what relations do."""

from collections.abc import Iterator
from dataclasses import dataclass, field

USERS = 0  # in place of the id of a table: the users, a static model

Rows = dict[int, str]  # the titles of rows, by id; no two of a table have the same


class Protected(Exception):
    """A row is referred to, and may not go."""


@dataclass
class Relation:
    """A field that refers: its keys by row, or its links. ``forbidden`` is the title that is not chosen."""

    id: int
    owner: int
    target: int
    slug: str
    on_delete: str = ""
    is_required: bool = False
    forbidden: str = ""
    is_live: bool = True
    keys: dict[int, int] = field(default_factory=dict)
    links: set[tuple[int, int]] = field(default_factory=set)

    @property
    def has_links(self) -> bool:
        return self.slug == "manytomany"

    @property
    def pairs(self) -> set[tuple[int, int]]:
        return self.links if self.has_links else set(self.keys.items())

    def referring(self, rows: set[int]) -> set[int]:
        return {source for source, target in self.pairs if target in rows}

    def forget(self, pairs: set[tuple[int, int]]) -> None:
        self.links -= pairs
        for source, _target in pairs:
            self.keys.pop(source, None)


@dataclass
class Computed:
    """A field that shows the title of the row that a relation refers to, or counts what is at its end.

    ``target`` is that of the relation when it was made.
    """

    id: int
    owner: int
    relation: int
    target: int
    function: str
    is_live: bool = True


@dataclass
class World:
    """The rows of all tables, live or in the trash, all relations, and what is computed."""

    rows: dict[int, Rows] = field(default_factory=lambda: {USERS: {}})
    trash: set[int] = field(default_factory=set)
    purged: set[int] = field(default_factory=set)  # of those in the trash: what referred to them may be left
    relations: dict[int, Relation] = field(default_factory=dict)
    computed: dict[int, Computed] = field(default_factory=dict)

    # --- What there is ---

    @property
    def tables(self) -> list[int]:
        return sorted(set(self.rows) - self.trash - {USERS})

    @property
    def restorable(self) -> list[int]:
        return sorted(self.trash - self.purged)

    @property
    def seen(self) -> list[Relation]:
        """The relations that one sees, in order."""
        return [r for _id, r in sorted(self.relations.items()) if self.is_seen(r)]

    @property
    def seen_computed(self) -> list[Computed]:
        return [c for _id, c in sorted(self.computed.items()) if self.is_seen(c)]

    @property
    def retired_computed(self) -> list[Computed]:
        computed = sorted(self.computed.items())
        return [c for _id, c in computed if not c.is_live and c.owner not in self.trash]

    @property
    def retired_relations(self) -> list[Relation]:
        return [r for r in self.relations.values() if not r.is_live and r.owner not in self.trash]

    @property
    def between_tables(self) -> list[Relation]:
        return [r for r in self.seen if r.target not in {r.owner, USERS}]

    def is_seen(self, field: Relation | Computed) -> bool:
        return field.is_live and field.owner not in self.trash

    def of(self, table: int) -> list[Relation]:
        return [r for r in self.relations.values() if r.owner == table and r.is_live]

    def required_of(self, table: int) -> list[Relation]:
        return [r for r in self.seen if r.owner == table and r.is_required]

    def row_titled(self, table: int, title: str) -> int | None:
        return next((row for row, known in self.rows[table].items() if known == title), None)

    def allowed(self, relation: Relation) -> list[int]:
        """Return the rows that may be chosen."""
        rows = self.rows[relation.target].items()
        return sorted(row for row, title in rows if title != relation.forbidden)

    def dangling(self, relation: Relation) -> set[tuple[int, int]]:
        """Return what leads to, or comes from, rows that are gone."""
        sources, targets = self.rows[relation.owner], self.rows[relation.target]
        return {(s, t) for s, t in relation.pairs if s not in sources or t not in targets}

    def left_empty(self, relation: Relation) -> set[int]:
        """Return the rows without a value that they must have, or will be when what dangles is emptied."""
        gone = {source for source, _target in self.dangling(relation)}
        without = {row for row in self.rows[relation.owner] if row not in relation.keys}
        return without | gone if relation.is_required else set()

    # --- What stands on something ---

    def computed_of(self, relation: Relation) -> list[Computed]:
        return [c for c in self.seen_computed if c.relation == relation.id]

    def can_compute(self, computed: Computed) -> bool:
        relation = self.relations.get(computed.relation)
        return relation is not None and self.is_seen(relation) and relation.target == computed.target

    def referring_to(self, table: int) -> list[Relation]:
        return [r for r in self.seen if r.target == table and r.owner != table]

    def leaning_on(self, table: int) -> Iterator[Relation | Computed]:
        """Yield the fields of other tables that go with a table."""
        referring = self.referring_to(table)
        yield from referring
        for relation in [*referring, *(r for r in self.seen if r.owner == table)]:
            yield from (c for c in self.computed_of(relation) if c.owner != table)

    def returning(self, table: int) -> list[Relation]:
        """Return the relations that come back with a table from the trash."""
        return [r for r in self.of(table) if r.target == table or r.target not in self.trash]

    # --- What happens to rows ---

    def purge(self, table: int) -> None:
        """Delete a table in the trash for good, with the fields that are its own."""
        self.purged.add(table)
        self.rows[table] = {}
        self.relations = {id: r for id, r in self.relations.items() if r.owner != table}
        self.computed = {id: c for id, c in self.computed.items() if c.owner != table}

    def delete(self, table: int, row: int) -> None:
        """Delete a row with all that goes with it. Raises Protected."""
        for gone, rows in self._falling(table, row).items():
            self.rows[gone] = {pk: title for pk, title in self.rows[gone].items() if pk not in rows}
            for relation in self.seen:
                if relation.target == gone:
                    relation.forget({(s, t) for s, t in relation.pairs if t in rows})
            for relation in self.relations.values():
                if relation.owner == gone and not relation.has_links:
                    relation.keys = {s: t for s, t in relation.keys.items() if s not in rows}
                elif relation.owner == gone and relation.is_live:
                    relation.links = {(s, t) for s, t in relation.links if s not in rows}

    def _falling(self, table: int, row: int) -> dict[int, set[int]]:
        """Return the rows that go with one, by table."""
        falling: dict[int, set[int]] = {}
        waiting = [(table, row)]
        while waiting:
            table, row = waiting.pop()
            if row in falling.setdefault(table, set()):
                continue
            falling[table].add(row)
            for relation in self.seen:
                if relation.target != table or relation.on_delete not in {"protect", "cascade"}:
                    continue
                referring = relation.referring({row})
                if referring and relation.on_delete == "protect":
                    raise Protected
                waiting += [(relation.owner, source) for source in referring]
        return falling

    # --- What is computed of them ---

    def values_of(self, computed: Computed) -> dict[int, str | int | None]:
        """Return the values of a computed field, by row."""
        relation, rows = self.relations[computed.relation], self.rows[computed.owner]
        if computed.function == "lookup":
            titles = self.rows[relation.target]
            return {row: titles.get(relation.keys.get(row, 0)) for row in rows}
        end = 0 if computed.function == "links" else 1
        return {row: sum(pair[end] == row for pair in relation.pairs) for row in rows}
