"""The forms of the import and export screens."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from dynadmin.admin.transfer.readingform import READING, ReadingForm, reading_of
from dynadmin.naturalkeys import key_candidates
from dynadmin.transfer.formats import Format, read_formats, readable_extensions, written_formats
from dynadmin.transfer.options import ImportOptions
from dynadmin.transfer.readers import Source
from dynadmin.transfer.references import relations_of, target_of
from dynadmin.transfer.texts import storable

# Pasted cells; a file takes more.
LONGEST_PASTE = 2_000_000
PASTED = "pasted.tsv"


class UploadForm(forms.Form):
    """The first screen: a file, and what it is when its name does not tell."""

    import_file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("CSV, TSV, Excel, OpenDocument, JSON, NDJSON or Parquet, also as gzip or ZIP of one."),
    )
    format = forms.ChoiceField(label=_("Format"), required=False)
    pasted = forms.CharField(
        label=_("Or cells from a spreadsheet"),
        required=False,
        strip=False,
        max_length=LONGEST_PASTE,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60, "spellcheck": "false"}),
        help_text=_("Copied there and pasted here, with the names of the columns in the first row."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["import_file"].widget.attrs["accept"] = ",".join(readable_extensions())
        self.fields["format"].choices = [("", _("As the file itself shows")), *_choices(read_formats())]

    def clean(self) -> dict[str, Any]:
        super().clean()
        given = self.cleaned_data.get("import_file") or self.cleaned_data.get("pasted", "").strip()
        if not self.errors and not given:
            self.add_error("import_file", _("Choose a file, or paste some cells."))
        return self.cleaned_data

    @property
    def content(self) -> tuple[str, Iterable[bytes]]:
        """The name of the file and what is in it; of pasted cells, those of a file that they could be."""
        file = self.cleaned_data["import_file"]
        return (file.name, file.chunks()) if file else (PASTED, [self.cleaned_data["pasted"].encode()])


class SettingsForm(ReadingForm):
    """The second screen: how the file is read, and what becomes of rows.

    `drawn_for` is how the file was read when the form was drawn: when that changes, so do the columns, and
    what was chosen for the old ones is of no use.
    """

    empty_texts = forms.CharField(
        label=_("Read as empty"),
        required=False,
        help_text=_("Texts that stand for “no value”, separated by commas, such as NA, N/A, NULL."),
    )
    existing = forms.ChoiceField(
        label=_("Rows that exist"),
        choices=[
            ("update", _("take the values of the file")),
            ("fill", _("take them only where they have none")),
            ("skip", _("stay as they are")),
            ("refuse", _("are refused")),
        ],
        help_text=_("The key, below, tells which rows exist."),
    )
    missing = forms.ChoiceField(
        label=_("Rows that the file lacks"),
        choices=[("keep", _("stay in the table")), ("retire", _("are deleted from the table"))],
    )
    empty_cells = forms.ChoiceField(
        label=_("Empty cells"),
        choices=[("clear", _("empty what a row has")), ("keep", _("leave what a row has"))],
    )
    drawn_for = forms.CharField(widget=forms.HiddenInput, required=False)

    policy_names = ("existing", "missing", "empty_cells")

    def __init__(
        self, *args: Any, source: Source, may_change: bool = True, may_delete: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.source = source
        self.offer(source)
        if not may_change:
            del self.fields["existing"], self.fields["empty_cells"]
        if not may_change or not may_delete:
            del self.fields["missing"]

    @classmethod
    def initial_for(cls, source: Source, options: ImportOptions) -> dict[str, Any]:
        """Return the values with which the form shows how a file was read and is taken."""
        return {
            **reading_of(source),
            **{name: getattr(options, name) for name in cls.policy_names},
            "empty_texts": ", ".join(options.empty_texts),
            "drawn_for": drawn_for(source),
        }

    def chosen_reading(self) -> dict[str, Any]:
        """Return how the file is to be opened."""
        return {name: self.cleaned_data[name] for name in READING if name in self.fields}

    def chosen_options(
        self, *, constants: Mapping[str, str], also_empty: Sequence[str] = ()
    ) -> ImportOptions:
        """Return how rows are taken. ``also_empty`` are texts that a button has added to the empty ones."""
        texts = [*self.cleaned_data["empty_texts"].split(","), *map(storable, also_empty)]
        empty_texts = tuple(dict.fromkeys(text.strip() for text in texts if text.strip()))
        policies = {name: self.cleaned_data[name] for name in self.policy_names if name in self.fields}
        return ImportOptions(constants=dict(constants), empty_texts=empty_texts, **policies)


def drawn_for(source: Source) -> str:
    """Return what the form remembers of how the file was read when it was drawn."""
    return repr(list(reading_of(source).values()))


class ExportForm(forms.Form):
    """The screen of an export: the format and the columns. ``shown`` are those of the list, in its order."""

    format = forms.ChoiceField(label=_("Format"))
    labels = forms.TypedChoiceField(
        label=_("Values"),
        required=False,
        coerce=bool,
        empty_value=False,
        choices=[
            ("", _("As they are stored: for programs, and to import them again")),
            ("1", _("As people read them: labels of choices, what rows are called")),
        ],
    )
    columns = forms.ChoiceField(
        label=_("Columns"),
        required=False,
        choices=[("shown", _("Those of the list")), ("all", _("All")), ("", _("Those ticked here"))],
    )
    fields_ = forms.MultipleChoiceField(
        label=_("Columns"), required=False, widget=forms.CheckboxSelectMultiple
    )
    in_background = forms.BooleanField(
        label=_("Have it made in the background"),
        required=False,
        help_text=_("A page says when the file is ready. Large ones are made so anyway."),
    )
    escape = forms.BooleanField(
        label=_("Protect spreadsheets from formulas"),
        required=False,
        initial=True,
        help_text=_("Texts that begin like a formula get an apostrophe, which the import takes off again."),
    )

    def __init__(
        self, *args: Any, fields: Mapping[str, models.Field], shown: Sequence[str] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._names = list(fields)
        self.shown = [name for name in shown if name in fields]
        fields = {name: fields[name] for name in (*self.shown, *fields)}
        self.fields["columns"].initial = "shown" if self.shown else "all"
        self.fields["format"].choices = _choices(written_formats())
        choices = [(name, capfirst(str(field.verbose_name))) for name, field in fields.items()]
        self.fields["fields_"].choices = choices
        self.fields["fields_"].initial = self.shown or list(fields)
        for name, field in relations_of(fields).items():
            self.fields[f"by_{name}"] = forms.ChoiceField(
                label=capfirst(str(field.verbose_name)),
                required=False,
                choices=[("", _("What tells every row")), *key_choices(field)],
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("columns") == "shown":
            cleaned["fields_"] = self.shown
        elif cleaned.get("columns") == "all":
            cleaned["fields_"] = self._names
        if not cleaned.get("fields_"):
            self.add_error("fields_", _("Choose at least one column."))
        return cleaned

    @property
    def options(self) -> dict[str, Any]:
        """What was chosen, as arguments of ``export_rows``."""
        chosen = self.cleaned_data
        return {
            "format": chosen["format"],
            "fields": chosen["fields_"],
            "escape": chosen["escape"],
            "labels": chosen["labels"],
            "references": {} if chosen["labels"] else self.chosen_references(),
        }

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
