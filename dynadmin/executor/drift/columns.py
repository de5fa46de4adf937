"""Columns that are not there, and those that are not as their fields."""

from collections.abc import Iterator
from functools import partial

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Field
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dynadmin.executor.ddl import flush
from dynadmin.executor.drift.defaults import default_of
from dynadmin.executor.drift.kinds import Drift, Kind, register
from dynadmin.executor.drift.mending import mend_column, rebuild
from dynadmin.executor.drift.state import State
from dynadmin.executor.drift.widths import is_wider
from dynadmin.factory import build_models
from dynadmin.plan import make_purge_plan
from dynadmin.revisions import latest_revision_id, record_revision
from dynadmin.schema import FieldSchema, TableSchema


def words_of(table: TableSchema, column: str) -> dict[str, str]:
    """Return the words that sentences on a column are made of."""
    fields = {field.column: field for field in table.columns}
    field = fields.get(column)
    return {
        "table": table.label or table.name,
        "field": (field.label or field.name) if field else column,
        "column": f"{table.db_table}.{column}",
    }


@register
class MissingColumn(Kind):
    id = "dynadmin.W111"
    title = gettext_lazy("The column of a field is not in the database.")
    hint = gettext_lazy(
        "If somebody renamed the column, rename it back; else restore its values from a backup if you can. "
        "--repair adds the column, empty or with the default of the field."
    )

    def find(self, state: State) -> Iterator[Drift]:
        for table in state.present:
            originals = {field.column for field in table.originals}
            for field in table.columns:
                if field.column not in {*originals, *state.columns[table.db_table]}:
                    what = _("Field “%(field)s” of “%(table)s” lacks its column %(column)s.")
                    yield self.drift(
                        table, what % words_of(table, field.column), partial(_add_column, table, field)
                    )


def _add_column(table: TableSchema, missing: FieldSchema, editor, state: State) -> None:
    """Add a column as lenient as need be: what it lacks of its field are differences of their own."""
    model = build_models([table], physical=True)[table.id]
    field = model._meta.get_field(missing.column)
    field.null = field.null or not field.has_db_default()
    field._unique = field.db_index = False
    BaseDatabaseSchemaEditor.add_field(editor, model, field)
    flush(editor)


@register
class MissingOriginal(Kind):
    id = "dynadmin.W112"
    title = gettext_lazy("The column with the original values of a conversion is not in the database.")
    hint = gettext_lazy(
        "Restore it from a backup if you can: the conversion can only be undone with it. --repair writes a "
        "revision that no longer counts on it."
    )

    def find(self, state: State) -> Iterator[Drift]:
        for table in state.present:
            for field in table.originals:
                if field.column not in state.columns[table.db_table]:
                    what = _("The original values of field “%(field)s” lack their column %(column)s.")
                    yield self.drift(
                        table, what % words_of(table, field.column), partial(_forget, field.column)
                    )


def _forget(column: str, editor, state: State) -> None:
    plan = make_purge_plan(state.schema, base_revision=latest_revision_id(), columns=[column])
    if not plan.is_empty:
        record_revision(plan)


@register
class UnknownColumn(Kind):
    id = "dynadmin.W113"
    title = gettext_lazy("A table has a column that is no field's.")
    hint = gettext_lazy(
        "Somebody added it by hand: nobody sees it in the admin. Move its values to a field, and drop it by "
        "hand. --repair leaves it alone, and changes of the table keep it."
    )

    def find(self, state: State) -> Iterator[Drift]:
        for table in state.present:
            expected = {"id", *(field.column for field in table.columns)}
            for column in sorted(set(state.columns[table.db_table]) - expected):
                what = _("Table “%(table)s” has a column %(column)s that is no field's.")
                yield self.drift(table, what % words_of(table, column))


@register
class WrongType(Kind):
    id = "dynadmin.W114"
    title = gettext_lazy("A column is of another type than its field.")
    hint = gettext_lazy(
        "--repair changes it where the field's type takes each value as it is. Otherwise convert the column "
        "by hand, having looked at its values."
    )

    def find(self, state: State) -> Iterator[Drift]:
        for table in state.present:
            for field, column in state.fields(table):
                wanted = state.type_of(field)
                if column.type != wanted:
                    what = _("Column %(column)s of “%(table)s” is %(found)s, not %(wanted)s.")
                    words = words_of(table, field.column) | {"found": column.type, "wanted": wanted}
                    harmless = is_wider(wanted, than=column.type)
                    repair = partial(_change_type, table, field.column, wanted) if harmless else None
                    yield self.drift(table, what % words, repair)


def _change_type(table: TableSchema, column: str, wanted: str, editor, state: State) -> None:
    mend_column(editor, state, table, column, f"TYPE {wanted}", type=wanted)


@register
class ForcedValue(Kind):
    id = "dynadmin.W115"
    title = gettext_lazy("A column must have a value, which its field need not.")
    hint = gettext_lazy("Rows without a value are refused. --repair lets the column be empty.")

    def find(self, state: State) -> Iterator[Drift]:
        for table in state.present:
            for field, column in state.fields(table):
                if column.is_required and field.null:
                    what = _("Column %(column)s of “%(table)s” must have a value, which its field need not.")
                    yield self.drift(
                        table, what % words_of(table, field.column), partial(_lift, table, field.column)
                    )


def _lift(table: TableSchema, column: str, editor, state: State) -> None:
    mend_column(editor, state, table, column, "DROP NOT NULL", is_required=False)


@register
class MissingNotNull(Kind):
    id = "dynadmin.W116"
    title = gettext_lazy("A column may be empty, though its field must have a value.")
    hint = gettext_lazy(
        "--repair makes it required if each row has a value. Otherwise give them one first, in the admin or "
        "by an import."
    )

    def find(self, state: State) -> Iterator[Drift]:
        for table in state.present:
            for field, column in state.fields(table):
                if not column.is_required and not field.null:
                    what = _(
                        "Column %(column)s of “%(table)s” may be empty, but its field must have a value."
                    )
                    yield self.drift(
                        table, what % words_of(table, field.column), partial(_require, table, field.column)
                    )


def _require(table: TableSchema, column: str, editor, state: State) -> None:
    mend_column(editor, state, table, column, "SET NOT NULL", is_required=True)


@register
class WrongDefault(Kind):
    id = "dynadmin.W117"
    title = gettext_lazy("The default of a column is not that of its field.")
    hint = gettext_lazy(
        "Rows written by other programs, or while a field is being added, get another value. --repair gives "
        "the column the default of the field; values that are there stay."
    )

    def find(self, state: State) -> Iterator[Drift]:
        for table in state.present:
            for field, column in state.fields(table):
                if state.type_of(field) == column.type and not state.has_its_default(field, column):
                    what = _("Column %(column)s of “%(table)s” has the default %(found)s, not %(wanted)s.")
                    words = words_of(table, field.column) | {
                        "found": column.default or _("(none)"),
                        "wanted": default_of(field) or _("(none)"),
                    }
                    yield self.drift(table, what % words, partial(_set_default, table, field.column))


def _set_default(table: TableSchema, column: str, editor, state: State) -> None:
    wanted = default_of(state.models[table.id]._meta.get_field(column))
    clause = f"SET DEFAULT {wanted}" if wanted else "DROP DEFAULT"
    mend_column(editor, state, table, column, clause, default=wanted)


@register
class MissingCheck(Kind):
    id = "dynadmin.W118"
    title = gettext_lazy("A column lacks the check that its type brings along.")
    hint = gettext_lazy("--repair adds it if each row passes it. Otherwise mend those rows first.")

    def find(self, state: State) -> Iterator[Drift]:
        for table in state.present:
            for field, column in state.fields(table):
                if state.type_of(field) == column.type and not state.has_its_check(table, field):
                    what = _("Column %(column)s of “%(table)s” lacks its check.")
                    yield self.drift(
                        table, what % words_of(table, field.column), partial(_add_check, table, field)
                    )


def _add_check(table: TableSchema, field: Field, editor, state: State) -> None:
    check = state.check_of(field)
    sql = f"ALTER TABLE {connection.ops.quote_name(table.db_table)} ADD CHECK ({check})"
    if connection.vendor == "sqlite":
        rebuild(editor, state, table)
    else:
        editor.execute(sql, None)
