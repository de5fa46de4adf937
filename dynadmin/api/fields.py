"""One serializer field for all types: the model field decides what is legal and how a value is written."""

import html
from functools import singledispatch
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.fields import empty

from dynadmin.fieldtypes.cells import to_text

# What JSON itself can say.
JSON_TYPES = (bool, int, float, str, list, dict)


class RowField(serializers.Field):
    """A column of a table as a field of its serializer.

    Every value ends in ``model_field.clean``: the API accepts what forms and files do, and nothing else.
    """

    is_links = False

    default_error_messages = {
        "read_only": _("This field cannot be set."),
    }

    def __init__(self, model_field: models.Field) -> None:
        self.model_field = model_field
        read_only = model_field.primary_key or not model_field.editable
        super().__init__(
            read_only=read_only,
            required=not (read_only or model_field.blank or model_field.has_default()),
            allow_null=model_field.null,
            label=model_field.verbose_name,
            help_text=plain_help(model_field) or None,
        )

    def get_value(self, dictionary: Any) -> Any:
        """Return what the request says about this field; ``empty`` if it says nothing."""
        if self.field_name not in dictionary:
            return empty
        if hasattr(dictionary, "getlist") and takes_many(self.model_field):
            # A form that has nothing chosen can only say so by an empty text.
            return [value for value in dictionary.getlist(self.field_name) if value]
        return dictionary[self.field_name]

    def to_internal_value(self, data: Any) -> Any:
        """Return the value to store. Raises ValidationError, of Django's or REST framework's."""
        return self.model_field.clean(data, None)

    def to_representation(self, value: Any) -> Any:
        """Return the value as JSON says it: native where it can, else the text that files have."""
        if isinstance(value, JSON_TYPES):
            return value
        return to_text(self.model_field, value)

    def read(self, data: Any, row: models.Model | None) -> Any:
        """Return the value to store; ``empty`` if the row's own is to stay. Raises ValidationError."""
        if not self.read_only:
            return self.to_internal_value(data)
        # A client may send back all it has read.
        if data is None or self.repeats(data, row):
            return empty
        return self.fail("read_only")

    def write(self, row: models.Model, value: Any) -> bool:
        """Give the row the value; return whether it had another."""
        had = getattr(row, self.field_name)
        setattr(row, self.field_name, value)
        return had != value

    def repeats(self, data: Any, row: models.Model | None) -> bool:
        """Whether the data says what the row has already."""
        value = None if row is None else self.get_attribute(row)
        return value is not None and str(data) == str(self.to_representation(value))


class RowFileField(RowField):
    """A column of uploaded files: read as their address, written as an upload or an address."""

    def get_value(self, dictionary: Any) -> Any:
        """Return what the request says; a form's empty box for a file says nothing."""
        value = super().get_value(dictionary)
        return empty if value == "" and hasattr(dictionary, "getlist") else value

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(self._name_at(data) if isinstance(data, str) else data)

    def _name_at(self, address: str) -> str:
        """Return the name of the file stored at this address; what is no address stays as it is."""
        root = reverse("dynadmin-api:file", args=["-"]).removesuffix("-")
        return address.removeprefix(self._absolute(root)).removeprefix(root)

    def to_representation(self, value: Any) -> str | None:
        """Return the address of the file, None where there is none."""
        return self._absolute(value.url) if value else None

    def _absolute(self, address: str) -> str:
        request = self.context.get("request")
        return request.build_absolute_uri(address) if request else address


@singledispatch
def field_for(model_field: models.Field) -> RowField:
    """Return the serializer field of a model field."""
    return RowField(model_field)


@field_for.register
def _file(model_field: models.FileField) -> RowField:
    return RowFileField(model_field)


def plain_help(model_field: models.Field) -> str:
    """Return the field's help as people wrote it: model fields hold it escaped, as Django's pages do not."""
    return html.unescape(str(model_field.help_text))


def takes_many(model_field: models.Field) -> bool:
    """Whether a form sends several values under the name of this field."""
    form_field = model_field.formfield()
    return bool(form_field and getattr(form_field.widget, "allow_multiple_selected", False))
