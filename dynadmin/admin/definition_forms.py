"""Forms of the definitions page: a table, its fields, and what only all of them together can tell."""

from collections.abc import Collection, Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.forms.models import BaseInlineFormSet
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from dynadmin import naming
from dynadmin.admin.definition_rows import with_known_rows_first
from dynadmin.admin.options_widget import OptionsField
from dynadmin.conf import conf
from dynadmin.fieldtypes import field_types
from dynadmin.models import DynamicField, DynamicModel
from dynadmin.registry import registry

NAME_HELP = _("Proposed from the label as you type. Addresses, files, the API and SQL use it.")
FIXED_TYPE = _("The type is fixed once rows may hold values. Add a field of the other type instead.")


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


class PositionField(HiddenNumber):
    """Where a field stands. An empty row that was only moved is still an empty row."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return initial is not None and super().has_changed(initial, data)


class DefinitionForm(forms.ModelForm):
    """What a table is called. ``version`` tells whether somebody else saved since the page was opened."""

    version = HiddenNumber(required=False)
    name = forms.CharField(label=_("Name"), required=False, max_length=naming.MAX_LENGTH, help_text=NAME_HELP)

    class Meta:
        model = DynamicModel
        fields = ["label", "name", "description", "folder"]
        widgets = {"description": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("version", self.instance.version)
        if self.instance.pk:
            self.initial["label"] = str(self.instance)

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


class FieldForm(forms.ModelForm):
    """One field of a table. ``taken`` are names that other rows have; ``is_applied`` fixes the type."""

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
        else:
            self.initial["position"] = None
        self.fields["type"].choices = type_choices(self.instance.type)
        self.fields["type"].disabled = self.is_applied

    def clean(self) -> dict[str, Any]:
        super().clean()
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
    """Return the types by family, for a select. One that is in use and not installed is among them."""
    families: dict[str, list[tuple[str, str]]] = {}
    for field_type in field_types:
        families.setdefault(field_type.family, []).append((field_type.slug, str(field_type.label)))
    choices: list[tuple[str, Any]] = [(capfirst(family), types) for family, types in families.items()]
    if current and current not in field_types:
        choices.append((current, _("%(slug)s (not installed)") % {"slug": current}))
    return choices


class FieldFormSet(BaseInlineFormSet):
    """All fields of a table."""

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)
        if self.is_bound:
            known = set(self.get_queryset().values_list("pk", flat=True)) if self.instance.pk else set()
            self.data = with_known_rows_first(self.data, prefix=self.prefix, known=known)

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "taken": self.taken, "applied": self.applied}

    @cached_property
    def taken(self) -> set[str]:
        """The names people have typed; those that are proposed join them."""
        is_name = f"{self.prefix}-"
        return {
            value.strip()
            for key, value in self.data.items()
            if key.startswith(is_name) and key.endswith("-name") and isinstance(value, str)
        }

    @cached_property
    def applied(self) -> frozenset[int]:
        """Ids of the fields that the revision in force has."""
        table = registry.current.schema.tables.get(self.instance.pk)
        return frozenset(field.id for field in table.fields) if table else frozenset()

    # --- What only all fields together can tell ---

    @property
    def kept_forms(self) -> list[FieldForm]:
        """The forms of fields that the table has after saving."""
        return [form for form in self.forms if form not in self.deleted_forms and not self._is_empty(form)]

    def _is_empty(self, form: FieldForm) -> bool:
        return form.empty_permitted and not form.has_changed()

    def clean(self) -> None:
        """Refuse a table without fields, and names that clash: uniqueness is looked at for all at once."""
        if not self.management_form.is_valid():
            return  # the formset says so itself
        if not self.kept_forms:
            raise ValidationError(_("A table needs at least one field."), code="no_fields")
        if len(self.kept_forms) > conf.MAX_FIELDS:
            message = _("A table has at most %(limit)d fields.")
            raise ValidationError(message, code="too_many", params={"limit": conf.MAX_FIELDS})
        self._refuse_clashes()

    def _refuse_clashes(self) -> None:
        seen = list(self._names_of_others())
        for form in self.kept_forms:
            name = getattr(form, "cleaned_data", {}).get("name")
            if not name:
                continue
            try:
                naming.check_field_names([*seen, name])
            except ValidationError as error:
                form.add_error("name", error)
            else:
                seen.append(name)

    def _names_of_others(self) -> Iterator[str]:
        """Yield names of fields that somebody else added since the page was opened."""
        if self.instance.pk:
            here = [form.instance.pk for form in self.forms if form.instance.pk]
            yield from self.instance.fields.exclude(pk__in=here).values_list("name", flat=True)

    # --- Saving ---

    @transaction.atomic
    def save(self, commit: bool = True) -> Any:
        """Save all fields; names may change places."""
        released = [form.instance.pk for form in self.initial_forms if self._gives_name_up(form)]
        # "~" is no part of any name, so that these meet neither each other nor one to come.
        temporary = Concat(Value("~"), Cast("pk", CharField()))
        DynamicField.objects.filter(pk__in=released).update(name=temporary)
        return super().save(commit)

    def _gives_name_up(self, form: FieldForm) -> bool:
        return form in self.deleted_forms or "name" in form.changed_data
