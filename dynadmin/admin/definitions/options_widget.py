"""The editor of a field's options: django-jsonform's React form, fed by our own script.

The options form of the field type is the only validator. Here its schema is handed to the browser, once a
page for all types, and its errors are handed back beside the options they belong to.
"""

import json
import math
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.fields import InvalidJSONInput
from django.utils.translation import gettext_lazy as _
from django_jsonform.utils import ErrorMap
from django_jsonform.widgets import JSONFormWidget

from dynadmin.fieldtypes import field_types
from dynadmin.options import json_schema

# Levels of lists and objects within options: far more than any has, far fewer than Python can write out.
MAX_DEPTH = 50


def schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON schema of each type's options by slug, in the language in force."""
    return {field_type.slug: json_schema(field_type.options_form) for field_type in field_types}


class OptionsWidget(JSONFormWidget):
    """A hidden text with the JSON, and a place where the script opens the editor when it is wanted.

    The schema is not in the widget: a page with a hundred fields has each type's once (see ``schemas``).
    """

    template_name = "dynadmin/definitions/options.html"

    class Media:
        css = {"all": ["django_jsonform/style.css", "dynadmin/options.css"]}
        js = [
            "django_jsonform/vendor/react.production.min.js",
            "django_jsonform/vendor/react-dom.production.min.js",
            "django_jsonform/vendor/react-modal.min.js",
            "django_jsonform/react-json-form.js",
            "dynadmin/optiondata.js",
            "dynadmin/options.js",
        ]

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(schema={}, attrs=attrs)

    @property
    def media(self) -> forms.Media:
        # The parent's would bring the script that opens every editor of the page at once.
        return forms.Media(self.Media)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> str:
        return forms.Widget.render(self, name, value, attrs, renderer)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["errors"] = json.dumps(getattr(self, "error_map", {}))
        return context

    def show_errors(self, errors: Iterable[ValidationError]) -> None:
        """Show each error beside the option that it names, and no other."""
        self.error_map = ErrorMap()
        for error in errors:
            self.error_map.append([error.params["option"]], [str(error.params["message"])])


class OptionsField(forms.JSONField):
    """JSON text of options. Text that is not JSON, or cannot be stored, is kept as it was typed."""

    widget = OptionsWidget
    default_error_messages = {"invalid": _("The options are not valid JSON.")}

    def to_python(self, value: Any) -> Any:
        options = read_json(value) if isinstance(value, str) else value
        if isinstance(options, InvalidJSONInput):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return {} if options is None else options

    def bound_data(self, data: Any, initial: Any) -> Any:
        return read_json(data) if isinstance(data, str) and not self.disabled else initial

    def prepare_value(self, value: Any) -> str:
        if isinstance(value, InvalidJSONInput):
            return value
        return json.dumps({} if value is None else value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(initial or {}, data)


def read_json(text: str) -> Any:
    """Return the value of a JSON text, or the text as InvalidJSONInput."""
    if not text.strip():
        return {}
    try:
        value = json.loads(text, parse_constant=_refuse, parse_float=_read_float)
        _check_depth(value)
        # Escapes may hold halves of surrogate pairs, which could not even be shown again.
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return InvalidJSONInput(text)
    return value


def _refuse(word: str) -> Any:
    # NaN and Infinity, which Python reads although they are no JSON.
    raise ValueError(word)


def _read_float(word: str) -> float:
    number = float(word)
    return number if math.isfinite(number) else _refuse(word)


def _check_depth(value: Any, room: int = MAX_DEPTH) -> None:
    if room == 0:
        raise ValueError("The value is nested too deeply.")
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            _check_depth(item, room - 1)
