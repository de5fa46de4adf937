"""What each operation does to the rows that are there, in a sentence."""

from functools import singledispatch

from django.db.models import Field, Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dynadmin.admin.plans.figures import number
from dynadmin.plan import ConvertField, Operation, RetireField, RetireTable
from dynadmin.registry import registry


@singledispatch
def effect_of(operation: Operation) -> str:
    """Return what an operation does to the rows that are there, or nothing."""
    return ""


@effect_of.register
def _effect_of_retiring_a_table(operation: RetireTable) -> str:
    model = registry.current.models.get(operation.table.id)
    if model is None:
        return ""
    count = model._base_manager.count()
    message = ngettext(
        "%(count)s row goes out of sight. It stays in the database, with its values and its history.",
        "%(count)s rows go out of sight. They stay in the database, with their values and their history.",
        count,
    )
    return message % {"count": number(count)}


@effect_of.register
def _effect_of_retiring_a_field(operation: RetireField) -> str:
    model = registry.current.models.get(operation.table.id)
    field = model and _field_in_column(model, operation.field.column)
    if field is None:
        return ""
    count = _count_values(model, field)
    message = ngettext(
        "%(count)s value goes out of sight. It stays in the database.",
        "%(count)s values go out of sight. They stay in the database.",
        count,
    )
    return message % {"count": number(count)}


@effect_of.register
def _effect_of_converting(operation: ConvertField) -> str:
    if operation.original is not None:
        return _("The values as they are now stay in the database, so that this can be taken back too.")
    return _("The values as they are now stay in the database, so that this can be taken back.")


def _field_in_column(model: type[Model], column: str) -> Field | None:
    return next((field for field in model._meta.concrete_fields if field.column == column), None)


def _count_values(model: type[Model], field: Field) -> int:
    filled = model._base_manager.exclude(**{f"{field.name}__isnull": True})
    if field.empty_strings_allowed and not field.null:
        filled = filled.exclude(**{field.name: ""})
    return filled.count()
