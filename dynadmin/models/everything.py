"""The same for many definitions at once."""

from collections.abc import Iterable, Mapping
from functools import partial

from dynadmin.changes import SchemaChange
from dynadmin.conversion import Choices
from dynadmin.models.applying import apply_plan, plan_tables
from dynadmin.models.definitions import DynamicModel
from dynadmin.plan import Plan
from dynadmin.registry import registry
from dynadmin.revisions import SchemaRevision


def sync_dynamic_model(model: DynamicModel, **options) -> SchemaRevision | SchemaChange | None:
    """Same as ``model.sync(**options)``."""
    return model.sync(**options)


def plan_all(*, choices: Mapping[int, Choices] | None = None, reserve: bool = False) -> Plan:
    """Return the plan from the revision in force to all drafts: tables without a definition are retired."""
    definitions = list(DynamicModel.objects.order_by("pk").prefetch_related("fields", "constraints"))
    registry.refresh()
    known = {model.pk for model in definitions}
    gone = [table.id for table in registry.newest.schema.live_tables if table.id not in known]
    return plan_tables(definitions, gone=gone, choices=choices, reserve=reserve)


def sync_all(
    definitions: Iterable[DynamicModel] | None = None,
    *,
    allow_destructive: bool = False,
    choices: Mapping[int, Choices] | None = None,
    user=None,
    in_background: bool = False,
) -> SchemaRevision | SchemaChange | None:
    """Apply the drafts given, or all. Same as ``DynamicModel.sync()`` on each, in one revision.

    ``choices`` say by the id of a field what becomes of values that do not convert.
    """
    plan = plan_all if definitions is None else partial(plan_tables, list(definitions))
    make = partial(plan, choices=choices, reserve=True)
    return apply_plan(make, allow_destructive=allow_destructive, user=user, in_background=in_background)
