"""Types of dates, times and lengths of time."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dynadmin.fieldtypes import fields
from dynadmin.fieldtypes.base import FieldType, Options
from dynadmin.fieldtypes.fields.clocks import current_time, today
from dynadmin.fieldtypes.fields.doors import DurationFormField
from dynadmin.fieldtypes.fields.pickers import DateFormField, DateTimeFormField, TimeFormField
from dynadmin.fieldtypes.registry import field_types
from dynadmin.fieldtypes.shared import RangeOptions, UniqueOptions, ValueOptions, range_validators
from dynadmin.options import EMPTY, OptionsForm

# What may stand as default for "the moment in which the row is made".
MOVING = ("now", "today")


class StampOptions(OptionsForm):
    """For types that can note by themselves when a row was made or changed."""

    auto_now_add = forms.BooleanField(
        label=_("Note when a row is created"), required=False, help_text=_("People cannot edit it.")
    )
    auto_now = forms.BooleanField(
        label=_("Note when a row is changed"), required=False, help_text=_("People cannot edit it.")
    )

    def clean(self) -> dict[str, Any]:
        options = super().clean()
        is_stamp = options.get("auto_now") or options.get("auto_now_add")
        if options.get("auto_now") and options.get("auto_now_add"):
            self.add_error("auto_now", _("A field notes either when a row is created or when it is changed."))
        if is_stamp and options.get("default") not in EMPTY:
            self.add_error("default", _("A field that is filled by itself cannot have a default."))
        # Rows that are there already, or come from a process that does not know the field, have no stamp.
        if is_stamp or options.get("default") in MOVING:
            options["null"] = True
        if is_stamp:
            options["blank"] = True
        return options


class MomentOptions(StampOptions, RangeOptions, UniqueOptions, ValueOptions):
    moving_defaults = MOVING
    field_order = ("auto_now_add", "auto_now", "min_value", "max_value")


class DateOptions(MomentOptions):
    min_value = DateFormField(model_field=fields.DateField(), label=_("Earliest"), required=False)
    max_value = DateFormField(model_field=fields.DateField(), label=_("Latest"), required=False)
    default = forms.CharField(
        label=_("Default"), required=False, help_text=_("A date such as 2024-01-31, or the word today.")
    )


class TimeOptions(MomentOptions):
    min_value = TimeFormField(
        model_field=fields.TimeField(), label=_("Earliest"), required=False, help_text=_("Such as 08:00.")
    )
    max_value = TimeFormField(
        model_field=fields.TimeField(), label=_("Latest"), required=False, help_text=_("Such as 18:30.")
    )
    default = forms.CharField(
        label=_("Default"), required=False, help_text=_("A time such as 14:30, or the word now.")
    )


class DateTimeOptions(MomentOptions):
    min_value = DateTimeFormField(
        model_field=fields.DateTimeField(),
        label=_("Earliest"),
        required=False,
        help_text=_("Such as 2024-01-31 14:30."),
    )
    max_value = DateTimeFormField(
        model_field=fields.DateTimeField(),
        label=_("Latest"),
        required=False,
        help_text=_("Such as 2024-12-31 23:59."),
    )
    default = forms.CharField(
        label=_("Default"), required=False, help_text=_("Such as 2024-01-31 14:30, or the word now.")
    )


class DurationOptions(RangeOptions, UniqueOptions, ValueOptions):
    min_value = DurationFormField(
        model_field=fields.DurationField(),
        label=_("Shortest"),
        required=False,
        help_text=_("Such as 00:15:00."),
    )
    max_value = DurationFormField(
        model_field=fields.DurationField(),
        label=_("Longest"),
        required=False,
        help_text=_("Such as 3 12:00:00, days first."),
    )
    default = forms.CharField(label=_("Default"), required=False, help_text=_("Such as 1:30:00."))


class Moment(FieldType):
    """Base of types with a range."""

    family = "dates"
    field_class: type[models.Field]

    def model_field(self, options: Options) -> models.Field:
        rules = range_validators(options, self.field_class().to_python)
        return self.with_default(self.field_class(validators=rules, **self.column(options)), options)


class Stamp(Moment):
    """Base of types that can note by themselves when a row was made or changed."""

    def column(self, options: Options) -> dict[str, Any]:
        column = super().column(options)
        stamps = {name: True for name in ("auto_now", "auto_now_add") if options.get(name)}
        return {**column, **stamps}


@field_types.register
class Date(Stamp):
    slug = "date"
    kind = "date"
    label = _("Date")
    options_form = DateOptions
    field_class = fields.DateField
    moving_defaults: ClassVar[Mapping[str, Callable[[], Any]]] = {"today": today}


@field_types.register
class Time(Stamp):
    slug = "time"
    kind = "time"
    label = _("Time")
    options_form = TimeOptions
    field_class = fields.TimeField
    moving_defaults: ClassVar[Mapping[str, Callable[[], Any]]] = {"now": current_time}


@field_types.register
class DateTime(Stamp):
    slug = "datetime"
    kind = "datetime"
    label = _("Date and time")
    options_form = DateTimeOptions
    field_class = fields.DateTimeField
    moving_defaults: ClassVar[Mapping[str, Callable[[], datetime]]] = {"now": timezone.now}


@field_types.register
class Duration(Moment):
    slug = "duration"
    kind = "duration"
    label = _("Duration")
    options_form = DurationOptions
    field_class = fields.DurationField
