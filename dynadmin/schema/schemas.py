"""All tables together, and what leads from one to another."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Self

from dynadmin.schema.fields import FieldSchema
from dynadmin.schema.tables import TableSchema
from dynadmin.schema.written import Json


@dataclass(frozen=True, kw_only=True)
class Schema:
    """All tables by id, live and retired."""

    tables: Mapping[int, TableSchema] = field(default_factory=dict)

    @classmethod
    def of(cls, tables: Iterable[TableSchema]) -> Self:
        return cls(tables={table.id: table for table in tables})

    @cached_property
    def live_tables(self) -> tuple[TableSchema, ...]:
        return tuple(table for table in self.tables.values() if not table.retired)

    @cached_property
    def listed_tables(self) -> tuple[TableSchema, ...]:
        """The live tables as people list them: by folder, those in none first, and label."""
        return tuple(sorted(self.live_tables, key=_place_in_lists))

    @cached_property
    def _by_name(self) -> dict[str, TableSchema]:
        return {table.name: table for table in self.live_tables}

    def table_named(self, name: str) -> TableSchema:
        """Return the live table with this name. Raises KeyError."""
        return self._by_name[name]

    @cached_property
    def _by_field(self) -> dict[int, TableSchema]:
        return {field.id: table for table in self.live_tables for field in table.live_fields}

    def table_with_field(self, field_id: int) -> TableSchema:
        """Return the live table that has this live field. Raises KeyError."""
        return self._by_field[field_id]

    @cached_property
    def _referring(self) -> dict[int, list[tuple[TableSchema, FieldSchema]]]:
        found: dict[int, list[tuple[TableSchema, FieldSchema]]] = defaultdict(list)
        for table in self.live_tables:
            for relation in table.relations:
                if relation.target_table is not None:
                    found[relation.target_table].append((table, relation))
        return dict(found)

    def referring_to(self, table_id: int) -> list[tuple[TableSchema, FieldSchema]]:
        """Return the live fields, with their tables, that refer to a table."""
        return self._referring.get(table_id, [])

    def related(self, ids: Collection[int]) -> set[int]:
        """Return the ids of all live tables connected with these by relations in either direction.

        Their classes know each other, so they are made together. Those given are among them if live.
        """
        found: set[int] = set()
        waiting = [id for id in ids if id in self.tables and not self.tables[id].retired]
        while waiting:
            id = waiting.pop()
            if id not in found and id in self.tables and not self.tables[id].retired:
                found.add(id)
                waiting += self.tables[id].targets
                waiting += (table.id for table, _field in self.referring_to(id))
        return found

    def with_tables(self, changed: Iterable[TableSchema]) -> Self:
        """Return this schema with the given tables added or put in place of those with the same id."""
        return replace(self, tables={**self.tables, **{table.id: table for table in changed}})

    def changed_since(self, earlier: "Schema") -> Iterator[TableSchema]:
        """Yield the tables that are new or different from the earlier schema."""
        return (t for t in self.tables.values() if earlier.tables.get(t.id) != t)

    def to_json(self) -> Json:
        return {"tables": [table.to_json() for table in self.tables.values()]}

    @classmethod
    def from_json(cls, data: Json) -> Self:
        return cls.of(TableSchema.from_json(table) for table in data["tables"])


def _place_in_lists(table: TableSchema) -> tuple[bool, str, str, str, int]:
    return bool(table.folder), table.folder.casefold(), table.folder, table.label.casefold(), table.id
