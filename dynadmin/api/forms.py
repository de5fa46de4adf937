"""Forms of the page: the inputs only. What is sent goes through the serializer like all else."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dynadmin.api.fields import plain_help
from dynadmin.api.relations import shown_links
from dynadmin.factory import Row
from dynadmin.related import fields_of, is_relation

KEY = "api:form"
YES_OR_NO = [("", "---------"), ("True", _("Yes")), ("False", _("No"))]


def form_of(model: type[Row], row: Row | None, sent: Mapping[str, Any]) -> forms.Form:
    """Return a form with an input for each field that can be set: what was sent, else the row's value."""
    form_class = model.derived.get(KEY) or model.derived.setdefault(KEY, form_factory(model))
    fields = {name: model._meta.get_field(name) for name in form_class.base_fields}
    initial = {name: _initial(field, row) for name, field in fields.items()} if row else {}
    return form_class(
        initial=initial | {name: sent[name] for name in sent if name in fields}, auto_id="form_%s"
    )


def form_factory(model: type[Row]) -> type[forms.Form]:
    """Return a new class of forms for the rows of a table."""
    made = {field.name: _input_of(field) for field in fields_of(model) if field.editable}
    attrs = {name: field for name, field in made.items() if field}
    return type(f"{model.__name__}Form", (forms.Form,), {"__module__": __name__, **attrs})


def _initial(model_field: Any, row: Row) -> Any:
    if model_field.many_to_many:
        return ", ".join(map(str, shown_links(model_field, row)))
    return model_field.value_from_object(row)


def _input_of(model_field: Any) -> forms.Field | None:
    if is_relation(model_field):
        # The ids: a list of all rows there are may be long, and is not for everybody to see.
        words = {"label": model_field.verbose_name, "help_text": plain_help(model_field)}
        return forms.CharField(required=not model_field.blank, **words)
    field = model_field.formfield()
    if field is None:
        return None
    field.help_text = plain_help(model_field)
    if isinstance(field, forms.BooleanField | forms.NullBooleanField):
        # A browser does not send a box that is not ticked: "no" and "not said" would be the same.
        return forms.ChoiceField(
            label=field.label, help_text=field.help_text, choices=YES_OR_NO, required=field.required
        )
    if isinstance(field, forms.FileField):
        field.widget = forms.FileInput()
    return field
