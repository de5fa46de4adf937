"""Out of the trash for good: by hand, or by age. What somebody restored meanwhile is not touched."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from dynadmin.exceptions import PlanError
from dynadmin.models.applying import apply_plan
from dynadmin.models.retired import TABLE, TrashItem, trash
from dynadmin.models.uploads import remove_uploads
from dynadmin.plan import Plan, PurgeTable, make_purge_plan
from dynadmin.registry import registry
from dynadmin.revisions import SchemaRevision
from dynadmin.schema import TableSchema


@dataclass(frozen=True, kw_only=True)
class Purge:
    """What a purge did: the keys of items that are gone, and of those that were not in the trash any more.

    ``refusal`` says why nothing of it was possible.
    """

    revision: SchemaRevision | None = None
    gone: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    refusal: str = ""


def plan_purge(*, tables: Collection[int] = (), columns: Collection[str] = ()) -> Plan:
    """Return the plan that drops retired tables, by id, and columns nobody sees, by name."""
    registry.refresh()
    newest = registry.newest
    return make_purge_plan(newest.schema, base_revision=newest.revision, tables=tables, columns=columns)


def purge(
    *,
    tables: Collection[int] = (),
    columns: Collection[str] = (),
    user=None,
    shown: str = "",
) -> Purge:
    """Drop retired tables, by id, and columns nobody sees, by name, with their uploaded files.

    Arguments and errors are else those of ``DynamicModel.sync()``.
    """
    asked = (*(f"t{id:d}" for id in tables), *columns)
    return _purge(lambda: plan_purge(tables=tables, columns=columns), asked, user=user, shown=shown)


def purge_older_than(
    days: float,
    *,
    user=None,
    only: Callable[[TrashItem], bool] = lambda item: True,
) -> Iterator[Purge]:
    """Purge what has been in the trash for so many days, table by table, as far as ``only`` says yes.

    Each table is a change of its own, so that one that is refused keeps no other.
    """

    def is_due(item: TrashItem) -> bool:
        return item.is_older_than(days) and only(item)

    for table in dict.fromkeys(item.table.id for item in trash() if is_due(item)):
        try:
            yield _purge(lambda id=table: _plan_due(id, is_due), (), user=user)
        except PlanError as error:
            yield Purge(refusal=str(error))


def _plan_due(table_id: int, is_due: Callable[[TrashItem], bool]) -> Plan:
    # Looked up anew each time the plan is made: what was restored and deleted again is young.
    due = [item for item in trash() if item.table.id == table_id and is_due(item)]
    return plan_purge(
        tables=[item.table.id for item in due if item.kind == TABLE],
        columns=[item.key for item in due if item.kind != TABLE],
    )


def _purge(make: Callable[[], Plan], asked: Collection[str], *, user, shown: str = "") -> Purge:
    made: list[Plan] = []

    def remembered() -> Plan:
        made.append(make())
        return made[-1]

    revision = apply_plan(remembered, allow_destructive=True, user=user, shown=shown)
    if revision is None:
        return Purge(kept=tuple(asked))
    plan = made[-1]
    remove_uploads(_fields_gone(plan))
    gone = tuple(
        op.table.model_name if isinstance(op, PurgeTable) else op.field.column for op in plan.operations
    )
    return Purge(revision=revision, gone=gone, kept=tuple(key for key in asked if key not in gone))


def _fields_gone(plan: Plan) -> set[int]:
    """Return the ids of fields of which nothing is left in the database."""
    return {
        field.id
        for table in plan.changed_tables
        for field in plan.base.tables[table.id].columns
        if not _has_column_of(table, field.id)
    }


def _has_column_of(table: TableSchema, field_id: int) -> bool:
    return any(column.id == field_id for column in table.columns)
