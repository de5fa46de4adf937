"""The JSON schema of a form of options, which the browser's editor is given."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import singledispatch
from typing import Any

from django import forms
from django.utils.duration import duration_string


def json_schema(form_class: type[forms.Form]) -> dict[str, Any]:
    """Return the JSON schema of a form of options, in the words that django-jsonform knows.

    Labels and help texts come out in the language in force at the time of the call. Neither ``oneOf``,
    ``anyOf`` nor ``$ref`` is used: the editor has open errors in all three.
    """
    form = form_class()
    return {
        "type": "object",
        "properties": {name: _property_schema(form, name) for name in form.fields},
        "required": [name for name, field in form.fields.items() if _is_required(field)],
    }


def _property_schema(form: forms.Form, name: str) -> dict[str, Any]:
    field = form.fields[name]
    schema = {"title": str(form[name].label), **field_schema(field)}
    if field.help_text:
        schema["helpText"] = str(field.help_text)
    if _is_required(field):
        schema["required"] = True
    initial = json_value(form.get_initial_for_field(field, name))
    if initial is not None:
        schema["default"] = initial
    return schema


def _is_required(field: forms.Field) -> bool:
    # A checkbox left alone is an answer.
    return field.required and not isinstance(field, forms.BooleanField)


def _without_none(**keywords: Any) -> dict[str, Any]:
    return {key: json_value(value) for key, value in keywords.items() if value is not None}


def _resolved(limit: Any) -> Any:
    return limit() if callable(limit) else limit


@singledispatch
def field_schema(field: forms.Field) -> dict[str, Any]:
    """Return the schema of one form field. Register a rule here for a form field of your own."""
    return {"type": "string"}


@field_schema.register
def _schema_of_text(field: forms.CharField) -> dict[str, Any]:
    is_long = isinstance(field.widget, forms.Textarea)
    lengths = _without_none(minLength=_resolved(field.min_length), maxLength=_resolved(field.max_length))
    return {"type": "string", **lengths, **({"widget": "textarea"} if is_long else {})}


@field_schema.register
def _schema_of_boolean(field: forms.BooleanField) -> dict[str, Any]:
    return {"type": "boolean", "default": False}


def _limits(field: forms.IntegerField) -> dict[str, Any]:
    return _without_none(minimum=_resolved(field.min_value), maximum=_resolved(field.max_value))


@field_schema.register
def _schema_of_integer(field: forms.IntegerField) -> dict[str, Any]:
    return {"type": "integer", **_limits(field)}


@field_schema.register(forms.FloatField)
@field_schema.register(forms.DecimalField)
def _schema_of_number(field: forms.FloatField) -> dict[str, Any]:
    return {"type": "number", **_limits(field)}


@field_schema.register
def _schema_of_date(field: forms.DateField) -> dict[str, Any]:
    return {"type": "string", "format": "date"}


@field_schema.register
def _schema_of_choice(field: forms.ChoiceField) -> dict[str, Any]:
    choices = [{"value": value, "title": str(title)} for value, title in field.choices]
    return {"type": "string", "choices": choices}


def json_value(value: Any) -> Any:
    """Return a cleaned value as JSON has it: dates as ISO 8601, decimals as numbers."""
    if isinstance(value, timedelta):
        return duration_string(value)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
