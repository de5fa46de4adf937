"""The forms of the import and export screens."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django import forms
from django.core import signing
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from dynadmin.conf import conf
from dynadmin.exceptions import UploadGone
from dynadmin.naturalkeys import key_candidates
from dynadmin.transfer.formats import Format, read_formats, readable_extensions, written_formats
from dynadmin.transfer.readers import Source
from dynadmin.transfer.references import Reference, relations_of, target_of
from dynadmin.transfer.sniff import DELIMITERS, ENCODINGS

_SALT = "dynadmin.admin.transfer"


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What a person has chosen for an import, and seen the preview of. `upload` is the token of the file."""

    upload: str
    format: str
    encoding: str | None = None
    delimiter: str | None = None
    empty_texts: tuple[str, ...] = ()
    key: tuple[str, ...] | None = None
    by_hand: Mapping[int, str | None] | None = None
    references: Mapping[str, Reference] | None = None

    def sign(self) -> str:
        """Return the choices as a text that cannot be altered."""
        return signing.dumps(asdict(self), salt=_SALT)

    @classmethod
    def read(cls, signed: str) -> "Choices":
        """Return the choices that were signed. Raises UploadGone when they were altered or are too old."""
        try:
            values = signing.loads(signed, salt=_SALT, max_age=conf.UPLOAD_MAX_AGE_S)
        except signing.BadSignature:
            raise UploadGone(str(_("The preview is too old. Please choose the file again."))) from None
        by_hand = values.pop("by_hand")
        key, empty_texts = values.pop("key"), values.pop("empty_texts")
        references = values.pop("references")
        return cls(
            **values,
            key=None if key is None else tuple(key),
            empty_texts=tuple(empty_texts),
            # JSON has turned the positions into texts.
            by_hand=None if by_hand is None else {int(at): name for at, name in by_hand.items()},
            references=None
            if references is None
            else {name: Reference(**told) for name, told in references.items()},
        )


class UploadForm(forms.Form):
    """The first screen: a file, and what it is when its name does not tell."""

    import_file = forms.FileField(
        label=_("File"),
        help_text=_("CSV, TSV, Excel, OpenDocument, JSON, NDJSON or Parquet, also as gzip or ZIP of one."),
    )
    format = forms.ChoiceField(label=_("Format"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["import_file"].widget.attrs["accept"] = ",".join(readable_extensions())
        self.fields["format"].choices = [("", _("As the name of the file says")), *_choices(read_formats())]


class SettingsForm(forms.Form):
    """The second screen: how the file is read, which column fills which field, what tells existing rows.

    `drawn_for` are encoding and delimiter as the form was drawn: when they change, so do the columns, and
    what was chosen for the old ones is of no use.
    """

    encoding = forms.ChoiceField(label=_("Encoding"), choices=list(ENCODINGS.items()))
    delimiter = forms.ChoiceField(label=_("Delimiter"), choices=list(DELIMITERS.items()))
    empty_texts = forms.CharField(
        label=_("Read as empty"),
        required=False,
        help_text=_("Texts that stand for “no value”, separated by commas, such as NA, N/A, NULL."),
    )
    drawn_for = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, source: Source, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.source = source
        if not source.format.is_delimited:
            del self.fields["encoding"], self.fields["delimiter"]
            return
        for name, value in (("encoding", source.encoding), ("delimiter", source.delimiter)):
            # What was detected may be none of those offered.
            if value not in dict(self.fields[name].choices):
                self.fields[name].choices = [*self.fields[name].choices, (value, value)]

    @staticmethod
    def initial_for(source: Source, empty_texts: Sequence[str]) -> dict[str, Any]:
        """Return the values with which the form shows how a file was read."""
        return {
            "encoding": source.encoding,
            "delimiter": source.delimiter,
            "empty_texts": ", ".join(empty_texts),
            "drawn_for": drawn_for(source.encoding, source.delimiter),
        }

    def chosen_empty_texts(self, *, also: Sequence[str] = ()) -> tuple[str, ...]:
        """Return the texts to read as empty: those typed in, and those a button has added."""
        texts = [*self.cleaned_data["empty_texts"].split(","), *also]
        return tuple(dict.fromkeys(text.strip() for text in texts if text.strip()))


def drawn_for(encoding: str | None, delimiter: str | None) -> str:
    """Return what the form remembers of how the file was read when it was drawn."""
    return f"{encoding} {delimiter!r}"


class ExportForm(forms.Form):
    """The screen of an export: the format and the columns."""

    format = forms.ChoiceField(label=_("Format"))
    fields_ = forms.MultipleChoiceField(label=_("Columns"), widget=forms.CheckboxSelectMultiple)
    escape = forms.BooleanField(
        label=_("Protect spreadsheets from formulas"),
        required=False,
        initial=True,
        help_text=_("Texts that begin like a formula get an apostrophe, which the import takes off again."),
    )

    def __init__(self, *args: Any, fields: Mapping[str, models.Field], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["format"].choices = _choices(written_formats())
        choices = [(name, capfirst(str(field.verbose_name))) for name, field in fields.items()]
        self.fields["fields_"].choices = choices
        self.fields["fields_"].initial = list(fields)
        for name, field in relations_of(fields).items():
            self.fields[f"by_{name}"] = forms.ChoiceField(
                label=capfirst(str(field.verbose_name)),
                required=False,
                choices=[("", _("What tells every row")), *key_choices(field)],
            )

    def relation_fields(self) -> list[forms.BoundField]:
        """Return the choices of columns that tell the rows of relations."""
        return [self[name] for name in self.fields if name.startswith("by_")]

    def chosen_references(self) -> dict[str, str]:
        """Return by relation the column that was chosen to tell its rows."""
        chosen = {
            name.removeprefix("by_"): by for name, by in self.cleaned_data.items() if name.startswith("by_")
        }
        return {name: by for name, by in chosen.items() if by and name in self.cleaned_data["fields_"]}


def key_choices(field: models.Field) -> list[tuple[str, str]]:
    """Return the columns that may tell the rows of a relation, as people read them."""
    keys = key_candidates(target_of(field))
    return [(key.name, str(capfirst(key.verbose_name))) for key in keys]


def _choices(formats: list[Format]) -> list[tuple[str, Any]]:
    return [(format_.slug, format_.label) for format_ in formats]
