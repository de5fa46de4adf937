"""Tables as values."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

from dynadmin.schema.constraints import ConstraintSchema
from dynadmin.schema.fields import FieldSchema
from dynadmin.schema.written import Json, told

Display = tuple[int | str, ...]


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
        data |= told(self, "description", "folder", "kind", "keeps_history", "key")
        data |= told(self, "retired_after", "purged", "released")
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
