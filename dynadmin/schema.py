"""Frozen values that say what all tables look like, and their JSON form.

A schema knows no Django model and no database. What a table or field *is* is its id; names and labels are
for people and may change at will.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from dataclasses import fields as dataclass_fields
from functools import cached_property
from typing import Any, Self

Json = dict[str, Any]
Display = tuple[int | str, ...]

# How an option of a relation names a table of analysts, as Django names its class; others are static models.
TARGET = re.compile(r"tables\.T([1-9][0-9]*)")
# How a file names one: by its key, or its name.
KEYED = re.compile(r"table:([a-z0-9_-]{1,48})")


def target_of(table_id: int) -> str:
    """Return how the option ``target`` of a relation names a table."""
    return f"tables.T{table_id:d}"


@dataclass(frozen=True, kw_only=True)
class FieldSchema:
    """One field. ``options`` are canonical: checked and completed by the field type's form.

    ``key`` is its name across installations. ``generation`` says which of its columns holds the values: a
    conversion makes a new one, under the same identity. ``retired_after`` is the revision that last showed
    it, ``place`` where it then stood among the live fields. ``conversion`` of an original says how its values
    became those of the column that took its place. ``stored`` says where they are: in a ``"column"``, as
    ``"links"`` in a table of their own, or nowhere, as they are ``"computed"``.
    ``required_by`` is the kind of table that brought the field along: nobody removes, retypes or renames it
    while the table is of that kind.
    """

    id: int
    name: str
    type: str
    label: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""
    generation: int = 0
    retired_after: int | None = None
    place: int = 0
    conversion: Mapping[str, Any] = field(default_factory=dict)
    stored: str = "column"
    required_by: str = ""

    @property
    def column(self) -> str:
        """The name of the column in the database; never made from what a person typed."""
        return f"c{self.id:d}_{self.generation:d}" if self.generation else f"c{self.id:d}"

    @property
    def retired(self) -> bool:
        return self.retired_after is not None

    @property
    def target(self) -> str:
        """What a relation refers to: ``tables.T12`` or a static model as ``auth.User``; else ``""``."""
        return str(self.options.get("target") or "")

    @property
    def target_table(self) -> int | None:
        """The id of the table that a relation refers to; None for anything else."""
        found = TARGET.fullmatch(self.target)
        return int(found[1]) if found else None

    @property
    def sources(self) -> tuple[int, ...]:
        """The ids of the fields that a computed one is made of, the relation first."""
        if self.stored != "computed":
            return ()
        conditions = (condition["field"] for condition in self.options.get("limit", ()))
        return (*map(int, str(self.options["source"]).split(".")), *conditions)

    @property
    def attname(self) -> str:
        """The attribute, and the column of the view, that has the value itself: of a relation, the id."""
        return f"{self.name}_id" if self.target and self.stored == "column" else self.name

    @property
    def link_table(self) -> str:
        """The table of a field whose values are links."""
        return f"dyn_m{self.id:d}"

    @property
    def link_class(self) -> str:
        return f"M{self.id:d}"

    def to_json(self) -> Json:
        data: Json = {"id": self.id, "name": self.name, "type": self.type, "label": self.label}
        data["options"] = dict(self.options)
        told = ("key", "generation", "retired_after", "place", "conversion", "stored", "required_by")
        return data | _told(self, *told)

    @classmethod
    def from_json(cls, data: Json) -> Self:
        return cls(**data)


@dataclass(frozen=True, kw_only=True)
class ConstraintSchema:
    """A rule on whole rows, or an index: what ``kind`` says of the fields with these ids.

    ``rule`` of a check says what its one field is compared with: ``{"operator": "<", "other": 7}`` is another
    field, by id, ``{"operator": "<", "value": "10"}`` a value, as text. ``label`` is what people read when a
    row breaks the rule; without one it is made from the rule.
    """

    id: int
    kind: str
    fields: tuple[int, ...]
    label: str = ""
    key: str = ""
    rule: Mapping[str, Any] = field(default_factory=dict)

    @property
    def db_name(self) -> str:
        """Its name in the database."""
        return f"dyn_k{self.id:d}"

    @property
    def field_ids(self) -> tuple[int, ...]:
        """All fields it stands on: it cannot be without one of them."""
        other = self.rule.get("other")
        return self.fields if other is None else (*self.fields, other)

    def on_fields(self, ids: Mapping[int, int]) -> Self:
        """Return the same rule on other fields: those with the given ids, by the ids of its own."""
        rule = {name: ids[value] if name == "other" else value for name, value in self.rule.items()}
        return replace(self, fields=tuple(ids[id] for id in self.fields), rule=rule)

    def to_json(self) -> Json:
        data: Json = {"id": self.id, "kind": self.kind, "fields": list(self.fields)}
        return data | _told(self, "label", "key", "rule")

    @classmethod
    def from_json(cls, data: Json) -> Self:
        return cls(**{**data, "fields": tuple(data["fields"])})


@dataclass(frozen=True, kw_only=True)
class TableSchema:
    """One table. ``fields`` are in the person's order, retired ones last.

    ``originals`` are the columns that conversions replaced, oldest first. A purged table is a tombstone:
    nothing of it is in the database any more, unless it was ``released`` to a model of an app, whose label
    that is. ``display`` says what a row is called: ids of fields and the texts between them, joined.
    ``kind`` names what stands behind all its rows, see ``dynadmin.kinds``. ``keeps_history`` says whether
    each change of its rows is written down.
    """

    id: int
    name: str
    label: str = ""
    description: str = ""
    folder: str = ""
    display: Display = ()
    kind: str = "plain"
    keeps_history: bool = True
    key: str = ""
    fields: tuple[FieldSchema, ...] = ()
    originals: tuple[FieldSchema, ...] = ()
    constraints: tuple[ConstraintSchema, ...] = ()
    retired_after: int | None = None
    purged: bool = False
    released: str = ""

    @property
    def db_table(self) -> str:
        return f"dyn_t{self.id:d}"

    @property
    def class_name(self) -> str:
        return f"T{self.id:d}"

    @property
    def model_name(self) -> str:
        return f"t{self.id:d}"

    @property
    def retired(self) -> bool:
        return self.retired_after is not None

    @cached_property
    def live_fields(self) -> tuple[FieldSchema, ...]:
        return tuple(f for f in self.fields if not f.retired)

    @cached_property
    def retired_fields(self) -> tuple[FieldSchema, ...]:
        return tuple(f for f in self.fields if f.retired)

    @cached_property
    def columns(self) -> tuple[FieldSchema, ...]:
        """All that the table has in the database beside its id: fields live and retired, and originals."""
        return tuple(f for f in (*self.fields, *self.originals) if f.stored == "column")

    @cached_property
    def live_columns(self) -> tuple[FieldSchema, ...]:
        """The live fields whose values are in the table itself."""
        return tuple(f for f in self.live_fields if f.stored == "column")

    @cached_property
    def computed(self) -> tuple[FieldSchema, ...]:
        """The live fields that nothing is stored of."""
        return tuple(f for f in self.live_fields if f.stored == "computed")

    @cached_property
    def links(self) -> tuple[FieldSchema, ...]:
        """The fields, live and retired, that have a table of their own."""
        return tuple(f for f in self.fields if f.stored == "links")

    @cached_property
    def relations(self) -> tuple[FieldSchema, ...]:
        """The live fields that refer to rows of a table, another's or this one's."""
        return tuple(f for f in self.live_fields if f.target)

    @cached_property
    def targets(self) -> frozenset[int]:
        """The ids of the tables that live fields refer to; this one's may be among them."""
        return frozenset(f.target_table for f in self.relations if f.target_table is not None)

    def field(self, id: int) -> FieldSchema:
        """Return the field with this id. Raises KeyError."""
        for candidate in self.fields:
            if candidate.id == id:
                return candidate
        raise KeyError(id)

    def with_field(self, changed: FieldSchema) -> Self:
        """Return the table with the field put in the place of the one with its id, or added at the end."""
        others = tuple(changed if f.id == changed.id else f for f in self.fields)
        known = any(f.id == changed.id for f in self.fields)
        return replace(self, fields=others if known else (*others, changed))

    def to_json(self) -> Json:
        data: Json = {"id": self.id, "name": self.name, "label": self.label}
        data |= _told(self, "description", "folder", "kind", "keeps_history", "key")
        data |= _told(self, "retired_after", "purged", "released")
        if self.display:
            data["display"] = list(self.display)
        data["fields"] = [f.to_json() for f in self.fields]
        for name in ("originals", "constraints"):
            if values := getattr(self, name):
                data[name] = [value.to_json() for value in values]
        return data

    @classmethod
    def from_json(cls, data: Json) -> Self:
        kinds = {"fields": FieldSchema, "originals": FieldSchema, "constraints": ConstraintSchema}
        parts = {
            name: tuple(kind.from_json(part) for part in data.get(name, ()))  # type: ignore[attr-defined]
            for name, kind in kinds.items()
        }
        return cls(**{**data, **parts, "display": tuple(data.get("display", ()))})


def _told(value: Any, *names: str) -> Json:
    """Return what of these attributes is not as it is by default, which needs no telling."""
    default = {f.name: f.default for f in dataclass_fields(value)}
    told = {name: getattr(value, name) for name in names}
    return {
        name: dict(part) if isinstance(part, Mapping) else part
        for name, part in told.items()
        if part not in (default[name], {})
    }


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
