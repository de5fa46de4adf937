"""Relations that come back while people use the table: what refers to no row any more is settled before."""

from functools import partial

from dynadmin.exceptions import RefusedChange
from dynadmin.executor.dangling import SETTLED, Returning, dangling_rows, refusals_of_dangling
from dynadmin.executor.online.jobs import Job
from dynadmin.executor.online.works import links_in_work
from dynadmin.executor.remembering import noted

BATCH = 5000


def settle_dangling(job: Job) -> None:
    """Empty what refers to rows that are gone, and links, where that was chosen. Raises RefusedChange if not.

    Nobody sees the field yet, so this can be done any time. Rows that are deleted after it, until the change
    is in use, are told by the foreign key when that is tried.
    """
    for operation in job.plan.operations:
        if not isinstance(operation, Returning):
            continue
        if not operation.is_on_column and operation.field.link_table not in links_in_work(job.plan):
            continue
        for refusal in refusals_of_dangling(operation, job.plan):
            raise RefusedChange(refusal)
        if operation.choices.on_failure in SETTLED:
            while job.hold.patiently(partial(_empty_some, job, operation)):
                job.hold.write()


def _empty_some(job: Job, operation: Returning) -> int:
    rows = dangling_rows(operation, job.plan)
    if rows is None:
        return 0
    with job.hold.step():
        pks = list(rows.values_list("pk", flat=True)[:BATCH])
        some = rows.model._base_manager.filter(pk__in=pks)
        if operation.field.stored == "links":
            return some.delete()[0]
        with noted(rows.model):
            return some.update(**{operation.field.column: None})
