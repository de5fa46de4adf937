"""The steps of plans, in words. They follow Django's ``Operation.describe()``."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from dynadmin.constraints import KINDS
from dynadmin.conversion import Choices
from dynadmin.fieldtypes import field_types
from dynadmin.kinds import kinds
from dynadmin.schema import FieldSchema, TableSchema

NOTHING_CHOSEN = Choices()


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One step of a plan, on one table as it is after the plan."""

    table: TableSchema

    is_destructive = False  # people lose sight of something
    can_fail = False  # the rows decide whether it is possible
    others_decide = False  # what others have built in the database decides whether it is possible
    is_physical = False  # it changes the database, and nothing of the schema
    is_on_column = True  # it has to do with what rows have in the table itself

    def describe(self) -> str:
        raise NotImplementedError

    def after(self, before: TableSchema | None) -> TableSchema:
        """Return the table as this step leaves it, given how the one before has left it."""
        return before or self.table

    @property
    def words(self) -> dict[str, str]:
        return {"table": self.table.label or self.table.name}


@dataclass(frozen=True, kw_only=True)
class FieldOperation(Operation):
    """A step on one field."""

    field: FieldSchema

    def after(self, before: TableSchema | None) -> TableSchema:
        return before.with_field(self.field) if before else self.table

    @property
    def is_on_column(self) -> bool:  # type: ignore[override]
        return self.field.stored == getattr(self, "old", self.field).stored == "column"

    @property
    def words(self) -> dict[str, str]:
        return super().words | {"field": self.field.label or self.field.name}


class CreateTable(Operation):
    def describe(self) -> str:
        names = ", ".join(f.label or f.name for f in self.table.live_fields)
        sentence = _("Create table “%(table)s” with the fields %(names)s") % (self.words | {"names": names})
        rules = [KINDS[rule.kind].demand(rule, self.table) for rule in self.table.constraints]
        return ". ".join([sentence, *rules])


@dataclass(frozen=True, kw_only=True)
class AlterTable(Operation):
    """New name, label, description, folder, keys, order, names of rows, history: only its view changes."""

    old: TableSchema

    def describe(self) -> str:
        return capfirst("; ".join(self._changes()))

    def _changes(self) -> Iterator[str]:
        words = self.words | {"old_label": self.old.label, "old_name": self.old.name, "name": self.table.name}
        if self.old.name != self.table.name:
            yield _("rename table “%(old_name)s” to “%(name)s”") % words
        if self.old.label != self.table.label:
            yield _("label table “%(old_label)s” as “%(table)s”") % words
        if (self.old.description, self.old.folder) != (self.table.description, self.table.folder):
            yield _("describe table “%(table)s” anew") % words
        if self.old.display != self.table.display:
            yield _("call the rows of “%(table)s” otherwise") % words
        if self.old.keeps_history != self.table.keeps_history:
            yield self._history()
        if self._order(self.old) != self._order(self.table):
            yield _("reorder the fields of “%(table)s”") % words
        if self._has_other_keys:
            yield _("know “%(table)s” and its fields by the keys of the file") % words

    def _history(self) -> str:
        if self.table.keeps_history:
            return _("keep the history of the rows of “%(table)s”") % self.words
        return _("keep no history of the rows of “%(table)s” from now on") % self.words

    @property
    def _has_other_keys(self) -> bool:
        parts: list[tuple[Iterable[Any], Iterable[Any]]] = [
            ([self.old], [self.table]),
            (self.old.fields, self.table.live_fields),
            (self.old.constraints, self.table.constraints),
        ]
        return any(_other_keys(old, new) for old, new in parts)

    def _order(self, table: TableSchema) -> list[int]:
        common = {f.id for f in self.old.live_fields} & {f.id for f in self.table.live_fields}
        return [f.id for f in table.live_fields if f.id in common]

    @property
    def is_needed(self) -> bool:
        return any(self._changes())


def _other_keys(old: Iterable[Any], new: Iterable[Any]) -> bool:
    """Whether a part that had a key has another now."""
    keys = {part.id: part.key for part in old if part.key}
    return any(keys.get(part.id, part.key) != part.key for part in new)


@dataclass(frozen=True, kw_only=True)
class ChangeKind(Operation):
    """Another kind of table: its columns come with steps of their own, those of the old kind are let go."""

    old: TableSchema

    @property
    def is_needed(self) -> bool:
        return self.old.kind != self.table.kind or bool(self._let_go)

    @property
    def _let_go(self) -> list[FieldSchema]:
        """The fields that were required, and are people's own from now on."""
        required = {f.id for f in self.old.live_fields if f.required_by}
        return [f for f in self.table.live_fields if f.id in required and not f.required_by]

    def describe(self) -> str:
        words = self.words | {"kind": kinds.label_of(self.table.kind)}
        sentences = [_("Make “%(table)s” a table of the kind “%(kind)s”") % words]
        known = {f.id for f in self.old.live_fields}
        brought = [f for f in self.table.live_fields if f.required_by and f.id not in known]
        for template, fields in (
            (_("it gets %(names)s"), brought),
            (_("%(names)s can be changed and removed like any other field"), self._let_go),
        ):
            if fields:
                sentences.append(template % {"names": ", ".join(f.label or f.name for f in fields)})
        return "; ".join(sentences)


class RetireTable(Operation):
    is_destructive = True

    def after(self, before: TableSchema | None) -> TableSchema:
        # Of anything but relations the database need not hear.
        gone = replace(before or self.table, retired_after=self.table.retired_after)
        return gone if gone.relations else before or self.table

    def describe(self) -> str:
        return _("Retire table “%(table)s”: nobody sees it any more, its rows are kept") % self.words


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
