"""The import itself: in batches, each committed with how far it has come; or all in one transaction.

The latter where nothing could take batches back: where the table has no history, or the rows go a way of
their own.
"""

from dataclasses import asdict
from functools import partial
from typing import Any

from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, router, transaction
from django.utils.translation import ngettext
from import_export.signals import post_import

from dynadmin import jobs
from dynadmin.exceptions import TransferError
from dynadmin.imports.files import refused_path, remove_files
from dynadmin.imports.findings import made_rows
from dynadmin.imports.records import FileImport
from dynadmin.imports.refused import Notebook, frequent_reasons
from dynadmin.imports.summaries import summary
from dynadmin.imports.ways import Importer, Work, keeps_history, opened
from dynadmin.jobs import State
from dynadmin.registry import registry
from dynadmin.rowhistory import changing
from dynadmin.transfer.batches import Batch
from dynadmin.transfer.importer import import_rows
from dynadmin.transfer.results import ImportResult, Outcome
from dynadmin.transfer.run import ImportRun


def import_all(hold: jobs.Hold, importer: Importer | None) -> None:
    """Take all rows that are not taken yet, and end. Raises TransferError; then some may have been."""
    model = hold.job.model
    if importer is None and model is not None and keeps_history(model):
        while not _take_batches(hold):
            pass
    else:
        _take_at_once(hold, importer or import_rows)


# --- In batches ---


def _take_batches(hold: jobs.Hold) -> bool:
    """Take batch after batch; False when the table has changed, and the rest is to be looked at anew."""
    job = hold.job
    registry.latest()
    work = opened(job)
    line, length = job.position or (0, 0)
    with (
        changing("import", job.pk),
        Notebook(refused_path(job), work.labels, length=length) as notes,
        ImportRun(
            work.model,
            work.source,
            work.plan,
            work.options,
            user=job.author,
            unit=job.pk,
            on_refused=notes.note,
        ) as run,
    ):
        run.totals.update(_counts(job.totals))
        for batch in run.batches(after=line):
            hold.check()
            if not _take(hold, work, run, batch, notes):
                return False
            hold.told(job.done)
        return _finish(hold, work, run, notes)


def _take(hold: jobs.Hold, work: Work, run: ImportRun, batch: Batch, notes: Notebook) -> bool:
    """Take one batch, committed with how far the import has come; False when the table has changed.

    Once a row is refused that must not be, nothing more is kept: the rest is only looked at, for its reasons.
    """
    with transaction.atomic():
        if not _is_still(work, hold.job):
            return False
        run.take(batch)
        written = {
            "position": [run.position, notes.kept()],
            "totals": _totals(work, run),
            "done": _rows(_totals(work, run)),
        }
        if is_kept := not _is_doomed(work, run):
            hold.write(**written)
        else:
            transaction.set_rollback(True)
    if not is_kept:
        hold.write(**written)
    return True


def _finish(hold: jobs.Hold, work: Work, run: ImportRun, notes: Notebook) -> bool:
    """Do what comes after the last row, and end, in one transaction; False when the table has changed."""
    if _is_doomed(work, run):
        raise TransferError(_refused_words(run.totals[Outcome.REFUSED]))
    with transaction.atomic():
        if not _is_still(work, hold.job):
            return False
        run.finish()
        hold.job.totals = _totals(work, run)
        hold.job.position = [run.position, notes.kept()]
        _end(hold)
    return True


def _is_doomed(work: Work, run: ImportRun) -> bool:
    return bool(run.totals[Outcome.REFUSED]) and not work.options.skip_refused


def _is_still(work: Work, job: FileImport) -> bool:
    """Whether the table is as the work was opened; it stays so until the end of the transaction."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            table = connection.ops.quote_name(work.model._meta.db_table)
            cursor.execute(f"LOCK TABLE {table} IN ROW EXCLUSIVE MODE")
    registry.latest()
    return job.model is work.model


def _counts(totals: dict[str, Any]) -> dict[Outcome, int]:
    return {outcome: totals[outcome.value] for outcome in Outcome if outcome.value in totals}


def _totals(work: Work, run: ImportRun) -> dict[str, Any]:
    counts = {outcome.value: run.totals[outcome] for outcome in Outcome}
    return {**counts, "made": made_rows(work.model, run.result(is_saved=True).made)}


def _rows(totals: dict[str, Any]) -> int:
    return sum(totals.get(name, 0) for name in ("created", "changed", "skipped", "refused"))


def _refused_words(count: int) -> str:
    message = ngettext(
        "%(count)d row was refused, so nothing was imported.",
        "%(count)d rows were refused, so nothing was imported.",
        count,
    )
    return message % {"count": count}


# --- At once ---


def _take_at_once(hold: jobs.Hold, importer: Importer) -> None:
    work = opened(hold.job)
    alias = router.db_for_write(work.model)
    with (
        Notebook(refused_path(hold.job), work.labels) as notes,
        transaction.atomic(using=alias),
    ):
        result = importer(
            work.model,
            work.source,
            plan=work.plan,
            options=work.options,
            dry_run=False,
            user=hold.job.author,
            progress=hold.come_to,
            on_refused=notes.note,
        )
        hold.job.totals = _totals_of(work, result)
        hold.job.position = [0, notes.kept()]
        if result.is_saved:
            _end(hold)
    if not result.is_saved:
        hold.write(totals=hold.job.totals, position=hold.job.position)
        raise TransferError(_refused_words(result.totals.refused))


def _totals_of(work: Work, result: ImportResult) -> dict[str, Any]:
    counts = asdict(result.totals)
    return {**counts, "made": made_rows(work.model, result.made)}


# --- The end ---


def _end(hold: jobs.Hold) -> None:
    """Write down what came of it, and tell it to the log of the admin and to whoever listens."""
    job = hold.job
    model = job.model
    totals = {**job.totals, "reasons": [list(reason) for reason in frequent_reasons(job)]}
    with transaction.atomic():
        hold.end(State.DONE, totals=totals, position=job.position, done=_rows(totals), total=_rows(totals))
        if job.author_id:
            LogEntry.objects.create(
                user_id=job.author_id,
                content_type=ContentType.objects.get_for_model(model),
                object_repr=job.file_name[:200],
                action_flag=ADDITION,
                change_message=summary(job),
            )
        transaction.on_commit(partial(_ended, job, model))


def _ended(job: FileImport, model: type[models.Model]) -> None:
    if not job.totals.get(Outcome.REFUSED.value):  # else they may be asked for
        remove_files(job)
        FileImport.objects.filter(pk=job.pk).update(stored="")
    post_import.send(sender=None, model=model)
