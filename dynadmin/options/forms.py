"""The base of all forms of options."""

import difflib
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _

from dynadmin.options.schemas import json_value
from dynadmin.options.shapes import check_shape, kind_of

# Options that most types share come last, so that a form begins with what is particular to its type.
SHARED_OPTIONS = ("default", "blank", "null", "unique", "db_index", "help_text")

# Values that say "nothing chosen"; the browser's editor sends "" and null for fields nobody touched.
EMPTY: tuple[Any, ...] = (None, "", [], {})


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
