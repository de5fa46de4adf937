"""Frozen values that say what all tables look like, and their JSON form.

A schema knows no Django model and no database. What a table or field *is* is its id; names and labels are
for people and may change at will.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class FieldSchema:
    """One column. ``options`` are canonical: checked and completed by the field type's form."""

    id: int
    name: str
    type: str
    label: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    retired: bool = False

    @property
    def column(self) -> str:
        """The name of the column in the database; never made from what a person typed."""
        return f"c{self.id:d}"

    def to_json(self) -> Json:
        data: Json = {"id": self.id, "name": self.name, "type": self.type, "label": self.label}
        data["options"] = dict(self.options)
        if self.retired:
            data["retired"] = True
        return data

    @classmethod
    def from_json(cls, data: Json) -> Self:
        return cls(**data)


@dataclass(frozen=True, kw_only=True)
class TableSchema:
    """One table. ``fields`` are in the person's order, retired ones last."""

    id: int
    name: str
    label: str = ""
    description: str = ""
    folder: str = ""
    fields: tuple[FieldSchema, ...] = ()
    retired: bool = False

    @property
    def db_table(self) -> str:
        return f"dyn_t{self.id:d}"

    @property
    def class_name(self) -> str:
        return f"T{self.id:d}"

    @property
    def model_name(self) -> str:
        return f"t{self.id:d}"

    @cached_property
    def live_fields(self) -> tuple[FieldSchema, ...]:
        return tuple(f for f in self.fields if not f.retired)

    @cached_property
    def retired_fields(self) -> tuple[FieldSchema, ...]:
        return tuple(f for f in self.fields if f.retired)

    def field(self, id: int) -> FieldSchema:
        """Return the field with this id. Raises KeyError."""
        for candidate in self.fields:
            if candidate.id == id:
                return candidate
        raise KeyError(id)

    def to_json(self) -> Json:
        data: Json = {"id": self.id, "name": self.name, "label": self.label}
        data |= {key: value for key in ("description", "folder") if (value := getattr(self, key))}
        if self.retired:
            data["retired"] = True
        data["fields"] = [f.to_json() for f in self.fields]
        return data

    @classmethod
    def from_json(cls, data: Json) -> Self:
        fields = tuple(FieldSchema.from_json(f) for f in data["fields"])
        return cls(**{**data, "fields": fields})


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
