"""The form of a table's definition: what it is called, and whether somebody else saved it meanwhile."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dynadmin import naming
from dynadmin.admin.definitions.posted_fields import names_for_display
from dynadmin.displays import LONGEST, parse_display
from dynadmin.kinds import kinds
from dynadmin.models import DynamicModel

DISPLAY_HELP = _(
    "How lists and other tables name a row: names of fields in braces, with any text between them, as "
    "{first_name} {last_name}. Empty: the first text field."
)
NAME_HELP = _("Proposed from the label as you type. Addresses, files, the API and SQL use it.")
CONFLICT = _(
    "Somebody else saved this table after you opened it, so nothing was saved. What you see here is yours. "
    "Save again to put it in place of theirs."
)


class HiddenNumber(forms.IntegerField):
    """A number the page carries along; junk in it is as good as none."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> int | None:
        try:
            return super().clean(value)
        except ValidationError:
            return None


class KindField(forms.ChoiceField):
    """The kinds of tables, with what each of them is."""

    def offer(self, current: str) -> None:
        """Offer the kinds there are; that of the table is among them also where nobody could choose it."""
        unknown = [] if current in kinds else [(current, _("%(slug)s (not installed)") % {"slug": current})]
        self.choices = [*kinds.choices(), *unknown]
        self.help_text = " ".join(f"{kind.label}: {kind.description}" for kind in kinds if kind.description)


class DefinitionForm(forms.ModelForm):
    """What a table is called. ``version`` tells whether somebody else saved since the page was opened."""

    version = HiddenNumber(required=False)
    name = forms.CharField(label=_("Name"), required=False, max_length=naming.MAX_LENGTH, help_text=NAME_HELP)
    display_text = forms.CharField(
        label=_("Rows are called"), required=False, max_length=LONGEST, help_text=DISPLAY_HELP
    )

    kind = KindField(label=_("Kind"), required=False)
    keeps_history = forms.TypedChoiceField(
        label=_("Row history"),
        required=False,
        choices=[(True, _("Kept")), (False, _("Not kept"))],
        coerce=lambda value: value == "True",
        empty_value=None,
        help_text=_("Whether each change of a row is written down: who, when, and what it was before."),
    )

    class Meta:
        model = DynamicModel
        fields = ["label", "name", "description", "folder", "kind", "keeps_history"]
        widgets = {"description": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("version", self.instance.version)
        self.initial.setdefault("kind", self.instance.kind)
        self.fields["kind"].offer(self.instance.kind)
        if self.instance.pk:
            self.initial["label"] = str(self.instance)
            self.initial["display_text"] = self.instance.display_text
        # A text may still name a field as it was called before this very page renames it.
        saved = self.is_bound and self.instance.pk
        self._names_before = dict(self.instance.fields.values_list("name", "pk")) if saved else {}

    def clean(self) -> dict[str, Any]:
        super().clean()
        name = self.cleaned_data.get("name")
        if name == "":
            self._propose_name()
        elif name and DynamicModel.objects.filter(name=name).exclude(pk=self.instance.pk).exists():
            words = {"name": name, "free": propose_table_name(name)}
            self.add_error("name", _("Another table is called “%(name)s”. “%(free)s” is free.") % words)
        self._refuse_stale_version()
        return self.cleaned_data

    def clean_kind(self) -> str:
        return self.cleaned_data["kind"] or self.instance.kind

    def clean_keeps_history(self) -> bool:
        kept = self.cleaned_data["keeps_history"]
        return self.instance.keeps_history if kept is None else kept

    def clean_display_text(self) -> str:
        text = self.cleaned_data["display_text"]
        if text != self.initial.get("display_text", ""):
            parse_display(text, dict.fromkeys(names_for_display(self.data, self._names_before), 0))
        return text

    def save_display(self) -> None:
        """Keep what rows are called, once the fields that the text names are saved."""
        definition = self.instance
        text = self.cleaned_data["display_text"]
        if text != self.initial.get("display_text", ""):
            definition.set_display(text, earlier_names=self._names_before)
            definition.save(update_fields=["display"])

    def _propose_name(self) -> None:
        if label := self.cleaned_data.get("label"):
            self.cleaned_data["name"] = propose_table_name(label)
        elif "label" not in self.errors:
            self.add_error("label", _("Give the table a label."))

    def _refuse_stale_version(self) -> None:
        if self.instance.pk is None or self.cleaned_data.get("version") == self.instance.version:
            return
        # The page that shows this error carries the newer version: saving it again is a deliberate act.
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = str(self.instance.version)
        raise ValidationError(CONFLICT, code="conflict")

    @property
    def is_conflict(self) -> bool:
        """Whether the form was refused because somebody else saved meanwhile."""
        return self.is_bound and self.has_error("__all__", code="conflict")

    def save(self, commit: bool = True) -> DynamicModel:
        self.instance.version += bool(self.instance.pk)
        return super().save(commit)


def propose_table_name(label: str) -> str:
    """Return a free name for a table."""
    taken = DynamicModel.objects.values_list("name", flat=True)
    return naming.propose_name(label, frozenset(taken), kind="table")
