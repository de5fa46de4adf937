"""Says which rule a row breaks that does not go into the copy: it is what the row in use is made into."""

import re
from typing import NoReturn

from django.db import IntegrityError
from django.utils.translation import gettext as _

from dynadmin.exceptions import Obstructed
from dynadmin.executor.online.copying.copies import Copy
from dynadmin.executor.online.jobs import Job
from dynadmin.executor.online.refusing import refuse_broken, refuse_repeated
from dynadmin.executor.online.works import Work
from dynadmin.plan import AddConstraint


def refuse_row(job: Job, copy: Copy, error: IntegrityError) -> NoReturn:
    """Raise Obstructed for what SQLite says: ``UNIQUE constraint failed: table.column, table.column``."""
    names = re.findall(r"\w+", str(error).partition(":")[2])
    columns = {name for name in names if name != copy.name}
    after = copy.model.table_schema  # type: ignore[attr-defined]
    for rule in after.constraints:
        fields = [field for field in after.fields if field.id in rule.field_ids]
        if columns == {rule.db_name} or (len(fields) > 1 and columns == {field.column for field in fields}):
            _refuse_broken(job, copy, AddConstraint(table=after, constraint=rule), error)
    for work in job.works:
        if work.before.id == copy.table.id and columns == {work.operation.field.column}:
            refuse_repeated(work, _column_in_use(work), error)
    raise error


def _column_in_use(work: Work) -> str:
    """Return the column whose values are there already; texts that differ may become the same number."""
    return work.source.columns[0] if work.is_judged else work.building.column


def _refuse_broken(job: Job, copy: Copy, rule: AddConstraint, error: IntegrityError) -> NoReturn:
    fields = [field for field in rule.table.fields if field.id in rule.constraint.field_ids]
    there = {field.column for field in copy.table.columns} - job.columns_in_work(copy.table.db_table)
    if there.issuperset(field.column for field in fields):
        refuse_broken(rule, copy.source.model, error)
    message = _("Rows of “%(table)s” break the rule “%(rule)s”.")
    raise Obstructed(message % (rule.words | {"rule": rule.rule})) from error
