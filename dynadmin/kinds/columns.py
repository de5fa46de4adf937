"""The field type of the columns that a kind of tables brings along."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from dynadmin.exceptions import UnknownKind
from dynadmin.fieldtypes import FieldType, field_types
from dynadmin.kinds.registry import SLUG_LENGTH, Column, kinds
from dynadmin.naming import MAX_LENGTH
from dynadmin.options import OptionsForm
from dynadmin.schema import FieldSchema

REQUIRED = "required"

# What the values of such a column are to those who convert it, by the nearest class of its model field.
KINDS_OF_VALUES: tuple[tuple[type[models.Field], str], ...] = (
    (models.DateTimeField, "datetime"),
    (models.DateField, "date"),
    (models.TimeField, "time"),
    (models.DurationField, "duration"),
    (models.BooleanField, "bool"),
    (models.IntegerField, "whole"),
    (models.FloatField, "number"),
    (models.DecimalField, "exact"),
    (models.UUIDField, "uuid"),
    (models.GenericIPAddressField, "ip"),
    (models.JSONField, "json"),
    (models.CharField, "text"),
    (models.TextField, "text"),
)


class RequiredOptions(OptionsForm):
    kind = forms.CharField(label=_("Kind of tables"), max_length=SLUG_LENGTH)
    field = forms.CharField(label=_("Its column"), max_length=MAX_LENGTH)

    # To which model its values refer, if they do. The column says it, whatever is given.
    target = forms.CharField(label=_("Refers to"), required=False)

    def clean(self) -> dict[str, Any]:
        options = super().clean()
        if options.get("kind") and options.get("field"):
            try:
                options["target"] = column_of(options).target
            except UnknownKind as error:
                raise ValidationError({"kind": str(error)}) from error
        return options


def column_of(options: Any) -> Column:
    """Return the column that the options name. Raises UnknownKind."""
    kind = kinds[options["kind"]]
    try:
        return kind.columns[options["field"]]
    except KeyError:
        words = {"kind": kind.label, "field": options["field"]}
        message = _("Tables of the kind “%(kind)s” have no column “%(field)s”.")
        raise UnknownKind(message % words) from None


@field_types.register
class RequiredColumn(FieldType):
    """A column as an abstract model has it. It comes with a kind; nobody chooses it from a list."""

    slug = REQUIRED
    label = _("Column of a kind")
    family = _("other")
    options_form = RequiredOptions
    is_offered = False

    def model_field(self, options: Any) -> models.Field:
        field = column_of(options).field.clone()
        field.is_stamp = not field.editable
        return field

    def kind_of(self, options: Any) -> str:
        field = column_of(options).field
        return next((kind for base, kind in KINDS_OF_VALUES if isinstance(field, base)), "")


def options_of(column: Column) -> dict[str, Any]:
    """Return the options of a field that is this column, as the form of options has them."""
    options = {"kind": column.origin, "field": column.name}
    return {**options, "target": column.target} if column.target else options


def is_column(field: FieldSchema, column: Column) -> bool:
    """Whether a field is this column: of its name, and made as it says."""
    named = field.name, field.type, dict(field.options)
    return named == (column.name, REQUIRED, options_of(column))
