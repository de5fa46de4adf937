"""Form fields of dates and times with the browser's own pickers."""

import re
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone

from dynadmin.fieldtypes.fields.clocks import is_unclear
from dynadmin.fieldtypes.fields.doors import ModelFieldDoor


class Picker(forms.TextInput):
    """An ``<input>`` with the browser's picker, whose value is ISO 8601 in every language."""

    template_name = "django/forms/widgets/input.html"
    supports_microseconds = True

    # Texts that the browser's picker can show; it would blank any other, and saving the form lose the value.
    shown = re.compile(r".*", re.ASCII)

    def format_value(self, value: Any) -> str | None:
        return None if value in (None, "") else str(value)

    def get_context(self, name: str, value: Any, attrs: Any) -> Any:
        context = super().get_context(name, value, attrs)
        text = context["widget"]["value"]
        if text and not self.shown.fullmatch(text):
            context["widget"]["type"] = "text"
        return context


class DatePicker(Picker):
    input_type = "date"
    shown = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class TimePicker(Picker):
    input_type = "time"
    shown = re.compile(r"\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?", re.ASCII)


class DateTimePicker(Picker):
    input_type = "datetime-local"
    shown = re.compile(rf"{DatePicker.shown.pattern}T{TimePicker.shown.pattern}", re.ASCII)


class PickerDoor(ModelFieldDoor):
    """Shows a value as ISO 8601, and tells the browser the range that the model field allows."""

    def __init__(self, *, limits: dict[str, Any] | None = None, **kwargs: Any) -> None:
        self.limits = limits or {}
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        names = {"min_value": "min", "max_value": "max"}
        limits = {names[name]: self.prepare_value(limit) for name, limit in self.limits.items()}
        # Without it the browser refuses values with seconds.
        step = {} if isinstance(self, DateFormField) else {"step": "any"}
        return {**super().widget_attrs(widget), **limits, **step}

    def prepare_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, date | time) else value


class DateFormField(PickerDoor, forms.DateField):
    widget = DatePicker


class TimeFormField(PickerDoor, forms.TimeField):
    widget = TimePicker


class DateTimeFormField(PickerDoor, forms.DateTimeField):
    widget = DateTimePicker

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, datetime) or timezone.is_naive(value):
            return super().prepare_value(value)
        local = timezone.localtime(value)
        naive = local.replace(tzinfo=None, fold=0)
        # An hour that the clocks show twice needs its zone, or it could not be saved again.
        return (local if is_unclear(naive) else naive).isoformat()
