"""Changes in the background: what they are building is no fault, what they left is."""

from collections.abc import Iterator
from functools import partial

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dynadmin.executor.drift.kinds import Drift, Kind, register
from dynadmin.executor.drift.state import State
from dynadmin.executor.guards import drop_trigger
from dynadmin.executor.inspection import ARTIFACT
from dynadmin.executor.online.noting import end_sql


@register
class Unfinished(Kind):
    id = "dynadmin.I152"
    title = gettext_lazy("A table is being changed in the background.")
    hint = gettext_lazy("It is not compared as long as that takes.")
    is_note = True

    def find(self, state: State) -> Iterator[Drift]:
        for change in state.unfinished:
            for table in state.tables:
                if table.id in change.tables:
                    yield self.drift(table, _("In the background: %(change)s") % {"change": change})


@register
class LeftOver(Kind):
    id = "dynadmin.W153"
    title = gettext_lazy("Something is left of a change in the background that has ended.")
    hint = gettext_lazy("It costs time with each row that is written. --repair drops it: it holds no values.")

    def find(self, state: State) -> Iterator[Drift]:
        running = {change.pk for change in state.unfinished}
        for number, names in sorted(_leftovers(state).items()) if state.is_whole else ():
            if number not in running:
                words = {"number": number, "names": ", ".join(sorted(names))}
                what = _("Of the change %(number)d in the background %(names)s are left.") % words
                yield self.drift(_("Change %(number)d") % words, what, partial(_drop, number))


def _leftovers(state: State) -> dict[int, set[str]]:
    """Return the names of what changes have built, but for columns, by the numbers of the changes."""
    names = {
        *state.artifacts,
        *(name for triggers in state.triggers.values() for name in triggers),
        *(index.name for indexes in state.indexes.values() for index in indexes),
        *(check.name for checks in state.checks.values() for check in checks),
    }
    found: dict[int, set[str]] = {}
    for name in names:
        if match := ARTIFACT.match(name):
            found.setdefault(int(match[1]), set()).add(name)
    return found


def _drop(number: int, editor, state: State) -> None:
    names = _leftovers(state).get(number, set())
    quote = connection.ops.quote_name
    for table in state.known:
        for name in names & state.triggers.get(table.db_table, set()):
            drop_trigger(editor, table, name)
        for name in names & {check.name for check in state.checks.get(table.db_table, ())}:
            editor.execute(f"ALTER TABLE {quote(table.db_table)} DROP CONSTRAINT {quote(name)}")
        for name in names & {index.name for index in state.indexes.get(table.db_table, ())}:
            editor.execute(f"DROP INDEX {quote(name)}")
    if connection.vendor == "postgresql":
        for statement in end_sql(number):
            editor.execute(statement)
    for name in names & set(state.artifacts):
        if state.artifacts[name] == "table":
            editor.execute(f"DROP TABLE IF EXISTS {quote(name)}")
