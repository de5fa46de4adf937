"""The views under readable names."""

from collections.abc import Iterator
from functools import partial

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dynadmin.executor.drift.kinds import Drift, Kind, register
from dynadmin.executor.drift.mending import view_put_aside
from dynadmin.executor.drift.state import State
from dynadmin.executor.inspection import expected_view
from dynadmin.executor.views import drop_view_named, write_comments
from dynadmin.schema import TableSchema


def _viewed(state: State) -> Iterator[TableSchema]:
    return (table for table in state.present if not table.retired)


def _words(table: TableSchema) -> dict[str, str]:
    return {"table": table.label or table.name, "name": table.name}


@register
class MissingView(Kind):
    id = "dynadmin.W131"
    title = gettext_lazy("A table has no view under its name.")
    hint = gettext_lazy("SQL and BI tools do not find it. --repair makes it.")

    def find(self, state: State) -> Iterator[Drift]:
        for table in _viewed(state):
            if table.name not in state.views:
                what = _("Table “%(table)s” has no view under its name %(name)s.") % _words(table)
                yield self.drift(table, what, partial(_make_anew, table))


@register
class WrongView(Kind):
    id = "dynadmin.W132"
    title = gettext_lazy("The view of a table shows something else.")
    hint = gettext_lazy(
        "--repair makes it anew, unless something else in the database is built on it. Give views of your "
        "own other names, as each change of the table would overwrite them too."
    )

    def find(self, state: State) -> Iterator[Drift]:
        for table in _viewed(state):
            view = state.views.get(table.name)
            if view and view.query != expected_view(table).query:
                what = _("The view of table “%(table)s” shows something else than its fields.")
                yield self.drift(table, what % _words(table), partial(_make_anew, table))


def _make_anew(table: TableSchema, editor, state: State) -> None:
    with view_put_aside(editor, table):
        pass


@register
class LeftView(Kind):
    id = "dynadmin.W133"
    title = gettext_lazy("A view is left of a table that has another name by now, or was retired.")
    hint = gettext_lazy("--repair drops it: a view holds no rows. Views that show anything else are yours.")

    def find(self, state: State) -> Iterator[Drift]:
        names = {table.name for table in state.schema.live_tables}
        for name, view in sorted(state.views.items()) if state.is_whole else ():
            if name not in names and view.is_ours:
                what = _("There is a view %(name)s, but no table of this name.") % {"name": name}
                yield self.drift(name, what, partial(_drop, name))


def _drop(name: str, editor, state: State) -> None:
    drop_view_named(editor, name)


@register
class WrongComments(Kind):
    id = "dynadmin.W134"
    title = gettext_lazy("The comments of a view do not say what its table and fields are (PostgreSQL).")
    hint = gettext_lazy("--repair writes them anew.")

    def find(self, state: State) -> Iterator[Drift]:
        for table in _viewed(state) if connection.vendor == "postgresql" else ():
            view, wanted = state.views.get(table.name), expected_view(table)
            if view and view.query == wanted.query and view.comments != wanted.comments:
                what = _("The comments of the view of “%(table)s” are not those of its fields.")
                yield self.drift(table, what % _words(table), partial(_comment, table))


def _comment(table: TableSchema, editor, state: State) -> None:
    write_comments(editor, table)
