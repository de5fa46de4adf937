"""All fields of a table: what only all of them together can tell, and how they are saved."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from dynadmin import naming
from dynadmin.admin.definitions.fields import FieldForm
from dynadmin.admin.definitions.references import ReferenceField
from dynadmin.admin.definitions.rows import PageFormSet
from dynadmin.conf import conf
from dynadmin.kinds import kinds, name_problem
from dynadmin.models import DynamicField
from dynadmin.registry import registry


class FieldFormSet(PageFormSet):
    """All fields of a table."""

    def add_fields(self, form: FieldForm, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["ref"] = ReferenceField(
            initial=form.instance.pk or f"new-{form.prefix.rpartition('-')[2]}"
        )

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
            self._refuse_name_of_kind(form)
            try:
                naming.check_field_names([*seen, name])
            except ValidationError as error:
                form.add_error("name", error)
            else:
                seen.append(name)

    def _refuse_name_of_kind(self, form: FieldForm) -> None:
        """Refuse a name that the kind, as it is on this page, has a use for of its own."""
        if self.instance.kind in kinds and not form.is_locked:
            field = replace(form.instance.as_schema(), name=form.cleaned_data["name"])
            if problem := name_problem(field, kinds[self.instance.kind]):
                form.add_error("name", problem)

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
