"""Fields as values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from dynadmin.schema.written import Json, told

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
        names = ("key", "generation", "retired_after", "place", "conversion", "stored", "required_by")
        return data | told(self, *names)

    @classmethod
    def from_json(cls, data: Json) -> Self:
        return cls(**data)
