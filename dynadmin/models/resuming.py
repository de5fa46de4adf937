"""Takes up changes that another process has left."""

from dynadmin import executor
from dynadmin.changes import SchemaChange
from dynadmin.executor import online
from dynadmin.models.applying import follow
from dynadmin.registry import registry


def resume_change(change: SchemaChange) -> bool:
    """Carry on with a change from where it was left; False if another worker is at it, or it has ended.

    Raises a PlanError if it cannot be made; then the tables are as they were.
    """
    if not online.run(change, follow):
        return False
    tables = registry.latest().schema.tables
    executor.make_range_indexes(tables[id] for id in change.tables if id in tables)
    return True
