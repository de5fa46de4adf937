"""The triggers that keep old classes from writing into columns that were converted."""

import re
from collections.abc import Iterator
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dynadmin.executor.drift.columns import words_of
from dynadmin.executor.drift.kinds import Drift, Kind, register
from dynadmin.executor.drift.state import State
from dynadmin.executor.guards import create_guard, drop_trigger, guard_names
from dynadmin.schema import FieldSchema, TableSchema

GUARD = re.compile(r"dyn_g\d+_\d+_[iu]\Z")


@register
class MissingGuard(Kind):
    id = "dynadmin.W129"
    title = gettext_lazy("Nothing keeps old processes from writing into a column that was converted.")
    hint = gettext_lazy("What they write there nobody sees. --repair makes the triggers that refuse it.")

    def find(self, state: State) -> Iterator[Drift]:
        for table in state.present:
            there = state.triggers.get(table.db_table, set())
            for field in table.originals:
                if field.column in state.columns[table.db_table] and not set(guard_names(field)) <= there:
                    what = _("Column %(column)s of “%(table)s” was converted, and takes values all the same.")
                    what %= words_of(table, field.column)
                    yield self.drift(table, what, partial(_make, table, field))


def _make(table: TableSchema, field: FieldSchema, editor, state: State) -> None:
    create_guard(editor, table, field)


@register
class LeftGuard(Kind):
    id = "dynadmin.W130"
    title = gettext_lazy("A trigger is left that refuses values of a column in use.")
    hint = gettext_lazy("--repair drops it.")

    def find(self, state: State) -> Iterator[Drift]:
        for table in state.present:
            wanted = {name for field in table.originals for name in guard_names(field)}
            for name in sorted(state.triggers.get(table.db_table, set()) - wanted):
                if GUARD.match(name):
                    words = {"table": table.label or table.name, "trigger": name}
                    what = _("Trigger %(trigger)s of “%(table)s” refuses values of a column in use.") % words
                    yield self.drift(table, what, partial(_drop, table, name))


def _drop(table: TableSchema, name: str, editor, state: State) -> None:
    drop_trigger(editor, table, name)
