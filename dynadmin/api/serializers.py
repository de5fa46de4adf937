"""Serializers of rows: one class for each model class, made when first asked for and kept with it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.core.exceptions import ValidationError as DjangoValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.fields import empty

from dynadmin.api.errors import WHOLE_ROW
from dynadmin.api.fields import RowField, field_for
from dynadmin.api.relations import ALL, DISPLAY
from dynadmin.computed import may_see
from dynadmin.factory import Row
from dynadmin.fieldtypes.fields.doors import shorten
from dynadmin.related import fields_of, is_relation, links_of

KEY = "api:serializer"
MAX_UNKNOWN = 20

# Forms of pages send it beside the values.
CSRF_FIELD = "csrfmiddlewaretoken"


def serializer_class_of(model: type[Row]) -> type["RowSerializer"]:
    """Return the serializer class of a table; the same one as long as the table stays as it is."""
    return model.derived.get(KEY) or model.derived.setdefault(KEY, serializer_factory(model))


def serializer_factory(model: type[Row]) -> type["RowSerializer"]:
    """Return a new serializer class for the rows of a table."""
    name = f"{model.__name__}Serializer"
    attrs = {
        "__module__": __name__,
        "__qualname__": name,
        "__doc__": model.__doc__,
        "model": model,
        "names": frozenset(field.name for field in (model._meta.pk, *fields_of(model))),
    }
    return type(name, (RowSerializer,), attrs)


class RowSerializer(serializers.Serializer):
    """Between a row and its JSON. After ``is_valid()`` the changed row is in ``row``, not saved yet."""

    model: ClassVar[type[Row]]
    names: ClassVar[frozenset[str]]

    def get_fields(self) -> dict[str, RowField]:
        request = self.context.get("request")
        fields = [self.model._meta.pk, *fields_of(self.model)]
        seen = [field for field in fields if may_see(request.user, field)] if request else fields
        return {field.name: field_for(field) for field in seen}

    # --- Writing rows out ---

    def to_representation(self, instance: Row) -> dict[str, Any]:
        """Return the values by name; behind each relation, what the rows it refers to are called."""
        values = super().to_representation(instance)
        related = self.context.get("related")
        told: dict[str, Any] = {}
        for name, value in values.items():
            told[name] = value
            if related is not None and is_relation(field := self.fields[name].model_field):
                told[f"{name}{DISPLAY}"] = related.display(field, instance)
                if related.has_more(field, instance):
                    told[f"{name}{ALL}"] = self._address_of_links(name, instance)
        return told

    def _address_of_links(self, name: str, row: Row) -> str:
        """Return where all rows are listed that a row is linked to."""
        table = self.model.table_schema.name
        address = reverse("dynadmin-api:links", kwargs={"name": table, "pk": row.pk, "field": name})
        return self.context["request"].build_absolute_uri(address)

    # --- Reading what was sent ---

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Return the values by name. Raises ValidationError with messages by name."""
        if not isinstance(data, Mapping):
            raise ValidationError({WHOLE_ROW: [_("Send an object with the names of fields as its keys.")]})
        errors = self._unknown_names(data)
        values = {}
        for field in self.fields.values():
            try:
                if (value := self._read(field, data)) is not empty:
                    values[field.field_name] = value
            except DjangoValidationError as error:
                errors[field.field_name] = error.messages
            except ValidationError as error:
                errors[field.field_name] = error.detail
        if errors:
            raise ValidationError(errors)
        return values

    def _read(self, field: RowField, data: Mapping[str, Any]) -> Any:
        raw = field.get_value(data)
        if raw is not empty:
            return field.read(raw, self.instance)
        if field.required and not self.partial:
            field.fail("required")
        return empty

    def _unknown_names(self, data: Mapping[str, Any]) -> dict[str, list[str]]:
        unknown = [str(name) for name in data if name not in self.names | self._answered]
        message = _("This table has no such field. Its fields are: %(names)s.")
        names = ", ".join(self.fields)
        return {shorten(name): [message % {"names": names}] for name in unknown[:MAX_UNKNOWN]}

    @property
    def _answered(self) -> set[str]:
        """Names that may be sent, as answers have them, and say nothing."""
        relations = {name for name, field in self.fields.items() if is_relation(field.model_field)}
        return {CSRF_FIELD, *(f"{name}{part}" for name in relations for part in (DISPLAY, ALL))}

    # --- What concerns the row as a whole ---

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Put the values into the row and compare it with the others. Raises ValidationError."""
        self.row = self.instance or self.model()
        self.links = {name: value for name, value in attrs.items() if self.fields[name].is_links}
        self.changed_names = [name for name in attrs if self._write(name, attrs[name])]
        self.check_row(attrs)
        return attrs

    def _write(self, name: str, value: Any) -> bool:
        """Give the row a value, but for links, which need its id; return whether it had another."""
        field = self.fields[name]
        if not field.is_links:
            return field.write(self.row, value)
        return list(links_of(field.model_field, self.row)[: len(value) + 1]) != value

    def save_links(self) -> None:
        """Link the saved row to what it is to be linked to."""
        for name, ids in self.links.items():
            getattr(self.row, name).set(ids)

    def check_row(self, values: Mapping[str, Any]) -> None:
        """Refuse what other rows or the table's rules do not allow, looking at the given values only."""
        untouched = self.names - set(values) if self.instance else frozenset()
        try:
            self.row.clean()
            self.row.validate_unique(exclude=untouched)
            self.row.validate_constraints(exclude=untouched - self._ruled_with(values))
        except DjangoValidationError as error:
            raise ValidationError(
                error.message_dict if hasattr(error, "error_dict") else error.messages
            ) from error

    def _ruled_with(self, values: Mapping[str, Any]) -> set[str]:
        """Return the names of the fields that stand in one rule with one of the given values."""
        table = self.model.table_schema
        rules = [{table.field(id).name for id in rule.field_ids} for rule in table.constraints]
        return set().union(*(names for names in rules if names & set(values)))
