"""The filter of a relation: a row to choose by its name, or its id for whoever may not see names."""

from typing import Any

from django import forms
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.html import format_html
from django.utils.translation import gettext as _

from dynadmin.admin.filters import RowFilter, check_length, filter_for, is_empty
from dynadmin.admin.relations.autocomplete import TargetSelect
from dynadmin.admin.relations.targets import may_see
from dynadmin.fieldtypes.fields.relations import key_reader
from dynadmin.related import link_columns


class RelationFilter(RowFilter):
    """Finds rows that refer to one row, to any, or to none."""

    inputs = (("exact", ""),)
    input_mode = "numeric"

    def __init__(self, field, request, params, model, model_admin, field_path):
        self.site = model_admin.admin_site
        self.is_seen = may_see(request, self.site, field.remote_field.model)
        super().__init__(field, request, params, model, model_admin, field_path)

    @property
    def is_active(self):
        return any(text != "" for text in self.asked.values())

    def _condition_of(self, lookup: str, text: str) -> Q:
        if text == "":
            return Q()
        check_length(text)
        if lookup == "isempty":
            return self._is_empty() if self._yes_or_no(text) else ~self._is_empty()
        return Q(**{self.field.name: self.clean(lookup, text)})

    def _is_empty(self) -> Q:
        if not self.field.many_to_many:
            return is_empty(self.field)
        source, _target = link_columns(self.field)
        links = self.field.remote_field.through._base_manager.filter(**{source: OuterRef("pk")})
        return ~Q(Exists(links))

    def clean(self, lookup: str, text: str) -> Any:
        return key_reader(self.field.target_field).clean(text.strip(), None)

    def _input(self, lookup, label):
        if not self.is_seen or self.errors.get(lookup):
            return super()._input(lookup, _("ID"))
        rows = self.field.remote_field.model._base_manager.all()
        widget = TargetSelect(self.field, self.site)
        choice = forms.ModelChoiceField(rows, widget=widget, required=False)
        name = f"{self.field.name}__{lookup}"
        attrs = {"aria-label": self.title, "id": f"filter-{self.field.name}"}
        drawn = choice.widget.render(name, self.asked.get(lookup) or None, attrs)
        return {"label": "", "html": format_html("{}", drawn), "error": ""}


@filter_for.register(models.ForeignKey)
@filter_for.register(models.ManyToManyField)
def relation_filter(field: models.Field) -> type[RowFilter]:
    return RelationFilter
