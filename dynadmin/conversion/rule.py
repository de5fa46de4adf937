"""What a rule of conversion is: it looks at all values, then makes the function that converts each."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.db import models

from dynadmin.conversion.questions import Question
from dynadmin.conversion.reasons import cannot, refusal_of
from dynadmin.fieldtypes import FieldType, field_types
from dynadmin.fieldtypes.cells import text_writer
from dynadmin.schema import FieldSchema

Answers = Mapping[str, Any]
Reading = dict[str, Any]
Convert = Callable[[Any], Any]


@dataclass(frozen=True, kw_only=True)
class RowKey:
    """A column that may tell rows: its name and label for people, and what it is in the database."""

    name: str
    label: str
    column: str


class Rows(Protocol):
    """The rows that a relation refers to, told by the text of a value in one of their columns."""

    label: str

    def candidates(self) -> Sequence[RowKey]:
        """Return the columns that may tell rows, the best first."""

    def telling_keys(self) -> Sequence[RowKey]:
        """Return those that tell every row there is, the best first; the id always does."""

    def may_be_made(self) -> bool:
        """Return whether new rows can be made from a value alone."""

    def count(self, column: str, texts: Collection[str]) -> int:
        """Return how many of the texts tell a row."""

    def learn(self, column: str, texts: Collection[str]) -> None:
        """Ask which rows these texts tell."""

    def row(self, column: str, text: str) -> Any:
        """Return the id of the row that a text tells. Raises CannotConvert."""

    def learn_rows(self, column: str, pks: Collection[Any]) -> None:
        """Ask what tells these rows."""

    def text(self, column: str, pk: Any) -> str | None:
        """Return what tells a row; None if it is gone."""


@dataclass(frozen=True, kw_only=True)
class Ends:
    """The two fields of a conversion; ``rows`` and ``old_rows`` are those that they refer to, if known."""

    old: FieldSchema
    new: FieldSchema
    rows: Rows | None = None
    old_rows: Rows | None = None

    @cached_property
    def old_type(self) -> FieldType:
        return field_types[self.old.type]

    @cached_property
    def new_type(self) -> FieldType:
        return field_types[self.new.type]

    @cached_property
    def old_field(self) -> models.Field:
        return self.old_type.model_field(self.old.options)

    @cached_property
    def new_field(self) -> models.Field:
        return self.new_type.model_field(self.new.options)

    @cached_property
    def old_kind(self) -> str:
        return self.old_type.kind_of(self.old.options)

    @cached_property
    def new_kind(self) -> str:
        return self.new_type.kind_of(self.new.options)

    def clean(self) -> Convert:
        """Return the new field's ``clean``, which has the last word on every value. Raises CannotConvert."""
        clean, kind = self.new_field.clean, self.new_kind

        def check(value: Any) -> Any:
            try:
                return clean(value, None)
            except ValidationError as error:
                raise refusal_of(error, kind) from None
            except (TypeError, ValueError, ArithmeticError):
                # A field of somebody else's may be less careful than ours.
                raise cannot("invalid") from None

        return check

    def write(self) -> Callable[[Any], str]:
        """Return the function that writes a value of the old field, never None, as text.

        It also writes what no field of the type would take: other programs write tables, too.
        """
        writer = text_writer(self.old_field)
        return str if writer is str else _forgiving(writer)


def _forgiving(writer: Callable[[Any], str]) -> Callable[[Any], str]:
    def write(value: Any) -> str:
        try:
            return writer(value)
        except (TypeError, ValueError, AttributeError):
            return str(value)

    return write


class Evidence:
    """What all values of a column say about how to read them. This one asks nothing.

    It is the same whatever order the values come in.
    """

    def __init__(self, ends: Ends) -> None:
        self.ends = ends

    def add(self, values: Iterable[Any]) -> None:
        """Look at values. None and empty ones say nothing."""
        for _value in values:
            return

    def questions(self, answers: Answers) -> tuple[Question, ...]:
        """Return what a person has to decide, answered or not."""
        return ()

    def reading(self, answers: Answers) -> Reading:
        """Return everything decided, as JSON; called when no question is open."""
        return {}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How values of one kind become values of another. ``says`` is that in words, for people.

    ``make`` gets the two fields and the reading, and returns the function that converts a value that is not
    empty; it raises CannotConvert. ``keeps`` says that it returns the same value, if written otherwise.
    ``prepare`` returns a function that is told of many values before they are converted.
    """

    says: Any
    make: Callable[[Ends, Reading], Convert]
    evidence: type[Evidence] = Evidence
    keeps: bool = False
    prepare: Callable[[Ends, Reading], Callable[[Collection[Any]], None]] | None = None
