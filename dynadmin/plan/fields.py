"""Steps on one field of a table."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from dynadmin.conversion import Choices
from dynadmin.fieldtypes import field_types
from dynadmin.plan.operations import FieldOperation
from dynadmin.schema import FieldSchema, TableSchema

NOTHING_CHOSEN = Choices()


@dataclass(frozen=True, kw_only=True)
class AddField(FieldOperation):
    """``choices`` may name the value of rows that exist already."""

    choices: Choices = NOTHING_CHOSEN

    @property
    def can_fail(self) -> bool:  # type: ignore[override]
        """Whether rows that exist already would be left without a value they must have."""
        return must_be_given(self.field)

    def describe(self) -> str:
        return _("Add field “%(field)s” to “%(table)s”") % self.words


@dataclass(frozen=True, kw_only=True)
class RelabelField(FieldOperation):
    """New name or label: a change of metadata, whatever the number of rows."""

    old: FieldSchema

    def describe(self) -> str:
        words = self.words | {"old_label": self.old.label, "old_name": self.old.name, "name": self.field.name}
        if self.old.name == self.field.name:
            return _("Label field “%(old_label)s” of “%(table)s” as “%(field)s”") % words
        return _("Rename field “%(old_name)s” of “%(table)s” to “%(name)s”") % words


@dataclass(frozen=True, kw_only=True)
class AlterField(FieldOperation):
    """Other options of the same type; of what is computed, another type too."""

    old: FieldSchema

    @property
    def can_fail(self) -> bool:  # type: ignore[override]
        return not field_types[self.field.type].is_widening(self.old.options, self.field.options)

    def describe(self) -> str:
        if self.old.type != self.field.type:
            return _of_other_type(self)
        words = self.words | {"options": ", ".join(changed_options(self.old, self.field))}
        return _("Change %(options)s of field “%(field)s” of “%(table)s”") % words


@dataclass(frozen=True, kw_only=True)
class ConvertField(FieldOperation):
    """Another type, or options that not all values fit: every value goes to a new column, converted.

    ``keep_in`` is the field that takes the original texts of values which do not convert. The old column
    stays as it is, beside the new one. ``original`` is set where the new one is such an original, taken into
    use again. ``reading`` says how values are read, once the values themselves were looked at.
    """

    old: FieldSchema
    choices: Choices = NOTHING_CHOSEN
    keep_in: FieldSchema | None = None
    original: FieldSchema | None = None
    reading: Mapping[str, Any] | None = None
    can_fail = True

    def after(self, before: TableSchema | None) -> TableSchema:
        here = before or self.table
        # Originals that other conversions of the plan take into use again are still there.
        kept = [f for f in here.originals if f.column != self.field.column]
        left = [f for f in self.table.originals if f.column == self.old.column]
        return replace(here.with_field(self.field), originals=(*kept, *left))

    def describe(self) -> str:
        if self.old.type != self.field.type:
            return _of_other_type(self)
        words = self.words | {"options": ", ".join(changed_options(self.old, self.field))}
        return _("Convert field “%(field)s” of “%(table)s” to other options: %(options)s") % words


@dataclass(frozen=True, kw_only=True)
class RetireField(FieldOperation):
    """``is_seen`` is false of a field whose table comes out of the trash without it."""

    is_seen: bool = True

    @property
    def is_destructive(self) -> bool:  # type: ignore[override]
        return self.is_seen

    def describe(self) -> str:
        if not self.is_seen:
            return _("Leave field “%(field)s” of “%(table)s” in the trash, with its values") % self.words
        if self.field.stored == "computed":
            return _("Retire field “%(field)s” of “%(table)s”: it is not computed any more") % self.words
        return (
            _("Retire field “%(field)s” of “%(table)s”: nobody sees it any more, its values are kept")
            % self.words
        )


@dataclass(frozen=True, kw_only=True)
class RestoreField(FieldOperation):
    """A retired field is seen again, with the values it had."""

    old: FieldSchema
    choices: Choices = NOTHING_CHOSEN

    @property
    def can_fail(self) -> bool:  # type: ignore[override]
        """Whether rows may be left without a value they must have, or refer to what is gone by now."""
        return bool(self.field.target) or (
            self.is_on_column and not field_types[self.field.type].model_field(self.field.options).null
        )

    def describe(self) -> str:
        words = self.words | {"name": self.field.name}
        if self.old.name == self.field.name:
            sentence = _("Restore field “%(field)s” of “%(table)s” with its values") % words
        else:
            sentence = _("Restore field “%(field)s” of “%(table)s” with its values, as “%(name)s”") % words
        if options := changed_options(self.old, self.field):
            return _("%(sentence)s, with other %(options)s") % {
                "sentence": sentence,
                "options": ", ".join(options),
            }
        return sentence


def _of_other_type(operation: AlterField | ConvertField) -> str:
    old, new = operation.old.type, operation.field.type
    words = operation.words | {"old": type_label(old), "new": type_label(new)}
    return _("Change the type of field “%(field)s” of “%(table)s” from %(old)s to %(new)s") % words


def must_be_given(field: FieldSchema) -> bool:
    """Whether a row cannot be without a value, and the database has none to give."""
    if field.stored != "column":
        return False
    model_field = field_types[field.type].model_field(field.options)
    return not model_field.null and not model_field.has_db_default()


def type_label(slug: str) -> str:
    """Return what people call a type; one that is not installed by its slug."""
    return str(field_types[slug].label) if slug in field_types else slug


def changed_options(old: FieldSchema, new: FieldSchema) -> list[str]:
    """Return the names of the options in which two fields differ."""
    keys = {*old.options, *new.options}
    return sorted(key for key in keys if old.options.get(key) != new.options.get(key))
