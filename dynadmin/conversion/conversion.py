"""From the values of one field to those of another: what can be, what has to be asked, and the converter."""

from collections.abc import Callable, Collection, Iterable
from functools import cached_property
from typing import Any

from dynadmin.conversion.choices import Choices
from dynadmin.conversion.outcomes import Settle, possible_failures, replacement_of, settler
from dynadmin.conversion.questions import Question
from dynadmin.conversion.reasons import cannot
from dynadmin.conversion.rule import Answers, Convert, Ends, Evidence, Reading, Rows, Rule
from dynadmin.conversion.rules import RULES, why_not
from dynadmin.exceptions import CannotConvert, RefusedChange, Undecided
from dynadmin.fieldtypes.cells import empty_value
from dynadmin.schema import FieldSchema


class Conversion:
    """The conversion of one field's values into another's. Raises UnknownFieldType.

        survey = conversion.survey(values)
        reading = survey.reading(answers)
        convert = conversion.converter(reading)

    ``rows`` and ``old_rows`` tell which rows relations refer to. Otherwise no database is asked: a preview, a
    change in one transaction, one that goes on for hours and its undo all convert with this.
    """

    def __init__(
        self, old: FieldSchema, new: FieldSchema, *, rows: Rows | None = None, old_rows: Rows | None = None
    ) -> None:
        self.old, self.new = old, new
        self.ends = Ends(old=old, new=new, rows=rows, old_rows=old_rows)

    @cached_property
    def rule(self) -> Rule | None:
        kinds = (self.ends.old_kind, self.ends.new_kind)
        if kinds == ("", "") and self.old.type != self.new.type:
            return None
        return RULES.get(kinds)

    @property
    def is_possible(self) -> bool:
        return self.rule is not None

    @property
    def why_not(self) -> str:
        """Why the conversion is not possible, in a sentence; ``""`` when it is."""
        if self.is_possible:
            return ""
        old, new = self.ends.old_type, self.ends.new_type
        sentence = str(why_not(self.ends.old_kind, self.ends.new_kind))
        return sentence % {"old": old.label, "new": new.label} if "%(" in sentence else sentence

    @property
    def how(self) -> str:
        """How values are converted, in a sentence; ``""`` when they cannot be."""
        return str(self.rule.says) if self.rule else ""

    def survey(self, values: Iterable[Any]) -> "Survey":
        """Look at all values of the column, each once. Raises RefusedChange where that is impossible."""
        evidence = self._possible_rule().evidence(self.ends)
        evidence.add(values)
        return Survey(evidence)

    def converter(self, reading: Reading) -> Convert:
        """Return the function from a value to a value of the new field, cleaned by the new model field.

        An empty value becomes the new field's. It raises CannotConvert, and RefusedChange here when the
        conversion is impossible.
        """
        step = self._possible_rule().make(self.ends, reading)
        clean, empty = self.ends.clean(), empty_value(self.ends.new_field)

        def convert(value: Any) -> Any:
            if value is None or (value.__class__ is str and (not value or value.isspace())):
                return clean(empty)
            try:
                return step(value)
            except CannotConvert:
                raise
            except (TypeError, ValueError, AttributeError, ArithmeticError, LookupError):
                # A row holds what no field of its type would take: other programs write tables, too.
                raise cannot("invalid") from None

        return convert

    def preparer(self, reading: Reading) -> Callable[[Collection[Any]], None] | None:
        """Return what has to be told of many values before they are converted; None if nothing has."""
        prepare = self._possible_rule().prepare
        return prepare(self.ends, reading) if prepare else None

    def settler(self, reading: Reading, choices: Choices) -> Settle:
        """Return the function from a value to its ``Outcome``: what will be stored, and what becomes of it.

        Raises RefusedChange when the conversion is impossible, and ValidationError when the choices do not
        fit the new field.
        """
        return settler(self.ends, self._possible_rule(), self.converter(reading), choices)

    def check(self, choices: Choices) -> None:
        """Raise ValidationError, by the key of the choices, when the new field cannot do as they say."""
        replacement_of(self.ends, choices)

    @property
    def possible_failures(self) -> tuple[str, ...]:
        """The words that ``Choices.on_failure`` may be for the new field."""
        return possible_failures(self.ends)

    def _possible_rule(self) -> Rule:
        if self.rule is None:
            raise RefusedChange(self.why_not)
        return self.rule


class Survey:
    """What the values of a column say about how to read them."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence

    def asked(self, answers: Answers) -> tuple[Question, ...]:
        """Return all questions that the values raise, those that have an answer too."""
        return self._evidence.questions(answers)

    def questions(self, answers: Answers) -> tuple[Question, ...]:
        """Return the questions that the answers leave open."""
        return tuple(question for question in self.asked(answers) if not question.is_answered(answers))

    def reading(self, answers: Answers) -> Reading:
        """Return how to read the values, as JSON that a converter is made from. Raises Undecided."""
        if open_questions := self.questions(answers):
            raise Undecided(open_questions)
        return self._evidence.reading(answers)
