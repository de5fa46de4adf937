"""Relations in the form of a row: chosen by name where the person may see the target, else by id."""

from typing import Any

from django import forms
from django.contrib.admin import ModelAdmin
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from dynadmin.admin.relations.autocomplete import TargetSelect, TargetSelectMultiple
from dynadmin.admin.relations.cells import TargetRenderer, load_targets, make_column_for
from dynadmin.admin.relations.targets import may_see
from dynadmin.fieldtypes.fields.relations import is_key
from dynadmin.related import links_of

# A row with more links than these shows the first ones: no form holds a million of them.
MOST_LINKS = 500


class ChosenRowsField(forms.ModelMultipleChoiceField):
    """Any number of rows. What is no id at all is refused as an id that no row has."""

    def clean(self, value):
        for pk in value or ():
            if not is_key(self.queryset.model._meta.pk, pk):
                raise ValidationError(self.error_messages["invalid_choice"], "invalid_choice", {"value": pk})
        return super().clean(value)


class RelationFormMixin(ModelAdmin):
    """Inputs of relations, with the links that add and change what they refer to."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if may_see(request, self.admin_site, db_field.remote_field.model):
            kwargs["widget"] = TargetSelect(db_field, self.admin_site, using=kwargs.get("using"))
            return super().formfield_for_foreignkey(db_field, request, **kwargs)
        kwargs["widget"] = forms.TextInput(attrs={"class": "vIntegerField", "inputmode": "numeric"})
        form_field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        note = _("The ID of a row; you may not see what the rows are called.")
        form_field.help_text = " ".join(filter(None, [str(form_field.help_text), note]))
        return form_field

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs["widget"] = TargetSelectMultiple(db_field, self.admin_site, using=kwargs.get("using"))
        kwargs["form_class"] = ChosenRowsField
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def may_edit_links(self, request, field: models.ManyToManyField, row: models.Model | None) -> bool:
        """Whether a form can hold what the row is linked to, and the person may see it."""
        if not may_see(request, self.admin_site, field.remote_field.model):
            return False
        if row is None:
            return True
        return links_of(field, row)[: MOST_LINKS + 1].count() <= MOST_LINKS

    def words_of_targets(self, request, field: models.Field, value: Any) -> str:
        """Return what the rows are called that a field refers to, as a text."""
        renderer = TargetRenderer(request, self.admin_site, field)
        ids = value if isinstance(value, list) else [value]
        renderer.load(ids)
        return ", ".join(renderer.words(pk) for pk in ids if pk is not None) or _("nothing")

    def draw_relation(self, request, field: models.Field, row: models.Model) -> Any:
        """Return what a form shows of a relation that cannot be changed in it."""
        column = make_column_for(request, self.admin_site, field)
        load_targets([column], [row])
        return column.show(row)
