"""What a person decided about the conversion of one field."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

STOP, EMPTY, VALUE, KEEP = "stop", "empty", "value", "keep"


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What becomes of values that do not convert, and the answers to questions about reading the others."""

    on_failure: str = STOP
    value: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {"on_failure": self.on_failure, "value": self.value, "answers": dict(self.answers)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(**data)
