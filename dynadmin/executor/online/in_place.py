"""How PostgreSQL changes a large table in use: columns and indexes are built in it, beside those in use."""

from dynadmin.changes import Phase
from dynadmin.executor.online.contracting import BeforeCommit, contract
from dynadmin.executor.online.expanding import expand
from dynadmin.executor.online.finishing import finish
from dynadmin.executor.online.indexes import build_all
from dynadmin.executor.online.jobs import Job
from dynadmin.executor.online.passes import drain_all, go_through
from dynadmin.executor.online.returning import settle_dangling
from dynadmin.executor.online.undoing import drop_leftovers, undo

__all__ = ["drop_leftovers", "finish", "lead_into_use", "undo"]


def lead_into_use(job: Job, before_commit: BeforeCommit) -> None:
    """Carry the change through its steps, from where it has come to, until it is in use."""
    settle_dangling(job)
    if job.change.phase == Phase.EXPAND:
        expand(job)
    if job.change.phase == Phase.FILL:
        go_through(job)
        drain_all(job)
        job.hold.write(phase=Phase.INDEX)
    if job.change.phase == Phase.INDEX:
        build_all(job)
        job.hold.write(phase=Phase.CONTRACT)
    settle_dangling(job)
    contract(job, before_commit)
