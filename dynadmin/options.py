"""Options of field types: Django forms that read JSON, and the JSON schema of such a form.

A form of options is the only truth about them: the server validates with it, the browser's editor gets a
schema derived from it, and the documentation lists it.
"""

import difflib
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import singledispatch
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.duration import duration_string
from django.utils.translation import gettext_lazy as _

# Options that most types share come last, so that a form begins with what is particular to its type.
SHARED_OPTIONS = ("default", "blank", "null", "unique", "db_index", "help_text")

# Values that say "nothing chosen"; the browser's editor sends "" and null for fields nobody touched.
EMPTY: tuple[Any, ...] = (None, "", [], {})


# float() crashes on a whole number that is larger than the largest float.
MOST_BITS = 1000


class JSONInput(forms.Widget):
    """Takes a value as it stands in a JSON object. It is never shown."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        return data.get(name)


class OptionsForm(forms.Form):
    """Base of all forms of options. It reads a JSON object; an absent key means the field's ``initial``."""

    def __init__(self, options: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.order_fields([*(name for name in self.fields if name not in SHARED_OPTIONS), *SHARED_OPTIONS])
        self.given: frozenset[str] = frozenset(options or ())
        self.shape_errors: dict[str, ValidationError] = {}
        if options is not None:
            self._bind(options)

    def _bind(self, options: Mapping[str, Any]) -> None:
        self.is_bound = True
        for name, field in self.fields.items():
            field.widget = JSONInput()
            self.data[name] = self._read(name, field, options)

    def _read(self, name: str, field: forms.Field, options: Mapping[str, Any]) -> Any:
        initial = self.get_initial_for_field(field, name)
        # null in a checkbox is one that nobody touched; elsewhere it is a value that somebody removed.
        if name not in options or (options[name] is None and isinstance(field, forms.BooleanField)):
            return initial
        try:
            check_shape(field, options[name])
        except ValidationError as error:
            # Django's fields expect the texts of an HTML form, and crash on some other JSON.
            self.shape_errors[name] = error
            return initial
        return options[name]

    def clean(self) -> dict[str, Any]:
        """Add the errors of shape. A subclass calls this first and adds what it knows across options."""
        super().clean()
        for name, error in self.shape_errors.items():
            if name not in self.errors:
                self.add_error(name, error)
        return self.cleaned_data

    def canonical(self) -> dict[str, Any]:
        """Return the cleaned options as JSON values. What is empty by default and was left so is left out."""
        values = {name: json_value(self.cleaned_data.get(name)) for name in self.fields}
        return {
            name: value
            for name, value in values.items()
            if value not in EMPTY or self.get_initial_for_field(self.fields[name], name) not in EMPTY
        }

    @classmethod
    def clean_options(cls, raw: Any) -> dict[str, Any]:
        """Return canonical options, or raise ValidationError with the messages by option."""
        options = _as_mapping(raw)
        form = cls(options)
        errors = _unknown_options(options, known=list(form.fields)) | form.errors.as_data()
        if errors:
            raise ValidationError(errors)
        return form.canonical()


def _as_mapping(raw: Any) -> Mapping[str, Any]:
    if raw is None:
        return {}
    if isinstance(raw, Mapping):
        return raw
    message = _("Options are an object of names and values, not %(kind)s.") % {"kind": kind_of(raw)}
    raise ValidationError({NON_FIELD_ERRORS: [message]})


def _unknown_options(options: Mapping[str, Any], *, known: list[str]) -> dict[str, list[ValidationError]]:
    errors = {}
    for key in options:
        if key not in known:
            near = difflib.get_close_matches(str(key), known, n=1)
            hint = _("Did you mean “%s”?") % near[0] if near else _("Known are: %s.") % ", ".join(known)
            message = _("There is no option “%(key)s” here. %(hint)s")
            params = {"key": str(key)[:50], "hint": hint}
            errors[str(key)] = [ValidationError(message, code="unknown", params=params)]
    return errors


# --- Shapes: which JSON a form field may be given ---


def kind_of(value: Any) -> str:
    """Return what kind of JSON value this is, in words."""
    kinds: tuple[tuple[Any, Any], ...] = (
        (bool, _("true or false")),
        (int | float, _("a number")),
        (str, _("a text")),
        (Mapping, _("an object")),
        (list | tuple, _("a list")),
    )
    names = (name for kind, name in kinds if isinstance(value, kind))
    return str(next(names, _("null")))


@singledispatch
def check_shape(field: forms.Field, value: Any) -> None:
    """Raise ValidationError when the JSON value is not of the kind that the form field takes.

    A form field of one's own takes any JSON unless a rule is registered for it.
    """


@check_shape.register
def _check_boolean(field: forms.BooleanField, value: Any) -> None:
    if value is not None and not isinstance(value, bool):
        raise ValidationError(
            _("It has to be true or false, not %(kind)s."), code="shape", params={"kind": kind_of(value)}
        )


@check_shape.register
def _check_number(field: forms.IntegerField, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float | str | None):
        raise ValidationError(
            _("It has to be a number, not %(kind)s."), code="shape", params={"kind": kind_of(value)}
        )
    if isinstance(value, int) and value.bit_length() > MOST_BITS:
        raise ValidationError(_("The number is too large."), code="out_of_range")


@check_shape.register(forms.CharField)
@check_shape.register(forms.ChoiceField)
@check_shape.register(forms.DateField)
@check_shape.register(forms.DateTimeField)
@check_shape.register(forms.TimeField)
@check_shape.register(forms.DurationField)
def _check_text(field: forms.Field, value: Any) -> None:
    if not isinstance(value, str | None):
        raise ValidationError(
            _("It has to be a text, not %(kind)s."), code="shape", params={"kind": kind_of(value)}
        )
    refuse_unstorable(value or "")


def refuse_unstorable(text: str) -> None:
    """Raise ValidationError on text that no database stores: NUL and halves of surrogate pairs."""
    if "\x00" in text:
        raise ValidationError(_("NUL characters are not allowed."), code="unstorable")
    if not has_whole_characters(text):
        raise ValidationError(
            _("The text has a broken character (half of a surrogate pair)."), code="unstorable"
        )


def has_whole_characters(text: str) -> bool:
    """Return whether there is no half of a surrogate pair in a text, which JSON can hold and UTF-8 cannot."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def json_value(value: Any) -> Any:
    """Return a cleaned value as JSON has it: dates as ISO 8601, decimals as numbers."""
    if isinstance(value, timedelta):
        return duration_string(value)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


# --- The JSON schema that the browser's editor is given ---


def json_schema(form_class: type[OptionsForm]) -> dict[str, Any]:
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
