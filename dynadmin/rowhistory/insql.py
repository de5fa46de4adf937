"""Notes of many rows made in the database: nothing of them passes through this process.

A column whose values the database cannot write as the history keeps them, one of a third party's type as a
rule, has its rows noted the other way.
"""

from collections.abc import Callable, Iterable
from functools import singledispatch
from typing import Any

from django.conf import settings
from django.db import connections, models

from dynadmin.rowhistory.changes import Action, RowChange
from dynadmin.rowhistory.notes import COLUMNS, Values, authorship, in_json
from dynadmin.rowhistory.values import Cells

# Functions take so many arguments, and a pair is two of them.
MOST_PAIRS = 50
# A float tells so many digits apart.
MOST_DIGITS = 15

Writer = Callable[[str], str]


def can_be_made(cells: Cells, using: str) -> bool:
    """Whether the database can write the values of all these columns."""
    vendor = connections[using].vendor
    return len(cells.fields) <= MOST_PAIRS and all(writer(field, vendor) for field in cells.fields)


def note_in_sql(
    table: int,
    action: Action,
    rows: Any,
    cells: Cells,
    *,
    after: Values | None = None,
    condition: str = "",
    parameters: Iterable[Any] = (),
) -> None:
    """Note rows of a queryset, with what they have in these columns as it was before.

    ``condition`` narrows them down, by ``dyn_rows`` and the names of columns.
    """
    connection, by = connections[rows.db], authorship()
    quote = connection.ops.quote_name
    is_postgresql = connection.vendor == "postgresql"
    inner, inner_parameters = rows.query.get_compiler(rows.db).as_sql()
    marks = ["CAST(%s AS bigint)", "dyn_rows.id", "dyn_rows.id", "%s"]
    marks += ["CAST(%s AS timestamptz)" if is_postgresql else "%s", "%s", "%s", "%s", "CAST(%s AS bigint)"]
    marks += [_object_of(cells, connection), "CAST(%s AS jsonb)" if is_postgresql else "%s"]
    told = [table, action.value, connection.ops.adapt_datetimefield_value(by.at), *by[1:]]
    sql = (
        f"INSERT INTO {quote(RowChange._meta.db_table)} ({', '.join(map(quote, COLUMNS))})"  # noqa: S608
        f" SELECT {', '.join(marks)} FROM ({inner}) AS dyn_rows"
        f"{f' WHERE {condition}' if condition else ''}"
    )
    with connection.cursor() as cursor:
        made = None if after is None else in_json(after)
        cursor.execute(sql, [*told, made, *inner_parameters, *parameters])


def _object_of(cells: Cells, connection: Any) -> str:
    function = "jsonb_build_object" if connection.vendor == "postgresql" else "json_object"
    pairs = (
        f"'{key}', {writer(field, connection.vendor)(f'dyn_rows.{connection.ops.quote_name(field.column)}')}"
        for key, field in zip(cells.keys, cells.fields, strict=True)
    )
    return f"{function}({', '.join(pairs)})"


def writer(field: models.Field, vendor: str) -> Any:
    """Return what makes the SQL of a column's value as JSON from that of the column; None if nothing does."""
    return (_on_postgresql if vendor == "postgresql" else _on_sqlite)(field)


def _as_it_is(column: str) -> str:
    return column


def _as_text(column: str) -> str:
    return f"CAST({column} AS text)"


def _json_of(sql: str) -> Writer:
    """Return what makes JSON on SQLite of a text that is JSON."""
    return lambda column: f"json(iif({column} IS NULL, 'null', {sql.replace('?', column)}))"


# --- PostgreSQL: jsonb_build_object() knows what a value of each type is like ---


@singledispatch
def _on_postgresql(field: models.Field) -> Writer | None:
    return None


for _kind in (
    *(models.CharField, models.TextField, models.FileField, models.IntegerField, models.BooleanField),
    *(models.DateField, models.TimeField, models.DurationField, models.UUIDField, models.JSONField),
):
    _on_postgresql.register(_kind)(lambda field: _as_it_is)


@_on_postgresql.register(models.DecimalField)
@_on_postgresql.register(models.FloatField)
def _(field: models.Field) -> Writer:
    return _as_text


@_on_postgresql.register
def _(field: models.GenericIPAddressField) -> Writer:
    return lambda column: f"host({column})"


@_on_postgresql.register
def _(field: models.ForeignKey) -> Writer | None:
    return _on_postgresql(field.target_field)


# --- SQLite: what is stored is a number or a text; it does not write a float with all its digits ---


@singledispatch
def _on_sqlite(field: models.Field) -> Writer | None:
    return None


for _kind in (
    *(models.CharField, models.TextField, models.FileField, models.IntegerField, models.DateField),
    *(models.TimeField, models.GenericIPAddressField),
):
    _on_sqlite.register(_kind)(lambda field: _as_it_is)


@_on_sqlite.register
def _(field: models.BooleanField) -> Writer:
    return _json_of("iif(?, 'true', 'false')")


@_on_sqlite.register
def _(field: models.DecimalField) -> Writer | None:
    if field.max_digits > MOST_DIGITS:
        return None
    places = int(field.decimal_places)
    return lambda column: f"iif({column} IS NULL, NULL, printf('%%.{places}f', {column}))"


@_on_sqlite.register
def _(field: models.DateTimeField) -> Writer | None:
    return (lambda column: f"replace({column}, ' ', 'T') || '+00:00'") if settings.USE_TZ else None


@_on_sqlite.register
def _(field: models.JSONField) -> Writer:
    return lambda column: f"json({column})"


@_on_sqlite.register
def _(field: models.ForeignKey) -> Writer | None:
    return _on_sqlite(field.target_field)
