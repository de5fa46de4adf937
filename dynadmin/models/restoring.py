"""Out of the trash, back into use: with values, options, grants and place."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import partial

from django.apps import apps
from django.utils.translation import gettext as _

from dynadmin import naming
from dynadmin.changes import SchemaChange
from dynadmin.conversion import Choices
from dynadmin.exceptions import RefusedChange, UnknownFieldType
from dynadmin.kinds import with_locks
from dynadmin.models.applying import apply_plan
from dynadmin.models.drafting import waiting_tables
from dynadmin.models.history import states_of
from dynadmin.plan import Plan, make_plan
from dynadmin.plan.constraints import gone_with, with_rules_back
from dynadmin.registry import registry
from dynadmin.revisions import SchemaRevision, latest_revision_id
from dynadmin.schema import FieldSchema, Schema, TableSchema

MAY_BE_EMPTY = ("blank", "null")


class ChangesWaiting(RefusedChange):
    """The table has changes that were not applied; to restore something would give them up, or apply them."""


def restore_field(
    table_id: int,
    field_id: int,
    *,
    user=None,
    as_optional: bool = False,
    value: str | None = None,
    without: Collection[int] = (),
    without_gone: bool = False,
    in_background: bool = False,
) -> SchemaRevision | SchemaChange | None:
    """Bring a retired field back; it gets another name if its own is taken. None if it is back already.

    Where it must have a value, rows that were made without it are given ``value``, or ``as_optional`` lets it
    be empty. A relation to rows that were deleted meanwhile is emptied there if ``without_gone`` says so.
    Rules that went with it come back if their other fields are there, but those with ids in ``without``.
    Arguments and errors are else those of ``DynamicModel.sync()``; ChangesWaiting if the table's
    draft says something else than what is in force.
    """
    make = partial(
        plan_restored_field,
        table_id,
        field_id,
        as_optional=as_optional,
        value=value,
        without=without,
        without_gone=without_gone,
    )
    return _apply(make, user, in_background=in_background)


def plan_restored_field(
    table_id: int,
    field_id: int,
    *,
    as_optional: bool = False,
    value: str | None = None,
    without: Collection[int] = (),
    without_gone: bool = False,
) -> Plan:
    """Return the plan of ``restore_field``; empty if the field is back already."""

    def make(schema: Schema) -> TableSchema:
        table = _live_table(schema, table_id)
        field = next((f for f in table.fields if f.id == field_id), None)
        if field is None:
            raise RefusedChange(_("This field is no longer in the trash: it was deleted for good."))
        _refuse_if_waiting(schema, table)
        if not field.retired:
            return table
        _refuse_without_target(schema, field)
        _refuse_without_sources(schema, field)
        rules = [rule for rule in gone_with(field.id, states_of(table.id)) if rule.id not in without]
        return with_rules_back(with_restored(table, field, as_optional=as_optional), rules)

    choices = {field_id: Choices(on_failure="empty")} if without_gone else {}
    if value is not None:
        choices = {field_id: Choices(on_failure="value", value=value)}
    return _plan(make, choices)


def restore_table(table_id: int, *, user=None, without_gone: bool = False) -> SchemaRevision | None:
    """Bring a retired table back, under another name if its own is taken. None if it is back already.

    Its fields that refer to tables in the trash stay there themselves, until those are back. ``without_gone``
    is that of ``restore_field()``. Errors are those of ``DynamicModel.sync()``.
    """
    choices: dict[int, Choices] = {}

    def make(schema: Schema) -> TableSchema:
        table = schema.tables.get(table_id)
        if table is None or table.purged:
            raise RefusedChange(_("This table is no longer in the trash: it was deleted for good."))
        if not table.retired:
            return table
        definitions = apps.get_model("dynadmin", "DynamicModel").objects.exclude(pk=table.id)
        taken = {*definitions.values_list("name", flat=True), *(t.name for t in schema.live_tables)}
        name = naming.propose_name(table.name, taken, kind="table")
        if without_gone:
            choices.update((field.id, Choices(on_failure="empty")) for field in table.relations)
        table = replace(table, name=name, retired_after=None)
        return _without_lost(schema, table)

    return _apply(lambda: _plan(make, choices), user)


def _without_lost(schema: Schema, table: TableSchema) -> TableSchema:
    """Return a table that comes back without the fields that refer to the trash, or are computed from it."""
    fields = [f for f in table.fields if f.retired or not _target_in_trash(schema, f, besides=table.id)]
    live = {f.id for t in schema.live_tables for f in t.live_fields} | {f.id for f in fields if not f.retired}
    return replace(table, fields=tuple(f for f in fields if f.retired or live.issuperset(f.sources)))


def _target_in_trash(schema: Schema, field: FieldSchema, *, besides: int = 0) -> TableSchema | None:
    """Return the table that a field refers to if it is not in use; ``besides`` is one that is about to be."""
    target = schema.tables.get(field.target_table or 0)
    return target if target is not None and target.retired and target.id != besides else None


def _refuse_without_target(schema: Schema, field: FieldSchema) -> None:
    """Raise RefusedChange if the table that a field refers to is not there."""
    target = _target_in_trash(schema, field)
    if target is None:
        return
    words = {"target": target.label or target.name, "field": field.label or field.name}
    if target.purged:
        message = _("“%(field)s” refers to table “%(target)s”, which was deleted for good.")
    else:
        message = _("“%(field)s” refers to table “%(target)s”, which is in the trash: restore that first.")
    raise RefusedChange(message % words)


def _refuse_without_sources(schema: Schema, field: FieldSchema) -> None:
    """Raise RefusedChange if something is not there that a field is computed from."""
    live = {each.id for table in schema.live_tables for each in table.live_fields}
    for id in field.sources:
        if id in live:
            continue
        words = {"field": field.label or field.name}
        found = ((t, f) for t in schema.tables.values() for f in t.fields if f.id == id)
        table, source = next(found, (None, None))
        if table is None or source is None:
            message = _("“%(field)s” is computed from a field that was deleted for good.")
        else:
            words |= {"source": source.label or source.name, "table": table.label or table.name}
            message = _(
                "“%(field)s” is computed from “%(source)s” of “%(table)s”, which is in the trash: "
                "restore that first."
            )
        raise RefusedChange(message % words)


def with_restored(table: TableSchema, field: FieldSchema, *, as_optional: bool = False) -> TableSchema:
    """Return the table as it is wanted, with a retired field among the live ones."""
    fields = list(table.live_fields)
    name = naming.propose_name(field.name, {f.name for f in fields})
    optional = {option: True for option in MAY_BE_EMPTY if option in field.options} if as_optional else {}
    options = {**field.options, **optional}
    restored = replace(field, name=name, options=options, retired_after=None, place=0)
    fields.insert(_place(table, field), restored)
    return with_locks(replace(table, fields=tuple(fields)))


def _place(table: TableSchema, field: FieldSchema) -> int:
    """Return where the field stood, not counting those before it that were retired with it and still are."""
    missing = [
        f for f in table.retired_fields if f.retired_after == field.retired_after and f.place < field.place
    ]
    return min(field.place - len(missing), len(table.live_fields))


def _live_table(schema: Schema, table_id: int) -> TableSchema:
    table = schema.tables.get(table_id)
    if table is None or table.purged:
        raise RefusedChange(_("The table of this field was deleted for good."))
    if table.retired:
        message = _("The table of this field is itself in the trash: restore “%(table)s” first.")
        raise RefusedChange(message % {"table": table.label or table.name})
    return table


def _refuse_if_waiting(schema: Schema, table: TableSchema) -> None:
    for waiting in waiting_tables(schema, [table.id]):
        message = _(
            "Changes of “%(table)s” wait to be applied, and nothing can be restored into it before: "
            "apply or discard them first."
        )
        raise ChangesWaiting(message % {"table": waiting.label or waiting.name})


def _plan(make: Callable[[Schema], TableSchema], choices: Mapping[int, Choices]) -> Plan:
    """Return the plan to what ``make`` makes of the newest schema, which the draft is to follow."""
    while True:
        registry.refresh()
        newest = registry.newest
        try:
            wanted = make(newest.schema)
        except RefusedChange:
            # The draft that was looked at may be that of a newer revision.
            if latest_revision_id() == newest.revision:
                raise
        else:
            plan = make_plan(newest.schema, base_revision=newest.revision, wanted=[wanted], choices=choices)
            return replace(plan, overrides={})


def _apply(
    make: Callable[[], Plan], user, *, in_background: bool = False
) -> SchemaRevision | SchemaChange | None:
    try:
        return apply_plan(make, allow_destructive=False, user=user, in_background=in_background)
    except UnknownFieldType as error:
        raise RefusedChange(str(error)) from error
