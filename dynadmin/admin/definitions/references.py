"""How rules on the page of a definition name its fields: also those that are not saved yet."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dynadmin.schema import FieldSchema, TableSchema

MOST_CHOSEN = 20


class ReferenceField(forms.CharField):
    """What rules call a field of the page: its id, or that it is the n-th new one. Nothing that is saved."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=40, **kwargs)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


@dataclass(frozen=True, kw_only=True)
class PageField:
    """A field as it stands on the page. ``id`` is provisional for one that is not saved yet."""

    id: int
    ref: str
    label: str
    form: Any

    @property
    def is_removed(self) -> bool:
        return bool(getattr(self.form, "cleaned_data", {}).get("DELETE"))

    @property
    def schema(self) -> FieldSchema | None:
        """The field as a value; None if something is wrong with it."""
        if self.form.is_bound and not self.form.is_valid():
            return None
        field = self.form.instance
        return FieldSchema(
            id=self.id, name=field.name, label=self.label, type=field.type, options=field.options
        )


class PageFields:
    """The fields of a page, for the rules beside them."""

    def __init__(self, formset: Any) -> None:
        self._fields = {field.ref: field for field in _fields_of(formset)} if formset else {}

    def __getitem__(self, ref: str) -> PageField:
        return self._fields[ref]

    def __contains__(self, ref: object) -> bool:
        return ref in self._fields

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(field.ref, field.label) for field in self._fields.values()]

    @cached_property
    def table(self) -> TableSchema:
        """The table as the page has it: those of its fields with which nothing is wrong."""
        here = (field.schema for field in self._fields.values() if not field.is_removed)
        return TableSchema(id=0, name="", fields=tuple(schema for schema in here if schema))

    def saved_id(self, id: int) -> int:
        """Return the id that a field has once the page is saved."""
        return next(field.form.instance.pk for field in self._fields.values() if field.id == id)


def _fields_of(formset: Any) -> Iterator[PageField]:
    for number, form in enumerate(formset.forms):
        ref = str(form["ref"].value() or form.instance.pk or f"new-{number}")
        label = str(form["label"].value() or form["name"].value() or _("New field"))
        yield PageField(id=form.instance.pk or -1 - number, ref=ref, label=label, form=form)


class FieldSelects(forms.SelectMultiple):
    """A select for each field, in order, and one more to go on with."""

    template_name = "dynadmin/definitions/field_selects.html"
    fewest = 2

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        chosen = [str(ref) for ref in value or () if ref][:MOST_CHOSEN]
        shown = [*chosen, *[""] * max(1, self.fewest - len(chosen))]
        context["chosen"] = [(number, ref) for number, ref in enumerate(shown, 1)]
        context["choices"] = [(str(ref), label) for ref, label in self.choices]
        return context


class FieldsField(forms.MultipleChoiceField):
    """Some fields of the page in an order that a person chose."""

    widget = FieldSelects

    def to_python(self, value: Any) -> list[str]:
        return list(dict.fromkeys(ref for ref in super().to_python(value) if ref))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(initial) != self.to_python(data)

    def valid_value(self, value: Any) -> bool:
        return True  # the form knows what it does not find, and why
