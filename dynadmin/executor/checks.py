"""What stands in a plan's way: names and limits first, then the rows themselves."""

from collections import Counter
from collections.abc import Iterator
from functools import singledispatch

from django.core.exceptions import ValidationError
from django.db.models import Count, Field, Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dynadmin import naming
from dynadmin.conf import conf
from dynadmin.constraints import MOST_RULES, clean_constraint
from dynadmin.exceptions import RefusedChange
from dynadmin.executor.dependents import views_on
from dynadmin.factory import build_models
from dynadmin.plan import (
    AddField,
    AlterField,
    ConvertField,
    Operation,
    Plan,
    PurgeColumn,
    PurgeTable,
    RestoreField,
)
from dynadmin.schema import TableSchema

SAMPLES = 5


def check_target(plan: Plan) -> None:
    """Check names, limits and Django's own model checks of what the plan leads to. Raises RefusedChange."""
    live = [table for table in plan.changed_tables if not table.retired]
    _check_table_names(plan)
    for table in live:
        _check_table(table)
    for id, model in build_models(live).items():
        errors = [error for error in model.check(databases=[]) if error.is_serious()]
        if errors:
            raise RefusedChange(f"{plan.target.tables[id].label}: {errors[0].msg}")


def _check_table_names(plan: Plan) -> None:
    if len(plan.target.live_tables) > conf.MAX_TABLES:
        raise RefusedChange(_("There can be at most %(limit)d tables.") % {"limit": conf.MAX_TABLES})
    counts = Counter(table.name for table in plan.target.live_tables)
    for table in plan.changed_tables:
        if not table.retired and counts[table.name] > 1:
            message = _("Another table is called “%(name)s” at present; apply its new name first.")
            raise RefusedChange(message % {"name": table.name})


def _check_table(table: TableSchema) -> None:
    words = {"table": table.label or table.name, "limit": conf.MAX_FIELDS}
    if not table.live_fields:
        raise RefusedChange(_("Table “%(table)s” has no fields: add at least one.") % words)
    if len(table.live_fields) > conf.MAX_FIELDS:
        raise RefusedChange(_("Table “%(table)s” has more than %(limit)d fields.") % words)
    if len(table.constraints) > MOST_RULES:
        raise RefusedChange(
            _("Table “%(table)s” has more than %(limit)d rules.") % (words | {"limit": MOST_RULES})
        )
    try:
        naming.validate_table_name(table.name)
        for field in table.live_fields:
            naming.validate_field_name(field.name)
        naming.check_field_names([field.name for field in table.live_fields])
        for rule in table.constraints:
            clean_constraint(rule, table)
    except ValidationError as error:
        raise RefusedChange(" ".join(error.messages)) from error


def find_obstacles(plan: Plan) -> Iterator[str]:
    """Yield a sentence for each operation that the rows as they are do not allow."""
    for operation in plan.operations:
        if operation.can_fail:
            yield from obstacles(operation, plan)


@singledispatch
def obstacles(operation: Operation, plan: Plan) -> Iterator[str]:
    """Yield what stands in one operation's way."""
    yield from ()


@obstacles.register
def _add_field(operation: AddField, plan: Plan) -> Iterator[str]:
    model = _model_before(operation, plan)
    if model._base_manager.exists():
        message = _(
            "Field “%(field)s” must have a value, but the rows of “%(table)s” have none yet: "
            "give it a default, or let it be empty."
        )
        yield message % operation.words


@obstacles.register
def _change_type(operation: ConvertField, plan: Plan) -> Iterator[str]:
    message = _(
        "The type of field “%(field)s” cannot be changed from %(old)s to %(new)s: "
        "add a new field of the other type, or change the type back."
    )
    yield message % (operation.words | {"old": operation.old.type, "new": operation.field.type})


@obstacles.register
def _alter_field(operation: AlterField, plan: Plan) -> Iterator[str]:
    model = _model_before(operation, plan)
    new = build_models([operation.table])[operation.table.id]._meta.get_field(operation.field.name)
    column = operation.field.column
    refused = _refused_values(model, column, new)
    if refused:
        yield _sentence(operation, refused)
    elif new.unique and (repeated := _repeated_values(model, column, new)):
        message = _("Field “%(field)s” cannot be unique: %(values)s are there more than once.")
        yield message % (operation.words | {"values": ", ".join(map(str, repeated))})


@obstacles.register
def _restore_field(operation: RestoreField, plan: Plan) -> Iterator[str]:
    field = build_models([operation.table])[operation.table.id]._meta.get_field(operation.field.name)
    if field.null or (field.has_db_default() and not field.unique):
        return  # rows made meanwhile have no value, or the default
    empty = _model_before(operation, plan)._base_manager.filter(**{f"{operation.field.column}__isnull": True})
    if count := empty.count():
        message = ngettext(
            "Field “%(field)s” must have a value, but %(count)d row of “%(table)s” has none, "
            "as it was made after the field was deleted: restore the field as one that may be empty.",
            "Field “%(field)s” must have a value, but %(count)d rows of “%(table)s” have none, "
            "as they were made after the field was deleted: restore the field as one that may be empty.",
            count,
        )
        yield message % (operation.words | {"count": count})


@obstacles.register
def _purge_column(operation: PurgeColumn, plan: Plan) -> Iterator[str]:
    if views := views_on(operation):
        message = _("Views that others made read field “%(field)s” of “%(table)s”: drop %(views)s first.")
        yield message % (operation.words | {"views": ", ".join(views)})


@obstacles.register
def _purge_table(operation: PurgeTable, plan: Plan) -> Iterator[str]:
    if views := views_on(operation):
        message = _("Views that others made read table “%(table)s”: drop %(views)s first.")
        yield message % (operation.words | {"views": ", ".join(views)})


def _model_before(operation: Operation, plan: Plan) -> type[Model]:
    table = plan.base.tables[operation.table.id]
    return build_models([table], physical=True)[table.id]


def _refused_values(model: type[Model], column: str, new: Field) -> dict[str, list]:
    """Return the ids of rows whose value the new field would refuse, by the reason it gives."""
    refused: dict[str, list] = {}
    rows = model._base_manager.values_list("pk", column)
    for pk, value in rows.iterator(chunk_size=5000):
        if value is None and new.empty_strings_allowed and not new.null:
            value = ""  # what the database's default makes of it
        try:
            new.clean(value, None)
        except ValidationError as error:
            refused.setdefault(" ".join(error.messages), []).append(pk)
    return refused


def _sentence(operation: AlterField, refused: dict[str, list]) -> str:
    count = sum(map(len, refused.values()))
    reason, pks = max(refused.items(), key=lambda item: len(item[1]))
    message = ngettext(
        "%(count)d value of field “%(field)s” would not fit: %(reason)s Row: %(rows)s.",
        "%(count)d values of field “%(field)s” would not fit: %(reason)s Rows: %(rows)s.",
        count,
    )
    rows = ", ".join(map(str, pks[:SAMPLES])) + (" …" if count > SAMPLES else "")
    return message % (operation.words | {"count": count, "reason": reason, "rows": rows})


def _repeated_values(model: type[Model], column: str, new: Field) -> list:
    values = model._base_manager.exclude(**{f"{column}__isnull": True})
    if new.null and new.empty_strings_allowed:
        values = values.exclude(**{column: ""})
    repeated = values.values(column).annotate(rows=Count("pk")).filter(rows__gt=1)
    return list(repeated.order_by("-rows").values_list(column, flat=True)[:SAMPLES])
