"""Definitions: tables and fields as people want them, and the front door to making them so.

They are a draft. Saving one changes nothing but its row; ``plan()`` says what would have to be done,
``sync()`` does it. What is in force is the newest ``SchemaRevision``, and nothing else.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from dynadmin import naming
from dynadmin.changes import SchemaChange
from dynadmin.conf import conf
from dynadmin.displays import can_be_shown, parse_display, write_display
from dynadmin.exceptions import NotApplied, UnknownFieldType
from dynadmin.fieldtypes import FieldType, field_types, get_field
from dynadmin.fieldtypes.relations import SELF
from dynadmin.kinds import check_kind, check_lock
from dynadmin.models.applying import apply_plan, plan_tables
from dynadmin.models.bringing import bring_columns
from dynadmin.models.deciding import choices_by_field
from dynadmin.models.drafting import TAKEN, forget_definitions, write_definitions
from dynadmin.models.limits import known_by_ids, limit_by_ids
from dynadmin.models.sources import refuse_names, with_ids
from dynadmin.naming import label_from
from dynadmin.plan import Plan
from dynadmin.registry import registry
from dynadmin.revisions import SchemaRevision
from dynadmin.schema import FieldSchema, TableSchema, target_of


def default_kind() -> str:
    return str(conf.DEFAULT_KIND)


class DynamicModel(models.Model):
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

    def plan(self, *, on_failure: Mapping[str, Any] | None = None, answers: Any = None) -> Plan:
        """Return the plan that leads from the revision in force to this draft.

        ``on_failure`` says, by the name of a field, what becomes of values that do not convert: ``"stop"``
        (the default), ``"empty"``, ``"keep"`` (their text goes to a second field) or ``{"value": ...}``.
        ``answers`` are those to the questions of a conversion, by name of field and id of question. Raises
        ValidationError.
        """
        return self._plan(on_failure or {}, answers or {})

    def _plan(self, on_failure: Mapping[str, Any], answers: Any, *, reserve: bool = False) -> Plan:
        choices = choices_by_field(self, on_failure, answers)
        return plan_tables([self], choices=choices, reserve=reserve)

    def sync(
        self,
        *,
        allow_destructive: bool = False,
        on_failure: Mapping[str, Any] | None = None,
        answers: Mapping[str, Mapping[str, str]] | None = None,
        user=None,
        shown: str = "",
        in_background: bool = False,
    ) -> SchemaRevision | SchemaChange | None:
        """Apply the draft; return the new revision, or None if there was nothing to do.

        ``on_failure`` and ``answers`` are those of ``plan()``; ``shown`` is the digest of the preview a
        person agreed to. With ``in_background`` a change of a large table is only recorded: the SchemaChange
        that is returned has to be given to ``background.enqueue()``. Must be called outside transactions.
        Raises UnsafePlan if something would be retired and nobody allowed it, RefusedChange if it cannot be
        done, SchemaBusy if the table stays in use, StalePlan if the plan, or what the rows make of it, is no
        longer what was shown.
        """

        def make() -> Plan:
            return self._plan(on_failure or {}, answers or {}, reserve=True)

        return apply_plan(
            make, allow_destructive=allow_destructive, user=user, shown=shown, in_background=in_background
        )

    def retirement(self, *, with_references: bool = False) -> Plan:
        """Return the plan that retires the table; empty if it was never applied.

        ``with_references``: with it go the fields of other tables that refer to it, which else keep it.
        """
        return plan_tables(gone=[self.pk], with_references=with_references)

    def retire(self, *, with_references: bool = False, user=None, shown: str = "") -> SchemaRevision | None:
        """Take the table out of everybody's sight, keeping its rows; the definition goes with it.

        Arguments and errors are those of ``retirement()`` and ``sync()``.
        """
        make = partial(self.retirement, with_references=with_references)
        revision = apply_plan(make, allow_destructive=True, user=user, shown=shown)
        if revision is None:  # it was never applied
            with transaction.atomic():
                forget_definitions([self.pk])
        return revision

    def extract(self, columns: Sequence[str], **arguments: Any) -> "DynamicModel":
        """Make a table of the distinct combinations of columns, and refer to it; see ``models.extract``."""
        from dynadmin.models.extracting import extract

        return extract(self, columns, **arguments)

    def revert(self) -> None:
        """Make the draft what is in force. Raises NotApplied, or RefusedChange if its name is taken."""
        table = registry.newest.schema.tables.get(self.pk)
        if table is None or table.retired:
            raise NotApplied(f"Table {self.name!r} is not in force: there is nothing to go back to.")
        write_definitions([table])
        self.refresh_from_db()


class DynamicField(models.Model):
    """One column of a table as people want it."""

    model = models.ForeignKey(
        DynamicModel, verbose_name=_("table"), related_name="fields", on_delete=models.PROTECT
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
    def from_schema(cls, field: FieldSchema, *, model: DynamicModel, position: int) -> "DynamicField":
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
