"""What stands on a column that is to be replaced: our rules are built anew, what others have built is not.

A column that takes the place of another takes its name, but nothing that was built on the other.
"""

from collections.abc import Iterator, Sequence

from django.db import connection
from django.utils.translation import gettext as _

from dynadmin.exceptions import RefusedChange
from dynadmin.executor.online.works import Work
from dynadmin.plan import AddConstraint, Plan
from dynadmin.plan.constraints import ConstraintOperation

# Views, indexes and constraints on a column that are not of this program's making: all of its own begin with
# "dyn_" or are in the schema of its views.
OTHERS = r"""
    WITH col AS (
        SELECT attrelid, attnum FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attname = %s
    )
    SELECT v.oid::regclass::text FROM col
    JOIN pg_depend d ON d.refobjid = col.attrelid AND d.refobjsubid = col.attnum
    JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
    JOIN pg_class v ON v.oid = r.ev_class
    WHERE v.relnamespace IS DISTINCT FROM to_regnamespace('tables')
    UNION SELECT i.relname::text FROM col JOIN pg_index x ON x.indrelid = col.attrelid
    JOIN pg_class i ON i.oid = x.indexrelid
    WHERE col.attnum = ANY (x.indkey) AND i.relname NOT LIKE 'dyn\_%%'
    UNION SELECT c.conname::text FROM col JOIN pg_constraint c ON c.conrelid = col.attrelid
    WHERE col.attnum = ANY (c.conkey) AND c.conname NOT LIKE 'dyn\_%%'
    ORDER BY 1
"""


def refuse_dependents(works: Sequence[Work]) -> None:
    """Raise RefusedChange if somebody else has built something on a column that is to be replaced."""
    for work in works:
        if others := _others(work.before.db_table, work.replaced):
            message = _(
                "Something else in the database is built on field “%(field)s” of “%(table)s”: %(detail)s"
            )
            raise RefusedChange(message % (work.operation.words | {"detail": ", ".join(others)}))


def _others(table: str, column: str) -> list[str]:
    if not column:
        return []
    with connection.cursor() as cursor:
        cursor.execute(OTHERS, [table, column])
        return [name for (name,) in cursor.fetchall()]


def rules_on_replaced(plan: Plan, works: Sequence[Work]) -> Iterator[tuple[int, AddConstraint]]:
    """Yield the rules that the plan leaves as they are, on columns that are replaced, as if it added them.

    Their numbers come after those of the operations.
    """
    changed = {op.constraint.id for op in plan.operations if isinstance(op, ConstraintOperation)}
    replaced = {work.operation.field.id for work in works if work.replaced}
    number = len(plan.operations)
    for table in plan.changed_tables:
        for rule in table.constraints:
            if rule.id not in changed and not replaced.isdisjoint(rule.field_ids):
                yield number, AddConstraint(table=table, constraint=rule)
                number += 1
