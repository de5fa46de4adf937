"""What a file would be as a table: values for the page, the command and the import that follow."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dynadmin.conversion import Question

REFUSE, EMPTY = "refuse", "empty"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a person has said about a column; what they have not is found out.

    ``answers`` are by the id of a question. ``empty`` are the texts that stand for no value.
    """

    type: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    empty: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class ColumnProposal:
    """One column of the file as a field of the table.

    ``reading`` is how its texts are read, as JSON; it counts as soon as no question is open. ``values`` are
    the cells that have one, ``misfits`` those among them that do not fit the type.
    """

    position: int
    header: str
    label: str
    type: str
    options: Mapping[str, Any]
    reason: str
    reading: Mapping[str, Any] = field(default_factory=dict)
    samples: tuple[str, ...] = ()
    values: int = 0
    empties: int = 0
    empty_texts: tuple[str, ...] = ()
    misfits: int = 0
    misfit_samples: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)

    @property
    def open_questions(self) -> tuple[Question, ...]:
        """The questions without an answer."""
        return tuple(question for question in self.questions if not question.is_answered(self.answers))


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A table for all rows of a file. ``ragged`` rows have more or fewer cells than there are columns."""

    columns: tuple[ColumnProposal, ...]
    rows: int
    ragged: int = 0

    @property
    def open_questions(self) -> tuple[tuple[ColumnProposal, Question], ...]:
        """The questions that have to be answered before there can be a table."""
        return tuple((column, question) for column in self.columns for question in column.open_questions)
