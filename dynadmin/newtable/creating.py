"""The table is made of its definitions, then filled by an import like any other."""

from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from dynadmin.exceptions import PlanError
from dynadmin.kinds import kinds
from dynadmin.models import DynamicConstraint, DynamicField, DynamicModel
from dynadmin.models.definitions import default_kind
from dynadmin.newtable.draft import ColumnDraft, TableDraft
from dynadmin.transfer import ColumnPlan, Source, match_columns
from dynadmin.transfer.references import Reference


def names_of_kind() -> list[str]:
    """Return the names that a new table gives to columns of its own."""
    kind = default_kind()
    return list(kinds[kind].columns) if kind in kinds else []


def make_table(draft: TableDraft, *, user: Any = None) -> DynamicModel:
    """Make the table, without rows. To be called outside transactions.

    Raises ValidationError when no table can be like the draft, and PlanError when it cannot be made; then
    nothing is left of it.
    """
    draft.clean()
    with transaction.atomic():
        definition = _define(draft)
    try:
        definition.sync(user=user)
    except (PlanError, ValidationError):
        with transaction.atomic():
            definition.retire(user=user)
        raise
    return definition


def _define(draft: TableDraft) -> DynamicModel:
    definition = DynamicModel(name=draft.name, label=draft.label)
    definition.full_clean()
    definition.save(bring=False)
    single = len(draft.key) == 1
    fields = {}
    for position, column in enumerate(draft.kept):
        field = DynamicField(
            model=definition,
            name=column.name,
            label=column.label,
            type=column.type,
            options=_with_key(column, is_only=single),
            position=position,
        )
        _clean(field, column)
        field.save()
        fields[column.position] = field
    if len(draft.key) > 1:
        ids = [fields[column.position].pk for column in draft.key]
        rule = DynamicConstraint(model=definition, kind="unique", fields=ids)
        rule.full_clean()
        rule.save()
    definition.save()  # which brings the columns of its kind
    return definition


def _clean(field: DynamicField, column: ColumnDraft) -> None:
    """Raise ValidationError that says which column it is about."""
    try:
        field.full_clean()
    except ValidationError as error:
        words = {"column": column.label, "problem": " ".join(error.messages)}
        raise ValidationError(_("“%(column)s”: %(problem)s") % words) from error


def _with_key(column: ColumnDraft, *, is_only: bool) -> dict[str, Any]:
    """Return the options; columns that tell rows together may each have a value twice."""
    options = dict(column.options)
    if column.is_key and (is_only or "unique" in options):
        options["unique"] = is_only
    return options


def plan_for(model: type[models.Model], source: Source, draft: TableDraft) -> ColumnPlan:
    """Return which column of the file fills which field, and how it is read."""
    kept = {column.position: column for column in draft.kept}
    return match_columns(
        model,
        source.headers,
        by_hand={
            position: kept[position].name if position in kept else None
            for position in range(len(source.headers))
        },
        key=(),
        references={column.name: Reference(by=column.by) for column in draft.kept if column.by},
        readings={position: column.import_reading for position, column in kept.items()},
    )


def retire_table(definition: DynamicModel, *, user: Any = None) -> None:
    """Take an empty table away again, if it is still there."""
    with suppress(DynamicModel.DoesNotExist):
        definition.retire(user=user)
