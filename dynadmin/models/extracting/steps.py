"""The three steps: the new table, its rows, and the relation to it."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from dynadmin.changes import SchemaChange
from dynadmin.exceptions import RefusedChange
from dynadmin.models.definitions import DynamicField, DynamicModel
from dynadmin.models.drafting import waiting_tables
from dynadmin.models.extracting.columns import CHUNK, Combination, FlatColumns
from dynadmin.models.extracting.foreseeing import foresee_extraction, refuse_conflicts
from dynadmin.naturalkeys import why_not_enough
from dynadmin.registry import registry
from dynadmin.revisions import SchemaRevision
from dynadmin.schema import FieldSchema, TableSchema, target_of

# Options of the column that the relation in its place has as well.
KEPT = ("blank", "help_text", "unique")


def extract(
    table: DynamicModel,
    names: Sequence[str],
    *,
    name: str,
    label: str = "",
    conflicts: str = "stop",
    user: Any = None,
) -> DynamicModel:
    """Make a table of the distinct combinations of these columns, and refer to its rows instead.

    The first column tells the rows. Where it stands beside different values of the others the change is
    refused, or the ``"first"`` of them in order are taken; the columns keep all, as they are retired. The
    last revision, undone, brings them back. Must be called outside transactions. Returns the new definition.
    Raises RefusedChange and what ``sync()`` raises; called again, it goes on where it ended.
    """
    target, _done = apply_extraction(table, names, name=name, label=label, conflicts=conflicts, user=user)
    return target


def apply_extraction(
    table: DynamicModel,
    names: Sequence[str],
    *,
    name: str,
    label: str = "",
    conflicts: str = "stop",
    user: Any = None,
    in_background: bool = False,
) -> tuple[DynamicModel, SchemaRevision | SchemaChange | None]:
    """Extract as ``extract()`` does; return what ``sync()`` returns of the last step, too."""
    source = FlatColumns(table, names)
    if conflicts == "stop":
        refuse_conflicts(foresee_extraction(table, names))
    target = _target(source, name, label, user)
    _fill(source, target)
    return target, _refer(source, table, target, user=user, in_background=in_background)


def _target(source: FlatColumns, name: str, label: str, user: Any) -> DynamicModel:
    """Return the new table, in force. One that an earlier call has made is taken for it."""
    target = DynamicModel.objects.filter(name=name).first()
    if target is None:
        _refuse_if_waiting(source.schema)
        with transaction.atomic():
            target = DynamicModel(name=name, label=label)
            target.full_clean()
            target.save()
            for position, column in enumerate(source.columns):
                _copy(column, target, position)
    if [field.name for field in target.fields.order_by("position")][: len(source.columns)] != [
        column.name for column in source.columns
    ]:
        raise RefusedChange(_("There is a table “%(name)s” already, with other fields.") % {"name": name})
    try:
        target.sync(user=user)
    except RefusedChange:
        if registry.newest.schema.tables.get(target.pk) is None:
            target.fields.all().delete()
            target.delete()
        raise
    return target


def _refuse_if_waiting(table: TableSchema) -> None:
    """Raise RefusedChange where the draft says more: it would be applied with this, or given up."""
    for waiting in waiting_tables(registry.newest.schema, [table.id]):
        message = _("Changes of table “%(table)s” wait to be applied: apply or discard them first.")
        raise RefusedChange(message % {"table": waiting.label or waiting.name})


def _copy(column: FieldSchema, target: DynamicModel, position: int) -> None:
    options = dict(column.options)
    if position == 0:
        # Each is told by its value, which the rows that are made of it have.
        options |= {"unique": True, "db_index": False}
        options.pop("default", None)
    field = DynamicField(
        model=target,
        name=column.name,
        label=column.label,
        type=column.type,
        options=options,
        position=position,
    )
    field.full_clean()
    field.save()


def _fill(source: FlatColumns, target: DynamicModel) -> None:
    """Give the new table the rows that it lacks."""
    model = registry.latest().model(target.pk)
    names = [column.name for column in source.columns]
    with transaction.atomic():
        known = set(model._base_manager.values_list(names[0], flat=True))
        missing = (
            combinations[0]
            for key, combinations, _count in source.keyed()
            if key is not None and key not in known
        )
        while some := list(islice(missing, CHUNK)):
            model._base_manager.bulk_create(_rows(model, names, some), batch_size=500)


def _rows(model: type[Model], names: Sequence[str], combinations: Iterable[Combination]) -> list[Model]:
    return [model(**dict(zip(names, combination, strict=True))) for combination in combinations]


def _refer(
    source: FlatColumns, table: DynamicModel, target: DynamicModel, *, user: Any, in_background: bool
) -> SchemaRevision | SchemaChange | None:
    """Make the first column a relation to the new table, and retire the others."""
    key, *others = source.columns
    model = registry.latest().model(target.pk)
    can_be_made = not why_not_enough(model, model._meta.get_field(key.name))
    # As an earlier call has left it, which may be under way.
    is_waiting = any(waiting_tables(registry.newest.schema, [table.pk]))
    with transaction.atomic():
        field = table.fields.get(name=key.name)
        kept = {name: key.options[name] for name in KEPT if name in key.options}
        field.type, field.options = "foreignkey", {**kept, "target": target_of(target.pk)}
        field.full_clean()
        field.save()
        table.fields.filter(name__in=[other.name for other in others]).delete()
    choices = {"on_failure": "create" if can_be_made else "stop", "answers": {"key": key.name}}
    try:
        return table.sync(
            allow_destructive=True,
            on_failure={key.name: choices},
            user=user,
            in_background=in_background,
        )
    except (RefusedChange, ValidationError):
        if not is_waiting:
            table.revert()
        raise
