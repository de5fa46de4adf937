"""Types of values with a form of their own: UUIDs, network addresses, JSON."""

import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from dynadmin.fieldtypes import fields
from dynadmin.fieldtypes.base import FieldType, Options
from dynadmin.fieldtypes.registry import field_types
from dynadmin.fieldtypes.shared import UniqueOptions, ValueOptions
from dynadmin.options import check_shape, refuse_unstorable

RANDOM = "random"


class UUIDOptions(UniqueOptions, ValueOptions):
    default = forms.CharField(
        label=_("Default"),
        required=False,
        help_text=_("A UUID, or the word random for a new one in each row."),
    )

    moving_defaults = (RANDOM,)

    def clean(self) -> dict[str, Any]:
        options = super().clean()
        if options.get("default") == RANDOM:
            # Rows of a process that does not know the field are without one.
            options["null"] = True
        return options


class IPOptions(UniqueOptions, ValueOptions):
    protocol = forms.ChoiceField(
        label=_("Version"),
        choices=[("both", _("IPv4 and IPv6")), ("IPv4", _("IPv4")), ("IPv6", _("IPv6"))],
        initial="both",
    )
    unpack_ipv4 = forms.BooleanField(
        label=_("Unpack IPv4"),
        required=False,
        help_text=_("Store ::ffff:192.0.2.1 as 192.0.2.1; for both versions only."),
    )
    default = forms.CharField(label=_("Default"), required=False)
    field_order = ("protocol", "unpack_ipv4")

    def clean(self) -> dict[str, Any]:
        options = super().clean()
        if options.get("unpack_ipv4") and options.get("protocol") != "both":
            self.add_error("unpack_ipv4", _("Possible only when both versions are allowed."))
        return options


class JSONTextField(forms.CharField):
    """A text of JSON; a value that is JSON already becomes its text."""

    def to_python(self, value: Any) -> str:
        try:
            text: str = super().to_python(value if isinstance(value, str | None) else json.dumps(value))
        except RecursionError:
            raise ValidationError(_("The JSON is nested too deep."), code="depth") from None
        return text


@check_shape.register
def _take_any_json(field: JSONTextField, value: Any) -> None:
    if isinstance(value, str):
        refuse_unstorable(value)


class JSONOptions(ValueOptions):
    max_length = forms.IntegerField(
        label=_("Longest"),
        min_value=2,
        max_value=10_000_000,
        initial=100_000,
        help_text=_("Most characters of the JSON text."),
    )
    max_depth = forms.IntegerField(
        label=_("Levels"),
        min_value=1,
        max_value=100,
        initial=20,
        help_text=_("How deep lists and objects may be nested."),
    )
    default = JSONTextField(
        label=_("Default"), required=False, widget=forms.Textarea, help_text=_("A JSON text.")
    )
    field_order = ("max_length", "max_depth")


@field_types.register
class UUID(FieldType):
    slug = "uuid"
    kind = "uuid"
    label = _("UUID")
    family = "structured"
    options_form = UUIDOptions
    moving_defaults: ClassVar[Mapping[str, Callable[[], Any]]] = {RANDOM: uuid.uuid4}

    def model_field(self, options: Options) -> models.Field:
        return self.with_default(fields.UUIDField(**self.column(options)), options)


@field_types.register
class IP(FieldType):
    slug = "ip"
    kind = "ip"
    label = _("IP address")
    family = "structured"
    options_form = IPOptions
    options_for_new_values: ClassVar[frozenset[str]] = frozenset({"unpack_ipv4"})

    def model_field(self, options: Options) -> models.Field:
        kinds = {"protocol": options["protocol"], "unpack_ipv4": options.get("unpack_ipv4", False)}
        return self.with_default(fields.IPAddressField(**kinds, **self.column(options)), options)


@field_types.register
class JSON(FieldType):
    slug = "json"
    kind = "json"
    label = _("JSON")
    family = "structured"
    options_form = JSONOptions

    def _clean_default(self, options: dict[str, Any]) -> str:
        # As text, which is what the browser's editor shows.
        value = super()._clean_default(options)
        return "" if value is None else json.dumps(value, ensure_ascii=False)

    def model_field(self, options: Options) -> models.Field:
        limits = {name: options[name] for name in ("max_length", "max_depth")}
        column = {**self.column(options), "unique": False, "db_index": False}
        return self.with_default(fields.JSONField(**limits, **column), options)
