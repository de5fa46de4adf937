"""Where the database differs from the revision in force: somebody changed it by hand, or restored a part."""

from collections.abc import Collection, Iterator, Mapping

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _

from dynadmin.exceptions import UnknownFieldType
from dynadmin.executor.grants import ACTIONS
from dynadmin.executor.inspection import Column, fetch_tables, fetch_views, types_of
from dynadmin.factory import APP_LABEL, build_models
from dynadmin.schema import Schema, TableSchema


def find_drift(schema: Schema, *, only: Collection[int] | None = None) -> Iterator[str]:
    """Yield a sentence for each thing in the database that is not as the schema says. Reads only.

    ``only`` are the ids of tables to look at; without it all are, and those that no schema knows too.
    """
    tables, views = fetch_tables(), fetch_views()
    present = [table for table in schema.tables.values() if not table.purged]
    looked_at = [table for table in present if only is None or table.id in only]
    for table in looked_at:
        yield from _drift_of_table(table, tables.get(table.db_table))
        if not table.retired:
            yield from _drift_of_view(table, views.get(table.name))
    yield from _drift_of_grants(looked_at)
    known = {table.db_table for table in schema.tables.values() if not table.purged or table.released}
    for name in sorted(set(tables) - known) if only is None else ():
        yield _("Table %(name)s is in the database, but in no revision.") % {"name": name}


def _drift_of_table(table: TableSchema, columns: Mapping[str, Column] | None) -> Iterator[str]:
    words = {"table": table.label or table.name, "name": table.db_table}
    if columns is None:
        yield _("Table “%(table)s” has no table %(name)s in the database.") % words
        return
    expected = {"id", *(field.column for field in table.columns)}
    for column in sorted(expected - set(columns)):
        yield _("Table “%(table)s” lacks the column %(name)s.%(column)s.") % (words | {"column": column})
    for column in sorted(set(columns) - expected):
        message = _("Table “%(table)s” has a column %(name)s.%(column)s that is no field's.")
        yield message % (words | {"column": column})
    yield from _drift_of_types(table, columns, words)


def _drift_of_types(
    table: TableSchema, columns: Mapping[str, Column], words: dict[str, str]
) -> Iterator[str]:
    try:
        model = build_models([table], physical=True)[table.id]
    except UnknownFieldType as error:
        yield f"{words['table']}: {error}"
        return
    fields = [field for field in model._meta.concrete_fields if field.column in columns]
    expected = types_of(fields)
    for field in fields:
        found, wanted = columns[field.column], expected[field.column]
        details = words | {"column": field.column, "found": found.type, "wanted": wanted}
        if found.type != wanted:
            message = _("Column %(name)s.%(column)s of “%(table)s” is %(found)s, not %(wanted)s.")
            yield message % details
        elif found.is_required and field.null:
            message = _(
                "Column %(name)s.%(column)s of “%(table)s” must have a value, which its field need not."
            )
            yield message % details


def _drift_of_view(table: TableSchema, columns: list[str] | None) -> Iterator[str]:
    words = {"table": table.label or table.name, "name": table.name}
    if columns is None:
        yield _("Table “%(table)s” has no view under its name %(name)s.") % words
    elif columns != ["id", *(field.name for field in table.live_fields)]:
        yield _("The view of table “%(table)s” has other columns than the table has fields.") % words


def _drift_of_grants(tables: list[TableSchema]) -> Iterator[str]:
    content_types = set(ContentType.objects.filter(app_label=APP_LABEL).values_list("model", flat=True))
    permissions = Permission.objects.filter(content_type__app_label=APP_LABEL)
    codenames = set(permissions.values_list("codename", flat=True))
    for table in tables:
        words = {"table": table.label or table.name, "name": table.model_name}
        if table.model_name not in content_types:
            yield _("Table “%(table)s” has no content type %(name)s.") % words
        missing = [f"{action}_{table.model_name}" for action in ACTIONS]
        missing = [codename for codename in missing if codename not in codenames]
        if missing:
            message = _("Table “%(table)s” lacks the permissions %(codenames)s.")
            yield message % (words | {"codenames": ", ".join(missing)})
