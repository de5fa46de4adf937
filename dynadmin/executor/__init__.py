"""Carries plans out: the only caller of a schema editor.

``preview`` says what stands in a plan's way, ``apply`` makes the change: database, views, content types,
permissions and the new revision in one transaction.
"""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from dynadmin.exceptions import Obstructed, RefusedChange, StalePlan, UnsafePlan
from dynadmin.executor import constraints as constraints  # registers how rules are carried out
from dynadmin.executor.checks import check_target, find_obstacles
from dynadmin.executor.ddl import run_operations, schema_editor
from dynadmin.executor.grants import write_content_types
from dynadmin.executor.transactions import retry_while_busy, schema_change
from dynadmin.executor.views import create_views, drop_views
from dynadmin.plan import Plan
from dynadmin.revisions import SchemaRevision, latest_revision_id, record_revision

__all__ = ["apply", "preview"]


def preview(plan: Plan) -> list[str]:
    """Return what stands in the plan's way, a sentence each; none means it can be applied."""
    return list(_foresee(plan))


def _foresee(plan: Plan) -> Iterator[str]:
    try:
        check_target(plan)
    except RefusedChange as refusal:
        yield str(refusal)
        return
    yield from find_obstacles(plan)


def apply(
    plan: Plan, *, user=None, allow_destructive: bool = False, before_commit=None, shown: str = ""
) -> SchemaRevision:
    """Make the change and return its revision.

    ``before_commit`` is called without arguments inside the transaction, for bookkeeping that belongs with
    it; ``shown`` is the digest a person agreed to. Raises UnsafePlan, StalePlan, RefusedChange or SchemaBusy;
    then nothing has changed.
    """
    if shown and plan.digest != shown:
        raise StalePlan(_("The plan is no longer the one you saw; look at it again."))
    if plan.is_destructive and not allow_destructive:
        raise UnsafePlan("; ".join(op.describe() for op in plan.operations if op.is_destructive))
    return retry_while_busy(lambda: _apply_once(plan, user, before_commit))


def _apply_once(plan: Plan, user, before_commit) -> SchemaRevision:
    with schema_change():
        if latest_revision_id() != plan.base_revision:
            raise StalePlan("The tables were changed meanwhile; look at the plan again.")
        for obstacle in _foresee(plan):
            raise Obstructed(obstacle)
        with schema_editor() as editor:
            drop_views(editor, plan)
            run_operations(editor, plan)
            create_views(editor, plan)
        write_content_types(plan, author=user)
        if before_commit:
            before_commit()
        return record_revision(plan, user=user)
