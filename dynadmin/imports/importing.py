"""The import itself: in batches, each committed with how far it has come; or all in one transaction.

The latter where nothing could take batches back: where the table has no history, or the rows go a way of
their own.
"""

from collections import Counter
from typing import Any

from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection, router, transaction
from django.utils.translation import ngettext
from import_export.signals import post_import

from dynadmin import jobs
from dynadmin.exceptions import TransferError
from dynadmin.imports.files import refused_path, remove_files
from dynadmin.imports.findings import made_rows
from dynadmin.imports.records import FileImport
from dynadmin.imports.refused import Notebook, frequent_reasons
from dynadmin.imports.summaries import summary
from dynadmin.imports.undoing import can_take_back
from dynadmin.imports.ways import Importer, Work, opened
from dynadmin.jobs import State
from dynadmin.registry import registry
from dynadmin.transfer.importer import import_rows
from dynadmin.transfer.results import ImportResult, Outcome
from dynadmin.transfer.run import ImportRun


def import_all(hold: jobs.Hold, importer: Importer | None) -> None:
    """Take all rows that are not taken yet, and end. Raises TransferError; then some may have been."""
    model = hold.job.model
    if importer is None and model is not None and can_take_back(model):
        while not _take_batches(hold):
            registry.latest()
        _end(hold)
    else:
        _take_at_once(hold, importer or import_rows)


# --- In batches ---


def _take_batches(hold: jobs.Hold) -> bool:
    """Take batch after batch; False when the schema has changed, and the rest is to be looked at anew."""
    job = hold.job
    revision = registry.latest().revision
    work = opened(job)
    line, length = job.position or (0, 0)
    before = Counter({name: count for name, count in job.totals.items() if isinstance(count, int)})
    with (
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
        for batch in run.batches(after=line):
            hold.check()
            with transaction.atomic():
                if not _is_still(work, revision):
                    return False
                run.take(batch)
                totals = _totals(work, run, before)
                hold.write(position=[run.position, notes.kept()], totals=totals, done=_rows(totals))
            _refuse_partial(work, totals)
        with transaction.atomic():
            run.finish()
        run.make_indexes()
    return True


def _is_still(work: Work, revision: int) -> bool:
    """Whether the table is as the work was opened; it stays so until the end of the transaction."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            table = connection.ops.quote_name(work.model._meta.db_table)
            cursor.execute(f"LOCK TABLE {table} IN ROW EXCLUSIVE MODE")
    return registry.latest().revision == revision


def _totals(work: Work, run: ImportRun, before: Counter[str]) -> dict[str, Any]:
    now = Counter({outcome.value: count for outcome, count in run.totals.items()})
    return {**dict(before + now), "made": made_rows(work.model, run.result(is_saved=True).made)}


def _rows(totals: dict[str, Any]) -> int:
    return sum(totals.get(outcome.value, 0) for outcome in Outcome)


def _refuse_partial(work: Work, totals: dict[str, Any]) -> None:
    refused = totals.get(Outcome.REFUSED.value, 0)
    if refused and not work.options.skip_refused:
        raise TransferError(_refused_words(refused))


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
    counts = {outcome.value: getattr(result.totals, outcome.value) for outcome in Outcome}
    return {**counts, "made": made_rows(work.model, result.made)}


# --- The end ---


def _end(hold: jobs.Hold) -> None:
    """Write down what came of it, and tell it to the log of the admin and to whoever listens."""
    job = hold.job
    model = job.model
    position = job.position or [0, 0]
    reasons = frequent_reasons(refused_path(job), position[1])
    totals = {**job.totals, "reasons": [list(reason) for reason in reasons]}
    with transaction.atomic():
        hold.end(State.DONE, totals=totals, position=position, done=_rows(totals), total=_rows(totals))
        if job.author_id:
            LogEntry.objects.create(
                user_id=job.author_id,
                content_type=ContentType.objects.get_for_model(model),
                object_repr=job.file_name[:200],
                action_flag=ADDITION,
                change_message=summary(job),
            )
    if not totals.get(Outcome.REFUSED.value):  # else they may be asked for
        remove_files(job)
        FileImport.objects.filter(pk=job.pk).update(stored="")
    post_import.send(sender=None, model=model)
