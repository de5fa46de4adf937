"""The entries of a file as forms: which keys they have, and what may stand under each."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dynadmin import naming
from dynadmin.constraints import KINDS
from dynadmin.displays import LONGEST
from dynadmin.kinds import PLAIN
from dynadmin.options import OptionsForm


class EntryForm(OptionsForm):
    """What tables, fields and constraints have in common."""

    key = forms.UUIDField(label=_("Key"), required=False)
    label = forms.CharField(label=_("Label"), required=False, max_length=100)

    def canonical(self) -> dict[str, Any]:
        """Return the entry with all its keys; the key of the entry itself as text."""
        return {name: _text(self.cleaned_data[name]) for name in self.fields}


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    return "" if value is None else str(value)


class TableForm(EntryForm):
    name = forms.CharField(
        label=_("Name"), max_length=naming.MAX_LENGTH, validators=[naming.validate_table_name]
    )
    description = forms.CharField(label=_("Description"), required=False, max_length=2000, strip=False)
    folder = forms.CharField(label=_("Folder"), required=False, max_length=60)
    display = forms.CharField(label=_("Rows are called"), required=False, max_length=LONGEST)
    kind = forms.CharField(label=_("Kind"), required=False, max_length=50, initial=PLAIN)
    keeps_history = forms.BooleanField(label=_("Row history"), required=False, initial=True)


class FieldForm(EntryForm):
    name = forms.CharField(
        label=_("Name"), max_length=naming.MAX_LENGTH, validators=[naming.validate_field_name]
    )
    type = forms.CharField(label=_("Type"), max_length=50)


class ConstraintForm(EntryForm):
    label = forms.CharField(label=_("Message"), required=False, max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=[(slug, slug) for slug in KINDS])
