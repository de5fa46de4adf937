"""The check of an import: what it would do to the table as it is now, found out by doing it in vain."""

from dynadmin import jobs
from dynadmin.imports.files import refused_path
from dynadmin.imports.findings import Findings
from dynadmin.imports.mapping import kept_plan
from dynadmin.imports.refused import Notebook
from dynadmin.imports.ways import Importer, opened
from dynadmin.jobs import State
from dynadmin.transfer.importer import import_rows


def check(hold: jobs.Hold, importer: Importer | None) -> None:
    """Find out what an import would do, and keep what there is to see. Raises TransferError."""
    job = hold.job
    work = opened(job)
    hold.write(total=work.source.row_count)
    with Notebook(refused_path(job), work.labels) as notes:
        result = (importer or import_rows)(
            work.model,
            work.source,
            plan=work.plan,
            options=work.options,
            dry_run=True,
            user=job.author,
            progress=hold.come_to,
            on_refused=notes.note,
        )
        length = notes.kept()
    hold.end(
        State.DONE,
        plan=kept_plan(work.model, result.plan),
        checked=Findings.of(work.model, result).to_json(),
        position=[0, length],
        done=result.totals.rows,
        total=result.totals.rows,
    )
