"""The plan that hands a table over to an ordinary model."""

from dataclasses import replace

from dynadmin.plan.keeping import ReleaseTable
from dynadmin.plan.plans import Plan
from dynadmin.schema import Schema, TableSchema


def make_release_plan(base: Schema, *, base_revision: int, table: TableSchema, model: str) -> Plan:
    """Return the plan after which the table is the model's: a tombstone here, that says whose it is.

    The table may also be one that the base does not know, so that its number is given to no other.
    """
    tombstone = replace(
        table,
        fields=(),
        originals=(),
        constraints=(),
        retired_after=base_revision,
        purged=True,
        released=model,
    )
    return Plan(
        base_revision=base_revision,
        base=base,
        target=base.with_tables([tombstone]),
        operations=(ReleaseTable(table=tombstone),),
    )
