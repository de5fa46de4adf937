"""The first step: columns beside those in use, and notes of what people write from now on."""

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from dynadmin.changes import Phase
from dynadmin.executor.ddl import schema_editor
from dynadmin.executor.online.indexes import without_index
from dynadmin.executor.online.jobs import Job
from dynadmin.executor.online.noting import begin_sql, watch_sql


def expand(job: Job) -> None:
    """Make room. One transaction: it is done as a whole, and recorded in itself."""
    job.hold.reach("expand")
    total = sum(_count(work.before.db_table) for work in job.judged)
    job.hold.patiently(lambda: _expand(job, total))


def _expand(job: Job, total: int) -> None:
    names = [table.db_table for table in job.tables.values()]
    with job.hold.step(names), schema_editor() as editor:
        for statement in begin_sql(job.change.pk) if job.judged else ():
            editor.execute(statement, None)
        for table in job.tables:
            _expand_table(editor, job, table)
        job.hold.write(phase=Phase.FILL, total=total)


def _expand_table(editor: BaseDatabaseSchemaEditor, job: Job, table: int) -> None:
    model = job.expanded(table)
    for added in job.added(table):
        BaseDatabaseSchemaEditor.add_field(editor, model, without_index(model._meta.get_field(added.column)))
    if columns := job.watched(table):
        for statement in watch_sql(job.change.pk, table, columns):
            editor.execute(statement, None)


def _count(name: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {name}")  # noqa: S608
        return cursor.fetchone()[0]
