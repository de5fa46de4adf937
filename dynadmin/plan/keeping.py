"""The steps into the trash's keeping and out of it: back into use, gone for good, or handed over."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from dynadmin.conversion import Choices
from dynadmin.plan.fields import NOTHING_CHOSEN
from dynadmin.plan.operations import FieldOperation, Operation
from dynadmin.schema import FieldSchema, TableSchema


@dataclass(frozen=True, kw_only=True)
class PurgeColumn(FieldOperation):
    """A retired field, or the original of a conversion, is dropped for good."""

    is_destructive = True
    others_decide = True

    def after(self, before: TableSchema | None) -> TableSchema:
        here = before or self.table
        return replace(
            here,
            fields=tuple(f for f in here.fields if f.column != self.field.column),
            originals=tuple(f for f in here.originals if f.column != self.field.column),
        )

    def describe(self) -> str:
        if self.field.conversion:
            return _("Delete the original values of field “%(field)s” of “%(table)s” for good") % self.words
        return _("Delete field “%(field)s” of “%(table)s” with its values for good") % self.words


@dataclass(frozen=True, kw_only=True)
class ReferAgain(FieldOperation):
    """A field of a table that is restored refers to rows again, which may be gone by now.

    What of them is gone is emptied where ``choices`` say so.
    """

    choices: Choices = NOTHING_CHOSEN
    can_fail = True
    is_physical = True

    def describe(self) -> str:
        return _("Have field “%(field)s” of “%(table)s” refer to rows again") % self.words


class RestoreTable(Operation):
    """A retired table is seen again, with its rows and grants."""

    def after(self, before: TableSchema | None) -> TableSchema:
        return replace(before or self.table, retired_after=None)

    def describe(self) -> str:
        return _("Restore table “%(table)s” with its rows") % self.words


@dataclass(frozen=True, kw_only=True)
class PurgeTable(Operation):
    """A retired table is dropped for good, with the ``links`` of its fields."""

    links: tuple[FieldSchema, ...] = ()
    is_destructive = True
    others_decide = True

    def after(self, before: TableSchema | None) -> TableSchema:
        return self.table

    def describe(self) -> str:
        return _("Delete table “%(table)s” with all its rows for good") % self.words


class RebuildTable(Operation):
    """A table is made anew in the database, the same but for the columns that were dropped from it."""

    others_decide = True
    is_physical = True

    def describe(self) -> str:
        return _("Rebuild table “%(table)s”: columns that were deleted for good count no more") % self.words


class ReleaseTable(Operation):
    """A table becomes the table of an ordinary model; nothing is done to it but that its view goes."""

    is_destructive = True

    def after(self, before: TableSchema | None) -> TableSchema:
        return self.table

    def describe(self) -> str:
        words = self.words | {"model": self.table.released}
        return _("Hand table “%(table)s” over to the model %(model)s, with its rows and grants") % words


class ReferToModel(FieldOperation):
    """A relation is to a model that has taken over the table it was to; its values stay as they are."""

    def describe(self) -> str:
        words = self.words | {"model": self.field.target}
        return _("Have field “%(field)s” of “%(table)s” refer to the model %(model)s") % words
