"""Definitions: tables and fields as people want them, and the front door to making them so.

They are a draft. Saving one changes nothing but its row; ``plan()`` says what would have to be done,
``sync()`` does it. What is in force is the newest ``SchemaRevision``, and nothing else.
"""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from dynadmin import naming
from dynadmin.conf import conf
from dynadmin.displays import can_be_shown, parse_display, write_display
from dynadmin.exceptions import NotApplied
from dynadmin.kinds import check_kind
from dynadmin.models.bringing import bring_columns
from dynadmin.models.drafting import TAKEN
from dynadmin.models.fields import DynamicField
from dynadmin.models.frontdoor import FrontDoor
from dynadmin.naming import label_from
from dynadmin.registry import registry
from dynadmin.schema import TableSchema

__all__ = ["DynamicField", "DynamicModel", "default_kind"]


def default_kind() -> str:
    return str(conf.DEFAULT_KIND)


class DynamicModel(FrontDoor):
    """One table as people want it. ``sync()`` makes it so; ``django_model`` is what it then is."""

    name = models.CharField(
        _("name"),
        max_length=naming.MAX_LENGTH,
        unique=True,
        validators=[naming.validate_table_name],
        help_text=_("How addresses, the API and SQL call it: lower-case letters, digits and underscores."),
    )
    label = models.CharField(_("label"), max_length=100, blank=True, help_text=_("What people read."))
    description = models.TextField(_("description"), blank=True, max_length=2000)
    folder = models.CharField(
        _("folder"), max_length=60, blank=True, help_text=_("Tables of one folder are listed together.")
    )
    display = models.JSONField(default=list, blank=True, editable=False)  # as TableSchema.display
    kind = models.CharField(
        _("kind"), max_length=50, default=default_kind, help_text=_("What every row of the table has.")
    )
    keeps_history = models.BooleanField(
        _("row history"), default=True, help_text=_("Whether each change of a row is written down.")
    )
    key = models.UUIDField(default=uuid.uuid4, editable=False)  # its name across installations
    version = models.PositiveIntegerField(default=1, editable=False)  # rises with each save of the page
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("table definition")
        verbose_name_plural = _("table definitions")
        ordering = ["label", "name"]

    def __str__(self) -> str:
        return self.label or label_from(self.name)

    def save(self, *args: Any, bring: bool = True, **kwargs: Any) -> None:
        """Save the draft, and with it the columns of its kind, unless those are left to be brought later."""
        super().save(*args, **kwargs)
        if bring:
            bring_columns(self)

    @property
    def django_model(self) -> type[models.Model]:
        """The model class of the revision in force. Raises NotApplied or TableRetired."""
        with registry.in_use() as snapshot:
            if self.pk not in snapshot.schema.tables:
                raise NotApplied(f"Table {self.name!r} was never applied: call sync() on it.")
            return snapshot.model(self.pk)

    @property
    def is_applied(self) -> bool:
        """Whether a live table stands behind this definition."""
        return self.pk in registry.current.models

    def to_schema(self) -> TableSchema:
        """Return the draft as a value, its options checked and complete. Raises ValidationError.

        A rule that stands on a field which is no longer there is left out: it goes with the field.
        """
        table = self.schema_of_fields()
        check_kind(table)
        ids = [field.id for field in table.fields]
        rules = [rule for rule in self.constraints.all() if rule.stands_on(ids)]
        return replace(table, constraints=tuple(rule.to_schema(table) for rule in rules))

    def schema_of_fields(self) -> TableSchema:
        """Return the draft as a value, without its rules. Raises ValidationError."""
        return TableSchema(
            id=self.pk,
            name=self.name,
            label=str(self),
            description=self.description,
            folder=self.folder,
            display=tuple(part for part in self.display if isinstance(part, int | str)),
            kind=self.kind,
            keeps_history=self.keeps_history,
            key=str(self.key),
            fields=tuple(field.to_schema() for field in self.fields.all()),
        )

    @property
    def display_text(self) -> str:
        """What rows are called, as people write it: ``{tail} ({maker})``; ``""``: by their first text."""
        return write_display(self.display, {field.pk: field.name for field in self.fields.all()})

    def set_display(self, text: str, *, earlier_names: Mapping[str, int] | None = None) -> None:
        """Say what rows are called, as ``display_text`` has it, once the fields are there; not saved yet.

        ``earlier_names`` are further names of fields, with their ids. Raises ValidationError.
        """
        shown = [field for field in map(DynamicField.to_schema, self.fields.all()) if can_be_shown(field)]
        earlier = {name: id for name, id in (earlier_names or {}).items() if id in {f.id for f in shown}}
        self.display = list(parse_display(text, {**earlier, **{field.name: field.id for field in shown}}))

    def take(self, table: TableSchema) -> None:
        """Say of the table itself what the value says."""
        for attribute in TAKEN:
            setattr(self, attribute, getattr(table, attribute))
        self.display = list(table.display)
        self.key = table.key or self.key
