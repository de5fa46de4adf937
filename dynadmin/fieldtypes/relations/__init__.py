"""Types that refer to rows of a table: another's, the same one's, or a model of the host project."""

from typing import Any, ClassVar

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from dynadmin import naming
from dynadmin.fieldtypes import fields
from dynadmin.fieldtypes.base import FieldType, Options
from dynadmin.fieldtypes.registry import field_types
from dynadmin.fieldtypes.relations.limits import LimitField
from dynadmin.fieldtypes.relations.targets import (
    SELF,
    TargetField,
    offer_targets,
    offered_targets,
    static_targets,
)
from dynadmin.fieldtypes.shared import TextualOptions, ValueOptions
from dynadmin.options import OptionsForm

__all__ = ["NO_REVERSE", "SELF", "offer_targets", "offered_targets", "static_targets"]

NO_REVERSE = "+"  # the reverse name of a relation that the target knows nothing of

DELETIONS = {
    "protect": (models.PROTECT, _("Refuse: it cannot be deleted while rows refer to it")),
    "set_empty": (models.SET_NULL, _("Empty the field in the rows that refer to it")),
    "cascade": (models.CASCADE, _("Delete the rows that refer to it, too")),
}


class RelationOptions(OptionsForm):
    target = TargetField(label=_("Refers to"), help_text=_("The table whose rows are chosen from."))
    related_name = forms.CharField(
        label=_("Name from the other side"),
        required=False,
        max_length=naming.MAX_LENGTH,
        help_text=_("How a row of the other table calls the rows that refer to it. Empty: as this table."),
    )
    limit = LimitField(
        label=_("Only rows where"),
        required=False,
        help_text=_("All these have to hold for a row to be chosen."),
    )

    def clean_related_name(self) -> str:
        name = self.cleaned_data["related_name"]
        if name not in {"", NO_REVERSE}:
            naming.validate_field_name(name)
        return name


class KeyOptions(RelationOptions, ValueOptions):
    on_delete = forms.ChoiceField(
        label=_("When that row is deleted"),
        choices=[(name, label) for name, (_action, label) in DELETIONS.items()],
        initial="protect",
    )
    field_order = ("target", "on_delete")

    def clean(self) -> dict[str, Any]:
        options = super().clean()
        if options.get("on_delete") == "set_empty" and not options.get("null"):
            self.add_error("on_delete", _("Only a field that allows NULL can be emptied."))
        return options


class ForeignKeyOptions(KeyOptions):
    unique = forms.BooleanField(
        label=_("No value twice"), required=False, help_text=_("Two rows cannot refer to the same row.")
    )


class LinksOptions(RelationOptions):
    blank = TextualOptions.base_fields["blank"]
    help_text = TextualOptions.base_fields["help_text"]


class Relation(FieldType):
    """Base of types whose values are rows."""

    family = "relations"
    options_for_new_values: ClassVar[frozenset[str]] = frozenset({"on_delete", "related_name", "limit"})
    field_class: ClassVar[type[models.Field]]

    def column(self, options: Options) -> dict[str, Any]:
        shared = super().column(options)
        column = {name: shared[name] for name in ("blank", "help_text")}
        related_name = options.get("related_name") or NO_REVERSE
        return {
            **column,
            "to": options["target"],
            "related_name": related_name,
            "limit": options.get("limit", ()),
        }

    def model_field(self, options: Options) -> models.Field:
        return self.field_class(**self.column(options))


class KeyType(Relation):
    """Base of types that store the id of one row."""

    kind = "key"

    def column(self, options: Options) -> dict[str, Any]:
        on_delete, _label = DELETIONS[options["on_delete"]]
        return {**super().column(options), "null": options["null"], "on_delete": on_delete}


@field_types.register
class ForeignKeyType(KeyType):
    slug = "foreignkey"
    label = _("Relation to a row")
    options_form = ForeignKeyOptions
    field_class = fields.ForeignKey

    def column(self, options: Options) -> dict[str, Any]:
        return {**super().column(options), "unique": options.get("unique", False)}


@field_types.register
class OneToOneType(KeyType):
    slug = "onetoone"
    label = _("Relation to a row, one to one")
    options_form = KeyOptions
    field_class = fields.OneToOneField


@field_types.register
class ManyToManyType(Relation):
    slug = "manytomany"
    kind = "links"
    label = _("Relation to many rows")
    stored = "links"
    options_form = LinksOptions
    field_class = fields.ManyToManyField
