"""From drafts to a plan, and from a plan to a revision: planned again when somebody else was faster."""

from collections.abc import Callable, Iterable, Mapping
from itertools import count

from django.apps import apps
from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from dynadmin import executor
from dynadmin.changes import SchemaChange
from dynadmin.conversion import Choices
from dynadmin.conversion.choices import KEEP
from dynadmin.exceptions import StalePlan
from dynadmin.models.drafting import forget_definitions, waiting_drafts, write_definitions
from dynadmin.plan import Plan, RemoveConstraint, RetireField, make_plan
from dynadmin.registry import registry
from dynadmin.revisions import SchemaRevision
from dynadmin.schema import Schema

# Somebody who changes tables all the time must not keep all others from it; planning again costs little.
ATTEMPTS = 20


def plan_tables(
    wanted: Iterable = (),
    *,
    gone: Iterable[int] = (),
    choices: Mapping[int, Choices] | None = None,
    reserve: bool = False,
    with_references: bool = False,
) -> Plan:
    """Return the plan from the revision in force to the given drafts. Raises ValidationError.

    ``with_references`` retires the fields that refer to tables which are gone.

    A plan that is to be applied reserves the ids it needs; one that is only looked at writes nothing.
    """
    registry.refresh()
    newest = registry.newest
    choices = choices or {}
    new_ids = reserve_ids(choices) if reserve else foresee_ids(choices, newest.schema)
    return make_plan(
        newest.schema,
        base_revision=newest.revision,
        wanted=[model.to_schema() for model in wanted],
        gone=gone,
        choices=choices,
        new_ids=new_ids,
        with_references=with_references,
    )


def foresee_ids(choices: Mapping[int, Choices], schema: Schema) -> dict[int, int]:
    """Return ids that second fields may get, for a plan that is only looked at."""
    beside = [id for id, chosen in choices.items() if chosen.on_failure == KEEP]
    if not beside:
        return {}
    highest = apps.get_model("dynadmin", "DynamicField").objects.aggregate(id=Max("pk"))["id"] or 0
    known = (field.id for table in schema.tables.values() for field in table.fields)
    return dict(zip(beside, count(1 + max(highest, *known)), strict=False))


def reserve_ids(choices: Mapping[int, Choices]) -> dict[int, int]:
    """Return the ids of second fields, for the texts of values that do not convert, by those of the first."""
    return {id: reserve_id(id) for id, chosen in choices.items() if chosen.on_failure == KEEP}


@transaction.atomic
def reserve_id(beside: int) -> int:
    """Return an id that no field has, had or will have, for one that is to stand beside another."""
    fields = apps.get_model("dynadmin", "DynamicField").objects
    table = fields.values_list("model", flat=True).get(pk=beside)
    placeholder = fields.create(model_id=table, name=f"~{beside}")
    reserved = placeholder.pk
    placeholder.delete()
    return reserved


def apply_plan(
    make: Callable[[], Plan],
    *,
    allow_destructive: bool,
    user=None,
    shown: str = "",
    in_background: bool = False,
) -> SchemaRevision | SchemaChange | None:
    """Make the plan and apply it, again when somebody else was faster. None if there is nothing to do."""
    for attempt in range(ATTEMPTS):
        plan = make()
        if plan.is_empty:
            return None
        try:
            done = executor.apply(
                plan,
                user=user,
                allow_destructive=allow_destructive,
                before_commit=follow,
                in_background=in_background,
                shown=shown,
            )
        except StalePlan:
            if shown or attempt == ATTEMPTS - 1:
                raise
        else:
            registry.latest()
            if not isinstance(done, SchemaChange):  # else that is for whoever carries it out
                executor.make_range_indexes(plan.changed_tables)
            return done
    return None


def follow(plan: Plan) -> None:
    """Let the drafts follow a plan, as it says. To be called in its transaction, by whoever ends it."""
    if plan.overrides is not None:
        write_drafts(plan)
        return
    define_kept_texts(plan)
    forget_rules(plan)
    forget_retired_fields(plan)
    forget_definitions([table.id for table in plan.changed_tables if table.retired])


def write_drafts(plan: Plan) -> None:
    """Make the drafts what a plan leads to.

    Raises StalePlan if one of them says something of its own which the plan was not made to give up.
    """
    changed = {table.id: table for table in plan.changed_tables}
    for id, fingerprint in waiting_drafts(plan.base, changed, for_update=True).items():
        if plan.overrides.get(id) != fingerprint:
            message = _("The definition of “%(table)s” was changed meanwhile; look again.")
            raise StalePlan(message % {"table": changed[id].label or changed[id].name})
    write_definitions(changed.values())


def define_kept_texts(plan: Plan) -> None:
    """Add the fields that came with a conversion to the draft, each behind the field it belongs to."""
    fields = apps.get_model("dynadmin", "DynamicField")
    for op in plan.conversions:
        if op.keep_in is None:
            continue
        here = fields.objects.filter(pk=op.field.id).first()
        if here is None:  # the draft has let go of the field, and is about to be written anew
            continue
        later = fields.objects.filter(model=here.model_id, position__gt=here.position)
        later.update(position=F("position") + 1)
        fields.from_schema(op.keep_in, model=here.model, position=here.position + 1).save(force_insert=True)


def forget_retired_fields(plan: Plan) -> None:
    """Delete the drafts of fields that went with the table they refer to; of others there is none."""
    gone = [op.field.id for op in plan.operations if isinstance(op, RetireField)]
    apps.get_model("dynadmin", "DynamicField").objects.filter(pk__in=gone).delete()


def forget_rules(plan: Plan) -> None:
    """Delete the drafts of rules that went with a field, so that they do not come back with it unasked."""
    kept = {rule.id for table in plan.changed_tables for rule in table.constraints}
    gone = {op.constraint.id for op in plan.operations if isinstance(op, RemoveConstraint)} - kept
    apps.get_model("dynadmin", "DynamicConstraint").objects.filter(pk__in=gone).delete()
