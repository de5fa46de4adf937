"""What a person decides about the values of each field, as forms: read from an address or from a post."""

from collections.abc import Iterable, Iterator, Mapping
from functools import singledispatch
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from dynadmin import executor
from dynadmin.conversion import ON_FAILURE, Choices, Question
from dynadmin.conversion.choices import CREATE, EMPTY, KEEP, LONGEST_ANSWER, STOP, VALUE
from dynadmin.exceptions import UnknownFieldType
from dynadmin.executor import Report
from dynadmin.factory import build_field
from dynadmin.fieldtypes.cells import from_text
from dynadmin.plan import AddField, AlterField, ConvertField, Operation, Plan, RestoreField
from dynadmin.schema import Schema

LONGEST_VALUE = 2000
MOST_ANSWERS = 20
ANSWER = "answer-"
PROPOSED = "proposed-"

# The plan of a draft that cannot be planned.
NOTHING = Plan(base_revision=0, base=Schema(), target=Schema())


@singledispatch
def possible_words(operation: Operation) -> tuple[str, ...]:
    """Return what may become of values that do not fit; nothing if there is nothing to decide."""
    return ()


@possible_words.register
def _words_of_converting(operation: AlterField | ConvertField) -> tuple[str, ...]:
    conversion = executor.conversion_of(operation.old, operation.field)
    return conversion.possible_failures if operation.can_fail and conversion.is_possible else ()


@possible_words.register
def _words_of_giving(operation: AddField | RestoreField) -> tuple[str, ...]:
    # One value for all rows is more than a unique field takes, except where there is only one.
    return (STOP, VALUE) if operation.can_fail else ()


def _words_known(operation: Operation) -> tuple[str, ...]:
    """Return the same; nothing either where a type is not installed, which the preview tells."""
    try:
        return possible_words(operation)
    except UnknownFieldType:
        return ()


@singledispatch
def check_choices(operation: Operation, choices: Choices) -> None:
    """Raise ValidationError, by the key of the choices, when the field cannot do as they say."""
    executor.conversion_of(operation.old, operation.field).check(choices)  # type: ignore[attr-defined]


@check_choices.register
def _check_given_value(operation: AddField | RestoreField, choices: Choices) -> None:
    if choices.on_failure == VALUE:
        try:
            from_text(build_field(operation.field), choices.value)
        except ValidationError as error:
            raise ValidationError({"value": error.messages}) from error


class ChoiceForm(forms.Form):
    """What becomes of values of one field that do not fit, and how the others are to be read."""

    on_failure = forms.ChoiceField(widget=forms.RadioSelect)
    value = forms.CharField(required=False, max_length=LONGEST_VALUE)

    def __init__(self, data: Mapping[str, str], *, operation: Any, words: tuple[str, ...]) -> None:
        prefix = f"f{operation.field.id:d}"
        own = {key: data[key] for key in data if key.startswith(f"{prefix}-")}
        super().__init__({f"{prefix}-on_failure": STOP, **own}, prefix=prefix)
        self.operation = operation
        labels = _labels(operation)
        self.fields["on_failure"].choices = [(word, labels[word]) for word in ON_FAILURE if word in words]
        self.fields["value"].label = _("The value")
        self._examples: dict[str, tuple[str, ...]] = {}

    def clean(self) -> dict[str, Any]:
        super().clean()
        if not self.errors:
            try:
                check_choices(self.operation, self._choices(self.cleaned_data))
            except ValidationError as error:
                self.add_error(None, error)
        return self.cleaned_data

    @property
    def choices(self) -> Choices:
        """What was decided. A decision that cannot be is none, but the answers stay."""
        return self._choices(self.cleaned_data if self.is_valid() else {})

    def _choices(self, data: Mapping[str, Any]) -> Choices:
        on_failure = data.get("on_failure", STOP)
        value = data["value"] if on_failure == VALUE else ""
        return Choices(on_failure=on_failure, value=value, answers=self._answers)

    @property
    def _answers(self) -> dict[str, str]:
        start = self.add_prefix(ANSWER)
        given = {
            key.removeprefix(start): text
            for key, text in self.data.items()
            if key.startswith(start) and not self.is_proposed(key)
        }
        return {key: text[:LONGEST_ANSWER] for key, text in list(given.items())[:MOST_ANSWERS]}

    def is_proposed(self, key: str) -> bool:
        """Whether an answer is the one that the page proposed, or this says which it was."""
        if key.startswith(self.add_prefix(PROPOSED)):
            return True
        question = key.removeprefix(self.add_prefix(ANSWER))
        return self.data[key] == self.data.get(self.add_prefix(f"{PROPOSED}{question}"))

    # --- For the page ---

    def ask(self, questions: Iterable[Question]) -> None:
        """Put the questions that the values raise into the form; it has the answers already."""
        for question in questions:
            name = f"{ANSWER}{question.id}"
            self._examples[name] = question.examples
            if question.proposed:
                self.data[self.add_prefix(f"{PROPOSED}{question.id}")] = question.proposed
                self.data.setdefault(self.add_prefix(name), question.proposed)
            self.fields[name] = forms.ChoiceField(
                label=question.text, choices=question.choices, widget=forms.RadioSelect, required=False
            )

    @property
    def proposals(self) -> Iterator[tuple[str, str]]:
        """Yield what was proposed, by the name under which it comes back."""
        start = self.add_prefix(PROPOSED)
        return ((key, text) for key, text in self.data.items() if key.startswith(start))

    @property
    def asks(self) -> bool:
        """Whether the values raise any question."""
        return bool(self._examples)

    @property
    def questions(self) -> Iterator[tuple[forms.BoundField, tuple[str, ...]]]:
        """Yield each question with its examples."""
        return ((self[name], examples) for name, examples in self._examples.items())


def _labels(operation: Any) -> dict[str, str]:
    words = operation.words
    if isinstance(operation, AddField | RestoreField):
        return {
            STOP: _("Add no such field: I change its options first"),
            VALUE: _("Give them this value:"),
        }
    return {
        STOP: _("Change nothing: I mend them first"),
        EMPTY: _("Leave them empty"),
        VALUE: _("Give them this value:"),
        CREATE: _("Make new rows of the table that “%(field)s” refers to from them") % words,
        KEEP: _("Leave them empty, and keep their text in a second field, “%(field)s (original)”") % words,
    }


class PlanForms:
    """The forms of all fields of a plan, by their ids. ``plan`` is as it is before anything was decided."""

    def __init__(self, plan: Plan, data: Mapping[str, str]) -> None:
        self.by_field = {
            operation.field.id: ChoiceForm(data, operation=operation, words=words)  # type: ignore[attr-defined]
            for operation in plan.operations
            if (words := _words_known(operation))
        }

    def is_valid(self) -> bool:
        return all(form.is_valid() for form in self.by_field.values())

    @property
    def choices(self) -> dict[int, Choices]:
        """What was decided, by the id of the field; only of fields about which something was."""
        decided = {id: form.choices for id, form in self.by_field.items()}
        return {id: choices for id, choices in decided.items() if choices != Choices()}

    @property
    def choices_by_name(self) -> dict[tuple[str, str], Choices]:
        """The same by the names of table and field."""
        operations = {id: form.operation for id, form in self.by_field.items()}
        return {
            (operations[id].table.name, operations[id].field.name): choices
            for id, choices in self.choices.items()
        }

    @property
    def query(self) -> str:
        """All that was put in, as part of an address."""
        pairs = [
            (key, value)
            for form in self.by_field.values()
            for key, value in form.data.items()
            if value and not form.is_proposed(key) and (key, value) != (form.add_prefix("on_failure"), STOP)
        ]
        return urlencode(pairs)

    def ask(self, reports: Iterable[Report]) -> None:
        """Put into each form what the values of its field raise."""
        for report in reports:
            if form := self.by_field.get(report.operation.field.id):
                form.ask(report.questions)
