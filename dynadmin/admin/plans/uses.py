"""What uses a field, and what becomes of that: views, the API, files, the list of rows, rules."""

from collections.abc import Iterator
from functools import singledispatch
from typing import Any

from django.db import connection
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from dynadmin.admin.search import searched_fields
from dynadmin.conf import conf
from dynadmin.constraints import KINDS
from dynadmin.executor.physical import physical_model
from dynadmin.executor.views import view_name
from dynadmin.plan import AlterField, ConvertField, Operation, Plan, RelabelField, RetireField
from dynadmin.registry import registry
from dynadmin.related import fields_of
from dynadmin.schema import FieldSchema, TableSchema


def uses_of(operation: Operation, plan: Plan) -> tuple[str, ...]:
    """Return sentences on what uses the field of an operation, and what becomes of each use."""
    table = plan.base.tables.get(operation.table.id)
    if table is None or table.retired:
        return ()
    return tuple(_uses(operation, table))


@singledispatch
def _uses(operation: Operation, table: TableSchema) -> Iterator[str]:
    yield from ()


@_uses.register
def _uses_of_a_retired_field(operation: RetireField, table: TableSchema) -> Iterator[str]:
    words = _words(table, table.field(operation.field.id))
    if operation.field.stored == "column":
        yield _("SQL: the view %(view)s loses its column “%(name)s”.") % (words | _in_view(operation.field))
    yield _("API: %(api)s neither gives nor takes “%(name)s” any more.") % words
    yield _("Files: exports have no column “%(name)s”, and imports leave such a column out.") % words
    if places := _places_in_the_list(table, operation.field):
        message = _("List of rows: it goes from %(places)s. Saved addresses that name it show all rows.")
        yield message % {"places": ", ".join(places)}
    yield from _rules(table, operation.field, _("Rule: “%(rule)s” goes with it."))


@_uses.register
def _uses_of_a_converted_field(operation: ConvertField, table: TableSchema) -> Iterator[str]:
    words = _words(table, operation.field)
    old, new = _column_of(operation.old), _column_of(operation.field)
    if old != new:
        message = _("SQL: the column “%(name)s” of the view %(view)s becomes %(new)s instead of %(old)s.")
        yield message % (words | {"old": old, "new": new})
    yield _("API: “%(name)s” of %(api)s has the new values, and takes no others.") % words
    yield _("Files: the column “%(name)s” has the new values, and imports take no others.") % words
    if operation.old.type != operation.field.type and (places := _places_in_the_list(table, operation.field)):
        message = _("List of rows: it is in %(places)s. Saved addresses with old values find nothing.")
        yield message % {"places": ", ".join(places)}
    if operation.keep_in:
        message = _("The second field is there as “%(name)s” in the view, the API and files.")
        yield message % {"name": operation.keep_in.name}
    yield from _rules(table, operation.field, _("Rule: “%(rule)s” holds for the new values."))


@_uses.register
def _uses_of_an_altered_field(operation: AlterField, table: TableSchema) -> Iterator[str]:
    if operation.can_fail:
        words = _words(table, operation.field)
        yield _("Forms, imports and the API (%(api)s) take no other values from now on.") % words


@_uses.register
def _uses_of_a_renamed_field(operation: RelabelField, table: TableSchema) -> Iterator[str]:
    if operation.old.name == operation.field.name:
        return
    words = _words(table, operation.field) | {"old": operation.old.name}
    yield _("SQL: the view %(view)s calls its column “%(name)s” instead of “%(old)s”.") % words
    yield _("API: %(api)s has “%(name)s” instead of “%(old)s”.") % words
    yield _("Files: exports have “%(name)s”; a column “%(old)s” is not recognised any more.") % words


def _words(table: TableSchema, field: FieldSchema) -> dict[str, str]:
    return {
        "view": view_name(table).replace('"', ""),
        "name": field.name,
        "api": api_address(table),
    }


def _in_view(field: FieldSchema) -> dict[str, str]:
    """Return what the view calls the column of a field."""
    return {"name": field.attname}


def api_address(table: TableSchema) -> str:
    """Return the address of a table in the API; a site may have none."""
    try:
        return reverse("dynadmin-api:rows", args=[table.name])
    except NoReverseMatch:
        return table.name


def _column_of(field: FieldSchema) -> str:
    """Return the type of a field's column in the view, with its name where it is not that of the field."""
    column = physical_model(TableSchema(id=0, name="", fields=(field,)))._meta.get_field(field.column)
    kind = str(column.db_type(connection))
    return kind if field.attname == field.name else f"“{field.attname}” {kind}"


def _places_in_the_list(table: TableSchema, field: FieldSchema) -> list[str]:
    model = registry.current.models.get(table.id)
    if model is None:
        return []
    places = {
        _("its columns"): fields_of(model)[: conf.LIST_COLUMNS],
        _("its search"): searched_fields(model),
    }
    found = [words for words, fields in places.items() if _has(fields, field)]
    return [*found, _("its filters")] if _has(model._meta.concrete_fields, field) else found


def _has(fields: Any, field: FieldSchema) -> bool:
    return any(getattr(candidate, "column", None) == field.column for candidate in fields)


def _rules(table: TableSchema, field: FieldSchema, message: str) -> Iterator[str]:
    for rule in table.constraints:
        if field.id in rule.field_ids:
            yield message % {"rule": KINDS[rule.kind].statement(rule, table)}
