"""Undoing what a revision did to one table."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from operator import attrgetter
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from dynadmin.constraints import KINDS, clean_constraint
from dynadmin.kinds import with_locks
from dynadmin.plan.revised import Conflict, Read, Revised, constraint_in, essence
from dynadmin.plan.undoing_fields import FieldUndoing
from dynadmin.schema import ConstraintSchema, FieldSchema, TableSchema

ATTRIBUTES = ("name", "label", "description", "folder", "kind", "keeps_history", "display")


class TableUndoing:
    """Works out what becomes of one table: ``wanted``, ``is_gone``, or neither if it stays as it is.

    ``conflicts`` say what forbids it, ``back`` which generations to take into use again, ``notes`` what else
    to know.
    """

    def __init__(self, revised: Revised) -> None:
        self.revised = revised
        self.before, self.after, self.now = revised.before, revised.after, revised.now
        self.table_id = revised.after.id
        self.wanted: TableSchema | None = None
        self.is_gone = False
        self.conflicts: list[Conflict] = []
        self.notes: list[str] = []
        self.back: dict[int, int] = {}
        self._refuse_purges()
        self.had_effects = essence(self.before) != essence(self.after) or bool(self.conflicts)
        if self.had_effects and not self.conflicts:
            self._work_out()

    @property
    def words(self) -> dict[str, str]:
        return {"table": self.now.label or self.now.name}

    def _refuse_purges(self) -> None:
        if self.now.released:
            words = self.words | {"model": self.now.released}
            self._refuse(_("Table “%(table)s” was handed over to %(model)s and is no longer here.") % words)
            return
        kept, had = (
            {field.column for field in (*table.fields, *table.originals)}
            for table in (self.after, self.before or self.after)
        )
        if had - kept:
            message = _("What was deleted for good in table “%(table)s” cannot be brought back.")
            self.conflicts.append(Conflict(message=message % self.words, table=self.table_id))

    def _work_out(self) -> None:
        if essence(self.before) is None:
            self._take_away()
        elif self.now.purged:
            self._refuse(_("Table “%(table)s” was deleted for good; its rows are gone.") % self.words)
        elif self.after.retired:
            self.wanted = replace(self.now, retired_after=None) if self.now.retired else None
        elif self.now.retired:
            self._conflict(essence, _("Table “%(table)s”") % self.words)
        else:
            merged = self._merged()
            self.wanted = merged if merged != self.now else None

    def _take_away(self) -> None:
        """Undo that the table was created or restored."""
        if essence(self.now) == essence(self.after):
            self.is_gone = True
        elif not self.now.retired:
            self._conflict(essence, _("Table “%(table)s”") % self.words)

    def _conflict(self, read: Read, what: str) -> None:
        self.conflicts.append(self.revised.changed_again(read, what))

    def _refuse(self, message: str) -> None:
        revision = self.revised.last_change(lambda table: table.purged)
        self.conflicts.append(Conflict(message=message, table=self.table_id, revision=revision))

    # --- A table that was live before and after, and is now ---

    def _merged(self) -> TableSchema:
        values = {name: self._settle(attrgetter(name), self._attribute_words(name)) for name in ATTRIBUTES}
        live = self._in_order(list(self._fields()))
        self._check_names(live)
        fields = (*live, *self._retired_beside(live))
        table = with_locks(replace(self.now, **values, fields=fields, constraints=tuple(self._rules())))
        return replace(table, constraints=tuple(self._possible(rule, table) for rule in table.constraints))

    def _settle(self, read: Read, what: str) -> Any:
        """Return what a thing has to be, keeping what the revision did not touch."""
        before, after, now = read(self._had), read(self.after), read(self.now)
        if before == after or now == before:
            return now
        if now != after:
            self._conflict(read, what)
        return before

    @property
    def _had(self) -> TableSchema:
        return self.before or self.after

    def _attribute_words(self, name: str) -> str:
        words = {
            "name": _("The name of table “%(table)s”"),
            "label": _("The label of table “%(table)s”"),
            "description": _("The description of table “%(table)s”"),
            "folder": _("The folder of table “%(table)s”"),
            "display": _("What rows of table “%(table)s” are called"),
            "keeps_history": _("Whether table “%(table)s” keeps the history of its rows"),
            "kind": _("The kind of table “%(table)s”"),
        }
        return words[name] % self.words

    # --- Its fields ---

    def _fields(self) -> Iterator[FieldSchema]:
        """Yield the fields that are to be live, in no order yet."""
        for id in dict.fromkeys(f.id for f in (*self.now.fields, *self.after.fields, *self._had.fields)):
            undoing = FieldUndoing(self.revised, id)
            self.conflicts += undoing.conflicts
            self.notes += undoing.notes
            if undoing.back is not None:
                self.back[id] = undoing.back
            if undoing.wanted:
                yield undoing.wanted

    def _in_order(self, fields: list[FieldSchema]) -> list[FieldSchema]:
        """Return the fields in the order of now, as far as the revision had no part in that order."""
        wanted = {field.id: field for field in fields}
        order = [id for id in self._order_of_kept() if id in wanted]
        former = [field.id for field in self._had.live_fields]
        for place, id in enumerate(former):
            if id in wanted and id not in order:
                order.insert(_place_beside(former[:place], former[place:], order), id)
        return [wanted[id] for id in order]

    def _order_of_kept(self) -> list[int]:
        """Return the live fields' ids, those that the revision reordered in their former order."""
        states = (self._had, self.after, self.now)
        common = set.intersection(*({field.id for field in table.live_fields} for table in states))

        def read(table: TableSchema) -> list[int]:
            return [field.id for field in table.live_fields if field.id in common]

        former = iter(self._settle(read, _("The order of the fields of table “%(table)s”") % self.words))
        return [next(former) if field.id in common else field.id for field in self.now.live_fields]

    def _retired_beside(self, live: list[FieldSchema]) -> Iterator[FieldSchema]:
        """Yield what stays retired. What is retired by this is left out, so that the plan retires it."""
        ids = {field.id for field in live}
        return (field for field in self.now.retired_fields if field.id not in ids)

    def _check_names(self, fields: list[FieldSchema]) -> None:
        message = _(
            "Field “%(field)s” of “%(table)s” cannot be called “%(name)s” again: another one is by now."
        )
        names = [field.name for field in fields]
        for field in fields:
            if names.count(field.name) > 1 and field not in self.now.live_fields:
                words = self.words | {"field": field.label or field.name, "name": field.name}
                self.conflicts.append(Conflict(message=message % words, table=self.table_id))

    # --- Its rules ---

    def _rules(self) -> Iterator[ConstraintSchema]:
        known = (*self.now.constraints, *self.after.constraints, *self._had.constraints)
        for id in dict.fromkeys(rule.id for rule in known):
            what = _("The rule “%(rule)s” of “%(table)s”") % self._rule_words(id)
            if rule := self._settle(partial(constraint_in, id=id), what):
                yield rule

    def _possible(self, rule: ConstraintSchema, table: TableSchema) -> ConstraintSchema:
        """Return the rule as the fields allow it."""
        words = self._rule_words(rule.id)
        if {field.id for field in table.live_fields}.issuperset(rule.field_ids):
            try:
                return clean_constraint(rule, table)
            except ValidationError as error:
                message = _("The rule “%(rule)s” of “%(table)s” does not fit the fields then: %(reason)s")
                words |= {"reason": " ".join(error.messages)}
        elif rule in self.now.constraints:
            message = _("The rule “%(rule)s” of “%(table)s” uses a field that would go: remove it first.")
        else:
            message = _("The rule “%(rule)s” of “%(table)s” uses a field that is gone: restore that first.")
        self.conflicts.append(Conflict(message=message % words, table=self.table_id))
        return rule

    def _rule_words(self, id: int) -> dict[str, str]:
        states = (table for table in (self.now, self.after, self._had) if constraint_in(table, id))
        table = next(states)
        rule = constraint_in(table, id)
        statement = KINDS[rule.kind].statement(rule, table) if rule else ""
        return self.words | {"rule": statement}


def _place_beside(earlier: list[int], later: list[int], order: list[int]) -> int:
    """Return the place behind the last of the earlier ones, else before the first of the later ones."""
    behind = [order.index(id) + 1 for id in earlier if id in order]
    before = [order.index(id) for id in later if id in order]
    return behind[-1] if behind else before[0] if before else 0
