"""Definitions of fields: one column of a table as people want it."""

import uuid
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from dynadmin import naming
from dynadmin.exceptions import UnknownFieldType
from dynadmin.fieldtypes import FieldType, field_types, get_field
from dynadmin.fieldtypes.relations import SELF
from dynadmin.kinds import check_lock
from dynadmin.models.limits import known_by_ids, limit_by_ids
from dynadmin.models.sources import refuse_names, with_ids
from dynadmin.naming import label_from
from dynadmin.schema import FieldSchema, target_of


class DynamicField(models.Model):
    """One column of a table as people want it."""

    model = models.ForeignKey(
        "dynadmin.DynamicModel", verbose_name=_("table"), related_name="fields", on_delete=models.PROTECT
    )
    name = models.CharField(
        _("name"),
        max_length=naming.MAX_LENGTH,
        validators=[naming.validate_field_name],
        help_text=_("How files, the API and SQL call it."),
    )
    label = models.CharField(_("label"), max_length=100, blank=True, help_text=_("What people read."))
    type = models.CharField(_("type"), max_length=50, default="char")
    options = models.JSONField(_("options"), default=dict, blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    key = models.UUIDField(default=uuid.uuid4, editable=False)  # its name across installations
    required_by = models.CharField(max_length=50, blank=True, editable=False)  # the kind that brought it

    class Meta:
        verbose_name = _("field")
        verbose_name_plural = _("fields")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["model", "name"],
                name="dynadmin_field_name_once_a_table",
                violation_error_message=_("Another field of this table has this name."),
            )
        ]

    def __str__(self) -> str:
        return self.label or label_from(self.name)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the draft; what a developer wrote by name is stored by id, so that names may change."""
        self._name_own_table()
        self.options = with_ids(self)
        self.options = known_by_ids(self)
        super().save(*args, **kwargs)

    @property
    def field_type(self) -> FieldType:
        """The type's object. Raises UnknownFieldType."""
        return field_types[self.type]

    @property
    def django_field(self) -> models.Field:
        """An unbound model field made from type and options. Raises ValidationError, by option."""
        return get_field(self.type, self.options)

    def _name_own_table(self) -> None:
        """Have a relation to its own table refer to it by the id, once there is one."""
        if isinstance(self.options, dict) and self.options.get("target") == SELF and self.model_id:
            self.options = {**self.options, "target": target_of(self.model_id)}

    def clean(self) -> None:
        """Check type and options, and put the options into their canonical form.

        A column that the kind of the table has brought along stays what it is.
        """
        self._name_own_table()
        try:
            self.options = self.field_type.clean_options(self.options)
            self.options = with_ids(self)
            refuse_names(self.options)
            self.options = limit_by_ids(self)
        except UnknownFieldType as error:
            raise ValidationError({"type": str(error)}) from error
        except ValidationError as error:
            raise ValidationError({"options": _errors_by_option(error)}) from error
        if self.required_by:
            check_lock(self.as_schema())

    def to_schema(self) -> FieldSchema:
        """Return the draft as a value. Raises ValidationError."""
        self.clean()
        return replace(self.as_schema(), stored=self.field_type.stored)

    def as_schema(self) -> FieldSchema:
        """Return the draft as a value, unchecked."""
        return FieldSchema(
            id=self.pk,
            key=str(self.key),
            name=self.name,
            label=str(self),
            type=self.type,
            options=self.options,
            required_by=self.required_by,
        )

    @classmethod
    def from_schema(cls, field: FieldSchema, *, model: Any, position: int) -> "DynamicField":
        """Return an unsaved draft equal to the value, with its identity."""
        return cls(
            pk=field.id,
            model=model,
            name=field.name,
            label=field.label,
            type=field.type,
            options=dict(field.options),
            position=position,
            required_by=field.required_by,
            **({"key": field.key} if field.key else {}),
        )


def _errors_by_option(error: ValidationError) -> list[ValidationError]:
    """Return the errors of an options form as errors of one field, each naming its option."""
    if not hasattr(error, "error_dict"):
        return error.error_list
    return [
        ValidationError("%(option)s: %(message)s", params={"option": option, "message": message})
        for option, messages in error.message_dict.items()
        for message in messages
    ]
