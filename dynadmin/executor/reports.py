"""What a step makes of the values of one field: the figures that a person says yes to."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dynadmin.conversion import Choices, Question
from dynadmin.plan import ConvertField, FieldOperation


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One value as it is and as it will be, as texts; ``pk`` is the first of the ``count`` rows with it."""

    before: str
    after: str
    reason: str = ""
    count: int = 1
    pk: int = 0


@dataclass(frozen=True, kw_only=True)
class Report:
    """What becomes of all values of one field. ``failures`` counts those that do not fit, by reason.

    ``returned`` are those that get back exactly what they were before a conversion. ``new_rows`` is how many
    rows the target of a relation gets. ``questions`` are all
    that the values raise; while one is open there is no ``reading``, and nothing is counted.
    """

    operation: FieldOperation
    choices: Choices
    same: int = 0
    changed: int = 0
    returned: int = 0
    new_rows: int = 0
    failures: Mapping[str, int] = field(default_factory=dict)
    codes: Mapping[str, int] = field(default_factory=dict)  # the failures again, in no language
    changes: tuple[Sample, ...] = ()
    misfits: tuple[Sample, ...] = ()
    repeated: tuple[Sample, ...] = ()
    questions: tuple[Question, ...] = ()
    reading: Mapping[str, Any] | None = None
    why_not: str = ""
    sampled: int = 0

    @property
    def total(self) -> int:
        return self.same + self.changed + self.returned + self.failed

    @property
    def failed(self) -> int:
        return sum(self.failures.values())

    @property
    def open_questions(self) -> tuple[Question, ...]:
        return tuple(q for q in self.questions if not q.is_answered(self.choices.answers))

    def without_values(self) -> "Report":
        """Return the report with its figures alone, for who may not see the rows."""
        return replace(
            self,
            changes=(),
            misfits=(),
            repeated=tuple(Sample(before="", after="…") for _sample in self.repeated),
            questions=tuple(replace(question, examples=()) for question in self.questions),
        )

    @property
    def figures(self) -> list[Any]:
        """What has to be the same when it is done as when it was shown. Rows that only stay may be more."""
        changed = self.changed if isinstance(self.operation, ConvertField) else 0
        return [changed, self.returned, *self.losses]

    @property
    def losses(self) -> list[Any]:
        """Those of the figures that nobody may be surprised by, however many rows are written meanwhile."""
        return [sorted(self.codes.items()), len(self.repeated)]
