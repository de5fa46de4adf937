"""Tables that come near the number of columns a database allows, and the cure."""

from django.utils.translation import gettext as _

from dynadmin.exceptions import RefusedChange
from dynadmin.executor.limits import ColumnUse, fetch_column_use
from dynadmin.executor.weights import weigh_tables
from dynadmin.models.applying import apply_plan
from dynadmin.plan import Plan, make_rebuild_plan
from dynadmin.registry import registry
from dynadmin.revisions import SchemaRevision
from dynadmin.schema import TableSchema

BYTES_A_SECOND = 25_000_000  # copied and indexed, measured on two busy cores


def crowded_tables() -> list[tuple[TableSchema, ColumnUse]]:
    """Return the tables that have used most of the columns they may have, the fullest first. One query."""
    use = fetch_column_use()
    ours = [t for t in registry.newest.schema.tables.values() if not t.purged and t.db_table in use]
    crowded = [(table, use[table.db_table]) for table in ours if use[table.db_table].is_crowded]
    return sorted(crowded, key=lambda pair: -pair[1].used)


def plan_rebuild(table_id: int) -> Plan:
    """Return the plan that makes a table anew in the database. Raises RefusedChange if there is none."""
    registry.refresh()
    newest = registry.newest
    table = newest.schema.tables.get(table_id)
    if table is None or table.purged:
        raise RefusedChange(_("There is no such table any more."))
    return make_rebuild_plan(newest.schema, base_revision=newest.revision, table_id=table_id)


def rebuild_seconds(table: TableSchema) -> float:
    """Return about how long a rebuild of the table takes."""
    return weigh_tables({table.db_table: ()})[table.db_table].bytes / BYTES_A_SECOND


def rebuild_table(table_id: int, *, user=None) -> SchemaRevision | None:
    """Make a table anew in the database, so that columns dropped from it count no more.

    Its rows are copied: people read meanwhile, but whoever writes waits. Errors are those of
    ``DynamicModel.sync()``.
    """
    return apply_plan(lambda: plan_rebuild(table_id), allow_destructive=False, user=user)
