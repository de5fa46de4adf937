"""Carries plans out: the only caller of a schema editor.

``preview`` says what a plan does to the rows and what stands in its way, ``apply`` makes the change:
database, views, content types, permissions and the new revision in one transaction.
"""

import time

from django.db import connection
from django.utils.translation import gettext as _

from dynadmin.changes import SchemaChange
from dynadmin.conf import conf
from dynadmin.exceptions import RefusedChange, StalePlan, UnknownFieldType, UnsafePlan
from dynadmin.executor import (  # noqa: F401 -- register how steps are carried out
    constraints,
    converting,
    online,
    rebuilding,
)
from dynadmin.executor.ddl import run_operations, schema_editor, tables_altered_by
from dynadmin.executor.grants import write_content_types
from dynadmin.executor.guards import create_guards, drop_guards
from dynadmin.executor.judging import conversion_of
from dynadmin.executor.losses import lost_rows
from dynadmin.executor.online.works import tables_in_work
from dynadmin.executor.previews import Preview, make_preview, reading_on
from dynadmin.executor.ranges import make_range_indexes
from dynadmin.executor.remembering import changed_by
from dynadmin.executor.reporting import affected_rows
from dynadmin.executor.reports import Report, Sample
from dynadmin.executor.sql import record
from dynadmin.executor.transactions import hold_off_vacuum, hold_rows, retry_while_busy, schema_change
from dynadmin.executor.views import create_views, drop_views
from dynadmin.plan import CreateTable, Plan
from dynadmin.revisions import NO_REVISION, SchemaRevision, latest_revision_id, record_revision
from dynadmin.schema import Schema

__all__ = [
    "Preview",
    "Report",
    "Sample",
    "affected_rows",
    "apply",
    "conversion_of",
    "lost_rows",
    "make_range_indexes",
    "make_tables",
    "preview",
    "reading_on",
    "statements",
]


def preview(plan: Plan, *, at_once: bool = False) -> Preview:
    """Return what the plan does to the rows as they are, and what stands in its way. Reads only.

    ``at_once``: where very many values would have to be looked at, some are, and the preview says so.
    """
    return make_preview(plan, is_online=online.is_needed(plan), at_once=at_once)


def statements(found: Preview) -> tuple[str, ...]:
    """Return the SQL that applying the plan of a preview runs, by going through it without a database.

    Empty while the values of a field cannot be read, as questions about them are open.
    """
    if any(report.reading is None for report in found.reports):
        return ()
    sql = record(found.decided_plan, _change_database)
    return (f"-- {_while_in_use()}", *sql) if found.is_online else sql


def _while_in_use() -> str:
    if connection.vendor == "sqlite":
        return _(
            "The table is large, so this is done while people use it: it is made anew beside the old one, "
            "batch by batch, and both change names in the end. At once it would be:"
        )
    return _(
        "The table is large, so this is done while people use it: columns are filled beside those in use, "
        "batch by batch, indexes are built CONCURRENTLY, checks are validated after. At once it would be:"
    )


def apply(
    plan: Plan,
    *,
    user=None,
    allow_destructive: bool = False,
    before_commit=None,
    in_background: bool = False,
    shown: str = "",
) -> SchemaRevision | SchemaChange:
    """Make the change and return its revision.

    ``before_commit`` is called with the plan inside the transaction, for bookkeeping that belongs with it;
    ``shown`` is the digest of the preview a person agreed to. What would keep people from a large table is
    done while they use it, see ``executor.online``. If this process dies, another ends such a change, with a
    ``before_commit`` of its own: all that it needs to know is in the plan. With ``in_background`` the change
    is only recorded, and its record returned, for a worker to carry out. Raises UnsafePlan, StalePlan,
    RefusedChange or SchemaBusy; then nothing has changed.
    """
    if plan.is_destructive and not allow_destructive:
        raise UnsafePlan("; ".join(op.describe() for op in plan.operations if op.is_destructive))
    if online.is_needed(plan):
        change = online.order(plan, user=user, shown=shown)
        if not in_background:
            online.run(change, before_commit)
        return change if in_background else change.revision
    return retry_while_busy(lambda: _apply_once(plan, user, before_commit, shown))


def make_tables(schema: Schema) -> None:
    """Make the tables of a schema where there is only the record of it, empty, the trash among them.

    To be called in the transaction of ``schema_change``. Raises RefusedChange; content types are not made.
    """
    known = [table for table in schema.tables.values() if not table.purged]
    operations = tuple(CreateTable(table=table) for table in known)
    _change_database(Plan(base_revision=NO_REVISION, base=Schema(), target=schema, operations=operations))


def _apply_once(plan: Plan, user, before_commit, shown: str) -> SchemaRevision:
    began = time.monotonic()
    with schema_change():
        if latest_revision_id() != plan.base_revision:
            raise StalePlan(_("The tables were changed meanwhile; look at the plan again."))
        online.refuse_meanwhile(plan)
        hold_off_vacuum(tables_altered_by(plan), lock_ms=conf.LOCK_TIMEOUT_MS)
        # A table whose rows are all gone through is a small one here: its readers do not wait for long.
        hold_rows(plan, altered={table.db_table for table in tables_in_work(plan).values()})
        plan = make_preview(plan).agreed(shown)
        # All that locks no table comes first, so that people wait for as short a time as possible.
        write_content_types(plan, author=user)
        if before_commit:
            before_commit(plan)
        revision = record_revision(plan, user=user)
        with changed_by(user, revision.pk):
            _change_database(plan)
        revision.duration_ms = int((time.monotonic() - began) * 1000)
        revision.save(update_fields=["duration_ms"])
        return revision


def _change_database(plan: Plan) -> None:
    """Raises RefusedChange where a table has a column of a type that is not installed."""
    try:
        _carry_out(plan)
    except UnknownFieldType as error:
        raise RefusedChange(str(error)) from error


def _carry_out(plan: Plan) -> None:
    with schema_editor() as editor:
        grants = drop_views(editor, plan)
        drop_guards(editor, plan)
        run_operations(editor, plan)
        create_guards(editor, plan)
        create_views(editor, plan, grants)
