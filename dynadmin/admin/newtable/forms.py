"""The forms of a new table from a file: the file, how it is read, the table, and each of its columns."""

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dynadmin import naming
from dynadmin.admin.definitions.fields import type_choices
from dynadmin.admin.definitions.options_widget import OptionsField
from dynadmin.admin.transfer.forms import LONGEST_PASTE
from dynadmin.admin.transfer.readingform import ReadingForm, reading_of
from dynadmin.fieldtypes import field_types
from dynadmin.inference import EMPTY, REFUSE, ColumnProposal, stores_texts
from dynadmin.models import DynamicModel
from dynadmin.newtable import ColumnDraft, Relation
from dynadmin.transfer.readers import Source

_ANSWER = "answer-"


class SourceForm(forms.Form):
    """A file, or cells copied from a spreadsheet; drawn by the template drop.html, on the home page too."""

    file = forms.FileField(required=False)
    pasted = forms.CharField(required=False, strip=False, max_length=LONGEST_PASTE)

    def clean(self) -> dict[str, Any]:
        super().clean()
        if not self.errors and not self.cleaned_data.get("file") and not self.cleaned_data["pasted"].strip():
            self.add_error("file", _("Choose a file, or paste some cells."))
        return self.cleaned_data


class NewReadingForm(ReadingForm):
    """How the file is read, and the time zone of its moments."""

    zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("Of dates with a time that do not say theirs."),
    )

    def __init__(self, source: Source, *, zone: str) -> None:
        super().__init__(initial={**reading_of(source), "zone": zone})
        self.fields["zone"].choices = [(name, name) for name in sorted({zone, *_zones()})]
        self.offer(source)


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


class TableForm(forms.Form):
    """What the table is called."""

    label = forms.CharField(label=gettext_lazy("Label"), max_length=100)
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=naming.MAX_LENGTH,
        help_text=gettext_lazy("How addresses, the API and SQL call it."),
    )

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        naming.validate_table_name(name)
        if DynamicModel.objects.filter(name=name).exists():
            raise ValidationError(_("There is a table of this name already."))
        return name


class ColumnForm(forms.Form):
    """One column: whether it becomes a field, which one, and how its texts are read.

    ``drawn`` is what the page showed, so that what has changed since is known, see ``posted``.
    """

    is_kept = forms.BooleanField(label=gettext_lazy("Take this column"), required=False, initial=True)
    label = forms.CharField(label=gettext_lazy("Label"), max_length=100, required=False)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=naming.MAX_LENGTH, required=False)
    type = forms.ChoiceField(label=gettext_lazy("Type"))
    options = OptionsField(label=gettext_lazy("Options"), required=False)
    relation = forms.ChoiceField(label=gettext_lazy("Refers to"), required=False)
    is_key = forms.BooleanField(label=gettext_lazy("Key"), required=False)
    empty_texts = forms.CharField(label=gettext_lazy("Words for “no value”"), required=False)
    misfits = forms.ChoiceField(
        label=gettext_lazy("What does not fit"),
        required=False,
        choices=[
            (REFUSE, gettext_lazy("Refuse the row")),
            (EMPTY, gettext_lazy("Leave the cell empty")),
        ],
    )
    drawn = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, proposed: ColumnProposal, relations: Sequence[Relation] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, prefix=prefix_of(proposed.position), **kwargs)
        self.proposed = proposed
        self.relations = {relation.id: relation for relation in relations}
        self.fields["type"].choices = _types()
        words = _("“%(table)s” by “%(key)s” (%(found)d of %(seen)d values)")
        told = ((r.id, words % vars(r)) for r in relations)
        self.fields["relation"].choices = [("", _("No other table")), *told]
        for question in proposed.questions:
            self.fields[_ANSWER + question.id] = forms.ChoiceField(
                label=question.text,
                choices=question.choices,
                required=False,
                widget=forms.RadioSelect,
                initial=proposed.answers.get(question.id, ""),
                help_text=", ".join(question.examples),
            )

    @property
    def questions(self) -> list[tuple[forms.BoundField, bool]]:
        """The questions, each with whether it is open."""
        open_ = {question.id for question in self.proposed.open_questions}
        return [
            (self[name], name.removeprefix(_ANSWER) in open_)
            for name in self.fields
            if name.startswith(_ANSWER)
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("is_kept"):
            self._errors.clear()
            return data
        if not data.get("name"):
            data["name"] = naming.propose_name(data.get("label") or self.proposed.label)
        try:
            naming.validate_field_name(data["name"])
        except ValidationError as error:
            self.add_error("name", error)
        if not data.get("relation") and "type" in data and "options" in data:
            self._clean_options(data)
        return data

    def _clean_options(self, data: dict[str, Any]) -> None:
        field_type = field_types[data["type"]]
        if data.get("misfits") == EMPTY:
            data["options"] = with_room(data["type"], data["options"])
        try:
            data["options"] = field_type.clean_options(data["options"])
        except ValidationError as error:
            self.fields["options"].widget.show_errors(_by_option(error))
            self.add_error("options", [message for messages in _messages(error) for message in messages])

    @property
    def draft(self) -> ColumnDraft:
        """The column as chosen; the form is valid."""
        data, proposed = self.cleaned_data, self.proposed
        is_kept = bool(data.get("is_kept"))
        return ColumnDraft(
            position=proposed.position,
            header=proposed.header,
            name=(data.get("name") if is_kept else "") or "",
            label=data.get("label") or proposed.label,
            type=(data.get("type") if is_kept else "") or proposed.type,
            options=data["options"] if is_kept else proposed.options,
            reading=proposed.reading,
            misfits=data.get("misfits") or REFUSE,
            is_skipped=not is_kept,
            is_key=is_kept and bool(data.get("is_key")),
        )

    @property
    def chosen_relation(self) -> Relation | None:
        """The table that the column refers to, as chosen."""
        return self.relations.get(self.cleaned_data.get("relation", ""))


def prefix_of(position: int) -> str:
    return f"column-{position}"


def with_room(slug: str, options: Any) -> Any:
    """Return the options of a field that may be empty."""
    if not isinstance(options, dict):
        return options
    return {**options, "blank": True, **({} if stores_texts(slug) else {"null": True})}


def joined(texts: Iterable[str]) -> str:
    """Return texts as one text that ``split`` cuts again."""
    return ", ".join(text if text.strip() == text else json.dumps(text, ensure_ascii=False) for text in texts)


def split(text: str) -> tuple[str, ...]:
    """Return the texts that are written with commas between them; one with white space around is quoted."""
    parts = (part.strip() for part in text.split(","))
    return tuple(dict.fromkeys(_unquoted(part) for part in parts if part))


def _unquoted(part: str) -> str:
    try:
        return str(json.loads(part)) if part.startswith('"') else part
    except ValueError:
        return part


def _types() -> list[tuple[str, Any]]:
    """Return the types that a column of texts can have, by family."""
    known = {
        t.slug for t in field_types if t.stored == "column" and "target" not in t.options_form.base_fields
    }
    families = ((family, [t for t in types if t[0] in known]) for family, types in type_choices())
    return [(family, types) for family, types in families if types]


def _messages(error: ValidationError) -> Iterable[list[str]]:
    return error.message_dict.values() if hasattr(error, "error_dict") else [error.messages]


def _by_option(error: ValidationError) -> list[ValidationError]:
    errors = error.message_dict if hasattr(error, "error_dict") else {}
    return [
        ValidationError("%(option)s: %(message)s", params={"option": option, "message": message})
        for option, messages in errors.items()
        for message in messages
    ]
