"""Kinds of rules behind which an index stands: no combination twice, and the index itself."""

from dataclasses import replace

from django.db.models import Index, UniqueConstraint
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dynadmin.constraints.comparing import TEXTS
from dynadmin.constraints.kinds import Kind, enumerated, refuse, register, words_of
from dynadmin.constraints.parts import Parts
from dynadmin.fieldtypes.text import LONGEST_INDEXED
from dynadmin.schema import ConstraintSchema, TableSchema


class IndexedKind(Kind):
    """Base of kinds that have an entry in an index for each row."""

    def clean(self, rule: ConstraintSchema, parts: Parts) -> ConstraintSchema:
        for id in rule.fields:
            if parts[id].family is None:
                refuse("fields", _("An index cannot hold the values of “%(field)s”."), field=parts[id].label)
        texts = [parts[id].field for id in rule.fields if parts[id].family is TEXTS]
        length = sum(field.max_length or 0 for field in texts)
        if length > LONGEST_INDEXED:
            message = _(
                "The texts may be %(length)d characters long together, and an index holds %(longest)d: "
                "give the longest of them a smaller “Longest” first."
            )
            refuse("fields", message, length=length, longest=LONGEST_INDEXED)
        return replace(rule, rule={})


@register
class Unique(IndexedKind):
    """No two rows have the same values in all fields. A row without one of the values is like no other."""

    slug = "unique"
    label = gettext_lazy("No combination twice")
    fewest = 2
    is_ordered = False

    def build(self, rule: ConstraintSchema, parts: Parts) -> UniqueConstraint:
        names = [parts[id].name for id in rule.fields]
        return UniqueConstraint(
            fields=names, name=rule.db_name, violation_error_message=self.message(rule, parts)
        )

    def statement(self, rule: ConstraintSchema, table: TableSchema) -> str:
        return _("each combination of %(fields)s only once") % words_of(rule, table)

    def demand(self, rule: ConstraintSchema, table: TableSchema) -> str:
        return _("Allow each combination of %(fields)s only once in “%(table)s”") % words_of(rule, table)

    def release(self, rule: ConstraintSchema, table: TableSchema) -> str:
        return _("Allow combinations of %(fields)s more than once in “%(table)s”") % words_of(rule, table)

    def complaint(self, rule: ConstraintSchema, parts: Parts) -> str:
        labels = [f"“{parts[id].label}”" for id in rule.fields]
        return _("Another row has the same %(fields)s.") % {"fields": enumerated(labels)}


@register
class Lookup(IndexedKind):
    """An index: it forbids nothing, and makes searching and sorting by its fields quick."""

    slug = "index"
    label = gettext_lazy("Index")
    can_fail = False

    def build(self, rule: ConstraintSchema, parts: Parts) -> Index:
        return Index(fields=[parts[id].name for id in rule.fields], name=rule.db_name)

    def statement(self, rule: ConstraintSchema, table: TableSchema) -> str:
        return _("index by %(fields)s") % words_of(rule, table)

    def demand(self, rule: ConstraintSchema, table: TableSchema) -> str:
        return _("Make an index of “%(table)s” by %(fields)s") % words_of(rule, table)

    def release(self, rule: ConstraintSchema, table: TableSchema) -> str:
        return _("Drop the index of “%(table)s” by %(fields)s") % words_of(rule, table)

    def complaint(self, rule: ConstraintSchema, parts: Parts) -> str:
        return ""
