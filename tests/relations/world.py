"""Tables that refer to each other, as dictionaries: the plain model of what relations do."""

from dataclasses import dataclass, field

USERS = 0  # in place of the id of a table: the users, a static model


class Protected(Exception):
    """A row is referred to, and may not go."""


@dataclass
class Relation:
    """A field that refers: its keys by row, or its links."""

    id: int
    owner: int
    target: int
    slug: str
    on_delete: str = ""
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
class World:
    """The rows of all tables, live or in the trash, and all relations."""

    rows: dict[int, set[int]] = field(default_factory=lambda: {USERS: set()})
    trash: set[int] = field(default_factory=set)
    purged: set[int] = field(default_factory=set)  # of those in the trash: what referred to them may be left
    relations: dict[int, Relation] = field(default_factory=dict)

    @property
    def tables(self) -> list[int]:
        return sorted(set(self.rows) - self.trash - {USERS})

    @property
    def restorable(self) -> list[int]:
        return sorted(self.trash - self.purged)

    @property
    def seen(self) -> list[Relation]:
        """The relations that one sees, in order."""
        return [r for _id, r in sorted(self.relations.items()) if r.is_live and r.owner not in self.trash]

    @property
    def between_tables(self) -> list[Relation]:
        return [r for r in self.seen if r.target not in {r.owner, USERS}]

    def of(self, table: int) -> list[Relation]:
        return [r for r in self.relations.values() if r.owner == table and r.is_live]

    def referring_to(self, table: int) -> list[Relation]:
        return [r for r in self.seen if r.target == table and r.owner != table]

    def dangling(self, relation: Relation) -> set[tuple[int, int]]:
        """Return what leads to, or comes from, rows that are gone."""
        sources, targets = self.rows[relation.owner], self.rows[relation.target]
        return {(s, t) for s, t in relation.pairs if s not in sources or t not in targets}

    def returning(self, table: int) -> list[Relation]:
        """Return the relations that come back with a table from the trash."""
        return [r for r in self.of(table) if r.target == table or r.target not in self.trash]

    def purge(self, table: int) -> None:
        """Delete a table in the trash for good, with the relations that are its own."""
        self.purged.add(table)
        self.rows[table] = set()
        self.relations = {id: r for id, r in self.relations.items() if r.owner != table}

    def delete(self, table: int, row: int) -> None:
        """Delete a row with all that goes with it. Raises Protected."""
        for gone, rows in self._falling(table, row).items():
            self.rows[gone] -= rows
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
