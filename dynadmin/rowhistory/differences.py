"""Changes of rows noted by the database itself, from the rows and from what they become."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from dynadmin.rowhistory.changes import Action, RowChange
from dynadmin.rowhistory.notes import COLUMNS, authorship
from dynadmin.rowhistory.sqljson import Form, form_of
from dynadmin.rowhistory.values import key_of

# So many parts an expression may have on SQLite.
MOST_COLUMNS = 300


class Change(NamedTuple):
    """A column, and the SQL of its value before and after."""

    field: models.Field
    before: str
    after: str


class Differences:
    """Notes what becomes different in columns of rows of a table."""

    def __init__(
        self,
        table: int,
        changes: Sequence[Change],
        forms: Sequence[Form],
        connection: BaseDatabaseWrapper,
    ) -> None:
        self._connection = connection
        self._table = table
        vendor = connection.vendor
        was, made = [], []
        for change, form in zip(changes, forms, strict=True):
            differ = form.differ(change.before, change.after, vendor)
            for parts, column in ((was, change.before), (made, change.after)):
                value = f"',\"{key_of(change.field)}\":' || {form.json_of(column)}"
                parts.append(f"CASE WHEN {differ} THEN {value} ELSE '' END")
        self._was, self._made = " || ".join(was), " || ".join(made)

    def note(self, rows: str, pk: str) -> None:
        """Note how rows of `t`, which are locked, differ from what they are joined with: SQL."""
        quote, by = self._connection.ops.quote_name, authorship()
        is_postgresql = self._connection.vendor == "postgresql"
        moment, json = ("CAST(%s AS timestamptz)", "CAST({} AS jsonb)") if is_postgresql else ("%s", "{}")
        number = "CAST(%s AS bigint)"
        marks = [number, "dyn_rows.pk", "dyn_rows.pk", "%s", moment, "%s", "%s", "%s", number]
        marks += [json.format(f"'{{' || substr(dyn_rows.{name}, 2) || '}}'") for name in ("was", "made")]
        at = self._connection.ops.adapt_datetimefield_value(by.at)
        told = [self._table, Action.CHANGED.value, at, *by[1:]]
        # The texts are put together once a row, not once more for the condition.
        ordered = f"ORDER BY {pk} FOR UPDATE OF t OFFSET 0" if is_postgresql else "LIMIT -1 OFFSET 0"
        sql = (
            f"INSERT INTO {quote(RowChange._meta.db_table)} ({', '.join(map(quote, COLUMNS))})"  # noqa: S608
            f" SELECT {', '.join(marks)} FROM"
            f" (SELECT {pk} AS pk, {self._was} AS was, {self._made} AS made FROM {rows} {ordered})"
            " AS dyn_rows WHERE dyn_rows.was <> ''"
        )
        with self._connection.cursor() as cursor:
            cursor.execute(sql, told)


def differences_of(table: int, changes: Sequence[Change], connection: BaseDatabaseWrapper) -> Any:
    """Return what notes these changes; None where the database cannot."""
    forms = [form for change in changes if (form := form_of(change.field, connection)) is not None]
    if not changes or len(forms) < len(changes) or len(changes) > MOST_COLUMNS:
        return None
    return Differences(table, changes, forms, connection)
