"""Rules on whole rows, and indexes, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from dynadmin.schema.written import Json, told


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
        return data | told(self, "label", "key", "rule")

    @classmethod
    def from_json(cls, data: Json) -> Self:
        return cls(**{**data, "fields": tuple(data["fields"])})
