"""What keeps a relation from coming back: rows that it refers to were deleted while nobody saw it."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import ngettext

from dynadmin.executor.links import dangling_links
from dynadmin.executor.physical import physical_model
from dynadmin.executor.references import dangling
from dynadmin.plan import Plan, ReferAgain, RestoreField

Returning = RestoreField | ReferAgain

SETTLED = ("empty", "value")  # the choices that leave nothing dangling


def dangling_rows(operation: Returning, plan: Plan) -> QuerySet | None:
    """Return the rows, or links, that refer to rows which are gone; None if the field refers to none."""
    before = plan.base.tables[operation.table.id]
    if not operation.field.target:
        return None
    if operation.field.stored == "links":
        return dangling_links(before, operation.field)
    model = physical_model(before)
    return dangling(model, model._meta.get_field(operation.field.column))


def refusals_of_dangling(operation: Returning, plan: Plan) -> Iterator[str]:
    """Yield how much refers to rows that are gone, unless it was decided what becomes of it."""
    rows = dangling_rows(operation, plan)
    if rows is None or operation.choices.on_failure in SETTLED or not (count := rows.count()):
        return
    if operation.field.stored == "links":
        message = ngettext(
            "%(count)d link of field “%(field)s” of “%(table)s” leads to a row that was deleted meanwhile: "
            "restore the field without it.",
            "%(count)d links of field “%(field)s” of “%(table)s” lead to rows that were deleted meanwhile: "
            "restore the field without them.",
            count,
        )
    else:
        message = ngettext(
            "%(count)d row of “%(table)s” refers in “%(field)s” to a row that was deleted meanwhile: "
            "restore the field with that emptied.",
            "%(count)d rows of “%(table)s” refer in “%(field)s” to rows that were deleted meanwhile: "
            "restore the field with those emptied.",
            count,
        )
    yield message % (operation.words | {"count": count})
