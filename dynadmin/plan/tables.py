"""Steps on whole tables."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from dynadmin.constraints import KINDS
from dynadmin.kinds import kinds
from dynadmin.plan.operations import Operation
from dynadmin.schema import FieldSchema, TableSchema


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
