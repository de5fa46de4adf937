"""Tables that are not there, and those that nobody knows."""

from collections.abc import Iterator
from functools import partial

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dynadmin.exceptions import RefusedChange
from dynadmin.executor.ddl import flush
from dynadmin.executor.drift.kinds import Drift, Kind, register
from dynadmin.executor.drift.state import State
from dynadmin.executor.inspection import fetch_copies
from dynadmin.executor.quoting import quoted
from dynadmin.executor.views import drop_view
from dynadmin.factory import build_models, ordinary_models
from dynadmin.fieldtypes import field_types
from dynadmin.schema import TableSchema

COPY = "new__"  # what a remake calls the table it is filling


@register
class MissingTable(Kind):
    id = "dynadmin.W101"
    title = gettext_lazy("A table is not in the database.")
    hint = gettext_lazy(
        "Restore it from a backup if you can: its rows are gone. --repair takes the copy that an interrupted "
        "change left, if there is one, and makes an empty table otherwise."
    )

    def find(self, state: State) -> Iterator[Drift]:
        for table in state.tables:
            if table.db_table not in state.columns and table.id in state.models:
                words = {"table": table.label or table.name, "name": table.db_table}
                what = _("Table “%(table)s” has no table %(name)s in the database.") % words
                yield self.drift(table, what, partial(_make_table, table))


def _make_table(table: TableSchema, editor, state: State) -> None:
    quote = connection.ops.quote_name
    if COPY + table.db_table in fetch_copies():
        # SQLite renames no table while a view shows one that is not there.
        drop_view(editor, table)
        editor.execute(f"ALTER TABLE {quote(COPY + table.db_table)} RENAME TO {quote(table.db_table)}")
    else:
        model = build_models([table], physical=True)[table.id]
        for field in model._meta.local_concrete_fields:
            # What it refers to may be missing as well; the foreign keys are another kind of difference.
            field.db_constraint = False
        editor.create_model(model)
        flush(editor)


@register
class UnknownTable(Kind):
    id = "dynadmin.W102"
    title = gettext_lazy("A table of the database is in no revision.")
    hint = gettext_lazy(
        "It may come from another installation or from a revision that was lost. Look at its rows; drop it "
        "by hand if nobody needs them. --repair leaves it alone."
    )

    def find(self, state: State) -> Iterator[Drift]:
        tables = state.schema.tables.values()
        known = {table.db_table for table in tables if not table.purged or table.released}
        known |= set(ordinary_models())
        for name in sorted(set(state.columns) - known) if state.is_whole else ():
            yield self.drift(
                name, _("Table %(name)s is in the database, but in no revision.") % {"name": name}
            )


@register
class LeftCopy(Kind):
    id = "dynadmin.W103"
    title = gettext_lazy("An interrupted change left a copy of a table (SQLite).")
    hint = gettext_lazy(
        "--repair drops the copy if each of its rows is in the table too. Otherwise compare the two by hand."
    )

    def find(self, state: State) -> Iterator[Drift]:
        known = {table.db_table: table for table in state.known}
        for copy in fetch_copies() if state.is_whole else ():
            name = copy.removeprefix(COPY)
            if name in known and name not in state.columns:
                continue  # the table itself is missing, and will be made of it
            repair = partial(_drop_copy, copy) if name in known else None
            what = _("There is a copy %(copy)s of table %(name)s.") % {"copy": copy, "name": name}
            yield self.drift(known.get(name, name), what, repair)


def _drop_copy(copy: str, editor, state: State) -> None:
    quote = connection.ops.quote_name
    original = copy.removeprefix(COPY)
    with connection.cursor() as cursor:
        here = [column.name for column in connection.introspection.get_table_description(cursor, copy)]
        if not set(here) <= set(state.columns[original]):
            raise RefusedChange(_("The copy has columns that the table has not."))
        columns = ", ".join(map(quoted, here))
        selects = (f"SELECT {columns} FROM {quote(name)}" for name in (copy, original))  # noqa: S608
        cursor.execute(f"SELECT EXISTS ({' EXCEPT '.join(selects)})")
        if cursor.fetchone()[0]:
            raise RefusedChange(_("The copy has rows that the table has not."))
    editor.execute(f"DROP TABLE {quote(copy)}")


@register
class UnknownType(Kind):
    id = "dynadmin.W104"
    title = gettext_lazy("A field is of a type that is not installed.")
    hint = gettext_lazy(
        "Install the app that has the type again: until then the table is not served, and not compared."
    )

    def find(self, state: State) -> Iterator[Drift]:
        for table in state.tables:
            for field in table.columns if table.id not in state.models else ():
                if field.type not in field_types:
                    words = {"field": field.label or field.name, "type": field.type}
                    yield self.drift(
                        table, _("Field “%(field)s” is of the type %(type)s, which is not installed.") % words
                    )
