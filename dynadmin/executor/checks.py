"""What stands in a plan's way: names and limits first, then the rows themselves."""

from collections import Counter
from collections.abc import Iterator
from functools import singledispatch

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dynadmin import naming
from dynadmin.conf import conf
from dynadmin.constraints import MOST_RULES, clean_constraint
from dynadmin.exceptions import RefusedChange
from dynadmin.executor.dependents import views_on
from dynadmin.executor.physical import physical_model
from dynadmin.factory import build_field, build_models
from dynadmin.fieldtypes.cells import from_text
from dynadmin.plan import AddField, Operation, Plan, PurgeColumn, PurgeTable, RestoreField
from dynadmin.schema import TableSchema


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


@singledispatch
def obstacles(operation: Operation, plan: Plan) -> Iterator[str]:
    """Yield what stands in one operation's way."""
    yield from ()


@obstacles.register
def _add_field(operation: AddField, plan: Plan) -> Iterator[str]:
    rows = physical_model(plan.base.tables[operation.table.id])._base_manager.count()
    if not rows:
        return
    if operation.choices.on_failure == "value":
        yield from _refusal_of_value(operation, rows)
        return
    message = _(
        "Field “%(field)s” must have a value, but the rows of “%(table)s” have none yet: "
        "give it a default, or let it be empty."
    )
    yield message % operation.words


def _refusal_of_value(operation: AddField | RestoreField, rows: int) -> Iterator[str]:
    """Yield why the rows that exist cannot all have the value that was chosen."""
    field = build_field(operation.field)
    try:
        from_text(field, operation.choices.value)
    except ValidationError as error:
        words = operation.words | {"reason": " ".join(error.messages)}
        yield _("The value for the rows of field “%(field)s” does not fit: %(reason)s") % words
    if field.unique and rows > 1:
        message = _("Field “%(field)s” cannot be unique when all rows are given one value.")
        yield message % operation.words


@obstacles.register
def _restore_field(operation: RestoreField, plan: Plan) -> Iterator[str]:
    field = build_models([operation.table])[operation.table.id]._meta.get_field(operation.field.name)
    if field.null or (field.has_db_default() and not field.unique):
        return  # rows made meanwhile have no value, or the default
    model = physical_model(plan.base.tables[operation.table.id])
    empty = model._base_manager.filter(**{f"{operation.field.column}__isnull": True})
    if not (count := empty.count()):
        return
    if operation.choices.on_failure == "value":
        yield from _refusal_of_value(operation, count)
    else:
        message = ngettext(
            "Field “%(field)s” must have a value, but %(count)d row of “%(table)s” has none, "
            "as it was made after the field was deleted: give it one, "
            "or restore the field as one that may be empty.",
            "Field “%(field)s” must have a value, but %(count)d rows of “%(table)s” have none, "
            "as they were made after the field was deleted: give them one, "
            "or restore the field as one that may be empty.",
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
