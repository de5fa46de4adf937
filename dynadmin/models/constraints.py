"""Rules on whole rows, and indexes, as people want them: a draft, as fields are."""

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from dynadmin.constraints import KINDS, clean_constraint
from dynadmin.models.definitions import DynamicModel
from dynadmin.schema import ConstraintSchema, FieldSchema, TableSchema


class DynamicConstraint(models.Model):
    """One rule of a table, or an index, as ``ConstraintSchema`` says: ``fields`` are ids of its fields."""

    model = models.ForeignKey(
        DynamicModel, verbose_name=_("table"), related_name="constraints", on_delete=models.PROTECT
    )
    kind = models.CharField(_("kind"), max_length=20)
    fields = models.JSONField(_("fields"), default=list, blank=True)
    rule = models.JSONField(_("comparison"), default=dict, blank=True)
    label = models.CharField(
        _("message"),
        max_length=200,
        blank=True,
        help_text=_("What people read when a row breaks the rule; without one it is made from the rule."),
    )
    position = models.PositiveIntegerField(_("position"), default=0)
    key = models.UUIDField(default=uuid.uuid4, editable=False)  # its name across installations

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.in_words()

    def in_words(self) -> str:
        """Return the rule in words, as far as it can be told."""
        kind, fields = KINDS.get(self.kind), self.model.fields.all() if self.model_id else ()
        live = [FieldSchema(id=f.pk, name=f.name, label=str(f), type=f.type) for f in fields]
        if kind is None or not self.stands_on([field.id for field in live]):
            return self.label or self.kind
        return kind.statement(self._as_written(), TableSchema(id=0, name="", fields=tuple(live)))

    def clean(self) -> None:
        """Check the rule against the fields of the table, and put it into its canonical form."""
        if not self.model_id:
            return
        try:
            self.check_on(self.model.schema_of_fields())
        except ValidationError as error:
            raise ValidationError(_errors_by_column(error)) from error

    def check_on(self, table: TableSchema) -> None:
        """Put the rule into its canonical form.

        Raises ValidationError with messages by ``kind``, ``fields``, ``operator``, ``other`` and ``value``.
        """
        cleaned = clean_constraint(self._as_written(), table)
        self.fields, self.rule = list(cleaned.fields), dict(cleaned.rule)

    def _as_written(self) -> ConstraintSchema:
        return ConstraintSchema(
            id=self.pk or 0,
            key=str(self.key),
            kind=self.kind,
            label=self.label.strip(),
            fields=tuple(id for id in _listed(self.fields) if type(id) is int),
            rule=_readable(self.rule),
        )

    def to_schema(self, table: TableSchema) -> ConstraintSchema:
        """Return the draft as a value. Raises ValidationError."""
        self.check_on(table)
        return self._as_written()

    def stands_on(self, ids: Any) -> bool:
        """Whether all its fields are among these."""
        return set(ids).issuperset(self._as_written().field_ids)

    @classmethod
    def from_schema(
        cls, rule: ConstraintSchema, *, model: DynamicModel, position: int
    ) -> "DynamicConstraint":
        """Return an unsaved draft equal to the value, with its identity."""
        return cls(
            pk=rule.id,
            model=model,
            kind=rule.kind,
            fields=list(rule.fields),
            rule=dict(rule.rule),
            label=rule.label,
            position=position,
            **({"key": rule.key} if rule.key else {}),
        )


def _listed(fields: Any) -> list[Any]:
    return fields if isinstance(fields, list) else []


def _readable(rule: Any) -> dict[str, Any]:
    """Return of a rule what has the shape it should have: JSON may be anything."""
    shapes = {"operator": str, "other": int, "value": str}
    given = rule if isinstance(rule, dict) else {}
    return {name: given[name] for name, shape in shapes.items() if type(given.get(name)) is shape}


def _errors_by_column(error: ValidationError) -> dict[str, Any]:
    """Return the errors of a rule by the columns of its draft."""
    by_column: dict[str, list[ValidationError]] = {}
    for where, errors in error.error_dict.items():
        column = where if where in ("kind", "fields") else "rule"
        by_column.setdefault(column, []).extend(errors)
    return by_column
