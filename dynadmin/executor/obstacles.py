"""What stands in the way of a step, in sentences: the rows themselves, or what others have built on them."""

from collections.abc import Iterator
from functools import singledispatch

from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dynadmin.conversion.choices import STOPPING
from dynadmin.executor.dangling import dangling_rows, refusals_of_dangling
from dynadmin.executor.dependents import views_on
from dynadmin.executor.physical import physical_model
from dynadmin.executor.reports import Report
from dynadmin.fieldtypes.cells import from_text
from dynadmin.plan import AddField, Operation, Plan, PurgeColumn, PurgeTable, ReferAgain, RestoreField

SAMPLES = 5


@singledispatch
def obstacles(operation: Operation, plan: Plan) -> Iterator[str]:
    """Yield what stands in one operation's way."""
    yield from ()


@obstacles.register
def _add_field(operation: AddField, plan: Plan) -> Iterator[str]:
    # Whether there are none, one or more is all that matters, and is told at once of a million.
    rows = physical_model(plan.base.tables[operation.table.id])._base_manager.all()[:2].count()
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
    field = physical_model(operation.table)._meta.get_field(operation.field.column)
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
    yield from refusals_of_dangling(operation, plan)
    if not operation.is_on_column:
        return
    field = physical_model(operation.table)._meta.get_field(operation.field.column)
    if field.null or (field.has_db_default() and not field.unique):
        return  # rows made meanwhile have no value, or the default
    if not (count := _left_empty(operation, plan)):
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


def _left_empty(operation: RestoreField | ReferAgain, plan: Plan) -> int:
    """Return how many rows have no value when the field is back, unless they are given one."""
    model = physical_model(plan.base.tables[operation.table.id])
    empty = model._base_manager.filter(**{f"{operation.field.column}__isnull": True}).count()
    gone = dangling_rows(operation, plan) if operation.choices.on_failure != "stop" else None
    return empty + (0 if gone is None else gone.count())


@obstacles.register
def _refer_again(operation: ReferAgain, plan: Plan) -> Iterator[str]:
    yield from refusals_of_dangling(operation, plan)
    has_to_be_given = operation.is_on_column and not operation.field.options.get("null", True)
    if has_to_be_given and (count := _left_empty(operation, plan)):
        message = ngettext(
            "Field “%(field)s” must have a value, and %(count)d row of “%(table)s” would have none.",
            "Field “%(field)s” must have a value, and %(count)d rows of “%(table)s” would have none.",
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


# --- What the report on a field says ---


def obstacles_in(report: Report) -> Iterator[str]:
    """Yield what has to be decided or mended before the step on a field can be made."""
    words = report.operation.words
    if report.why_not:
        message = _("Field “%(field)s” cannot be converted: %(reason)s")
        yield message % (words | {"reason": report.why_not})
    for question in report.open_questions:
        message = _("Field “%(field)s”: %(question)s Please answer.")
        yield message % (words | {"question": question.text})
    if report.failed and report.choices.on_failure in STOPPING:
        yield _misfits(report)
    if report.repeated:
        values = ", ".join(sample.after for sample in report.repeated[:SAMPLES])
        message = _("Field “%(field)s” cannot be unique: %(values)s are there more than once.")
        yield message % (words | {"values": values})


def _misfits(report: Report) -> str:
    reason = max(report.failures, key=lambda reason: report.failures[reason])
    count = number_format(report.failed, force_grouping=True)
    words = report.operation.words | {"count": count, "reason": reason.rstrip(".")}
    pks = sorted(sample.pk for sample in report.misfits if sample.reason == reason)[:SAMPLES]
    if not pks:  # who reads this may not see the rows
        message = ngettext(
            "%(count)s value of field “%(field)s” would not fit (%(reason)s).",
            "%(count)s values of field “%(field)s” would not fit (%(reason)s).",
            report.failed,
        )
        return message % words
    message = ngettext(
        "%(count)s value of field “%(field)s” would not fit (%(reason)s): row %(rows)s.",
        "%(count)s values of field “%(field)s” would not fit (%(reason)s): rows %(rows)s.",
        report.failed,
    )
    rows = ", ".join(map(str, pks)) + (_(" and more") if report.failed > len(pks) else "")
    return message % (words | {"rows": rows})
