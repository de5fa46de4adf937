"""Leads a change from its first step to the moment in which both tables change names."""

from functools import partial

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Model
from django.utils.translation import gettext as _

from dynadmin.changes import Phase
from dynadmin.exceptions import RefusedChange
from dynadmin.executor.belongings import OURS, belongings_kept
from dynadmin.executor.ddl import carry_out, run_operations, schema_editor
from dynadmin.executor.guards import create_guards, drop_guards
from dynadmin.executor.online.contracting import BeforeCommit, compare_misfits, take_into_use
from dynadmin.executor.online.copying.copies import Copy, make_copies
from dynadmin.executor.online.copying.filling import drain, drain_all, expand, go_through
from dynadmin.executor.online.copying.making import end_sql, late_indexes
from dynadmin.executor.online.copying.turns import at_work
from dynadmin.executor.online.jobs import Job
from dynadmin.executor.online.names import gone_name
from dynadmin.executor.online.returning import settle_dangling
from dynadmin.executor.views import create_views, drop_views
from dynadmin.plan import FieldOperation, Operation
from dynadmin.plan.constraints import ConstraintOperation


def lead_into_use(job: Job, before_commit: BeforeCommit) -> None:
    """Carry the change through its steps, from where it has come to."""
    settle_dangling(job)
    with at_work():
        if job.change.phase == Phase.EXPAND:
            expand(job)
        if job.change.phase == Phase.FILL:
            go_through(job)
            drain_all(job)
            job.hold.write(phase=Phase.CONTRACT)
    settle_dangling(job)
    job.hold.patiently(lambda: _contract(job, before_commit))


def _contract(job: Job, before_commit: BeforeCommit) -> None:
    drain_all(job)
    take_into_use(job, before_commit, _change_places)


def _change_places(job: Job) -> None:
    """Do the last rows, and let the copies take the places of the tables. Nobody else writes."""
    copies = make_copies(job)
    while drain(job, copies):
        pass
    compare_misfits(job)
    for copy in copies:
        _compare(copy)
    with schema_editor() as editor:
        grants = drop_views(editor, job.plan)
        drop_guards(editor, job.plan)
        for statement in end_sql(job.change.pk, [copy.table.id for copy in copies]):
            editor.execute(statement)
        for copy in copies:
            _change_place(editor, copy)
        run_operations(editor, job.plan, do=partial(_carry_out, {copy.table.id for copy in copies}))
        create_guards(editor, job.plan)
        create_views(editor, job.plan, grants)


def _compare(copy: Copy) -> None:
    """Refuse to lose a row, whoever has written past the triggers."""
    with connection.cursor() as cursor:
        counts = [f"(SELECT count(*) FROM {name})" for name in (copy.table.db_table, copy.name)]  # noqa: S608
        cursor.execute(f"SELECT {' = '.join(counts)}")
        (is_same,) = cursor.fetchone()
    if not is_same:
        message = _("Rows of “%(table)s” were written in a way that could not be followed; try again.")
        raise RefusedChange(message % {"table": copy.table.label or copy.table.name})


def _change_place(editor: BaseDatabaseSchemaEditor, copy: Copy) -> None:
    """Give the copy the name of the table, with what others have built on that."""
    table, gone = copy.table.db_table, gone_name(copy.change, copy.table.id)
    with belongings_kept(copy.source.model):
        # As foreign keys of other tables are not to follow the old table to its new name.
        editor.execute("PRAGMA legacy_alter_table = ON")
        try:
            editor.execute(f"ALTER TABLE {table} RENAME TO {gone}")
            editor.execute(f"ALTER TABLE {copy.name} RENAME TO {table}")
        finally:
            editor.execute("PRAGMA legacy_alter_table = OFF")
        for kind, name in _built_by_others(gone):
            editor.execute(f"DROP {kind} {connection.ops.quote_name(name)}")
    for name, create in late_indexes(copy).items():
        editor.execute(f"DROP INDEX IF EXISTS {name}")
        editor.execute(create)


def _built_by_others(table: str) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT type, name FROM sqlite_master WHERE tbl_name = %s AND type IN ('index', 'trigger')",
            [table],
        )
        return [(kind, name) for kind, name in cursor.fetchall() if not OURS.match(name)]


def _carry_out(
    copied: set[int], operation: Operation, editor, before: type[Model] | None, after: type[Model]
) -> None:
    """Carry out what the copies do not bring along; links are seen to elsewhere, as always."""
    if operation.table.id not in copied or not isinstance(operation, FieldOperation | ConstraintOperation):
        carry_out(operation, editor, before, after)
