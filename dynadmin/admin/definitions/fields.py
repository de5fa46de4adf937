"""The form of one field of a table: its label, name, type, options and place."""

import json
from collections.abc import Collection, Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from dynadmin import naming
from dynadmin.admin.definitions.forms import HiddenNumber
from dynadmin.admin.definitions.options_widget import OptionsField, read_json
from dynadmin.conf import conf
from dynadmin.fieldtypes import field_types
from dynadmin.kinds import lock_reason, short_reason
from dynadmin.models import DynamicField
from dynadmin.models.limits import limit_by_names

# What nobody changes of a field under lock.
LOCKED = ("name", "type", "options")


class PositionField(HiddenNumber):
    """Where a field stands. An empty row that was only moved is still an empty row."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return initial is not None and super().has_changed(initial, data)


class FieldForm(forms.ModelForm):
    """One field of a table.

    ``taken`` are names that other rows have; ``applied`` are the fields of which rows may hold values. Of one
    that is under lock, as the kind of the table has brought it, only label and place may be others.
    """

    name = forms.CharField(label=_("Name"), required=False, max_length=naming.MAX_LENGTH)
    type = forms.ChoiceField(label=_("Type"), initial="char")
    options = OptionsField(label=_("Options"), required=False)
    position = PositionField(required=False, min_value=0, max_value=10_000)

    class Meta:
        model = DynamicField
        fields = ["label", "name", "type", "options", "position"]

    def __init__(self, *args: Any, taken: set[str], applied: Collection[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.taken = taken
        self.is_applied = self.instance.pk in applied
        if self.instance.pk:
            self.initial["label"] = str(self.instance)
            self.initial["options"] = limit_by_names(self.instance)
        else:
            self.initial["position"] = None
        self.fields["type"].choices = type_choices(self.instance.type)
        self.is_locked = bool(self.instance.required_by)
        if self.is_locked:
            for name in LOCKED:
                self.fields[name].disabled = True

    @property
    def lock(self) -> str:
        """Why the field is under lock, in a few words; "" if it is not."""
        return short_reason(self.instance.as_schema()) if self.is_locked else ""

    def clean(self) -> dict[str, Any]:
        super().clean()
        if self.is_locked and self._is_to_be_deleted():
            self.cleaned_data["DELETE"] = False
            raise ValidationError(lock_reason(self.instance.as_schema()), code="locked")
        if self.cleaned_data.get("name") == "" and not self._is_to_be_deleted():
            self._propose_name()
        if self.cleaned_data.get("position") is None:
            self.cleaned_data["position"] = self.instance.position or conf.MAX_FIELDS
        return self.cleaned_data

    def _is_to_be_deleted(self) -> bool:
        return bool(self.cleaned_data.get("DELETE"))

    def _propose_name(self) -> None:
        if label := self.cleaned_data.get("label"):
            self.cleaned_data["name"] = naming.propose_name(label, self.taken)
            self.taken.add(self.cleaned_data["name"])
        elif "label" not in self.errors:
            self.add_error("label", _("Give the field a label."))

    def _post_clean(self) -> None:
        super()._post_clean()
        # The model has run the form of options; its errors go to the editor, each beside its option.
        self.fields["options"].widget.show_errors(self._errors_of_options())

    @property
    def given_type(self) -> str:
        """The type that was sent, which may be none."""
        return str(self["type"].data)

    @property
    def given_options(self) -> dict[str, Any]:
        """The options that were sent; none if they are not an object."""
        options = read_json(self["options"].data or "")
        return options if isinstance(options, dict) else {}

    def offer(self, option: str, value: Any, message: str) -> None:
        """Fill an option in that was refused, and show a message in the place of its errors."""
        options = {**self.given_options, option: value}
        self.data = self.data.copy()
        self.data[self.add_prefix("options")] = json.dumps(options)
        words = "%(option)s: %(message)s"
        offered = ValidationError(words, params={"option": option, "message": message})
        others = [e for e in self.errors.as_data()["options"] if (e.params or {}).get("option") != option]
        self.errors["options"] = self.error_class([*others, offered])
        self.fields["options"].widget.show_errors(self._errors_of_options())

    def validate_constraints(self) -> None:
        """Leave it to the formset: names may change places, which one row alone cannot tell from a clash."""

    def _errors_of_options(self) -> Iterator[ValidationError]:
        slug = self.cleaned_data.get("type")
        known = field_types[slug].options_form.base_fields if slug in field_types else {}
        for error in self.errors.as_data().get("options", ()):
            if error.params and error.params.get("option") in known:
                yield error

    @property
    def other_option_errors(self) -> list[str]:
        """Errors of the options that belong to no option the editor shows."""
        shown = list(self._errors_of_options()) if self.is_bound else []
        errors = self.errors.as_data().get("options", ())
        return [message for error in errors if error not in shown for message in error.messages]


def type_choices(current: str = "") -> list[tuple[str, Any]]:
    """Return the types by family, for a select. One that is in use and nobody could choose is among them."""
    families: dict[str, list[tuple[str, str]]] = {}
    for field_type in field_types:
        families.setdefault(field_type.family, []).append((field_type.slug, str(field_type.label)))
    choices: list[tuple[str, Any]] = [(capfirst(family), types) for family, types in families.items()]
    if current in field_types and not field_types[current].is_offered:
        choices.append((current, field_types[current].label))
    elif current and current not in field_types:
        choices.append((current, _("%(slug)s (not installed)") % {"slug": current}))
    return choices
