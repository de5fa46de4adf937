"""The step that takes a change into use: one short transaction with the tables locked.

All that can be done before the tables are locked is done before; what is left is the last few rows that
people wrote, and statements that take no longer for a million rows than for one.
"""

from collections.abc import Callable
from datetime import timedelta

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Model
from django.utils import timezone

from dynadmin.changes import Phase
from dynadmin.executor.constraints import add_constraint, constraint_of
from dynadmin.executor.dangling import Returning
from dynadmin.executor.ddl import alter_column, carry_out, run_operations, schema_editor
from dynadmin.executor.grants import write_content_types
from dynadmin.executor.guards import create_guards, drop_guards
from dynadmin.executor.links import carry_out_on_links, set_link_references
from dynadmin.executor.online.builds import Build
from dynadmin.executor.online.indexes import builds_of, outdated, with_index
from dynadmin.executor.online.jobs import Job
from dynadmin.executor.online.misfits import count_misfits
from dynadmin.executor.online.names import requirement_name
from dynadmin.executor.online.noting import count_notes, end_sql, end_watch_sql
from dynadmin.executor.online.passes import FEW, drain, drain_all
from dynadmin.executor.online.refusing import refuse_more_misfits
from dynadmin.executor.online.works import Work, links_in_work
from dynadmin.executor.references import add_reference, is_reference
from dynadmin.executor.targets import check_target
from dynadmin.executor.transactions import hold_off_vacuum, schema_change
from dynadmin.executor.views import create_views, drop_views
from dynadmin.plan import AddField, ConvertField, FieldOperation, Operation, Plan
from dynadmin.revisions import record_revision

BeforeCommit = Callable[[Plan], None] | None


def contract(job: Job, before_commit: BeforeCommit) -> None:
    """Take the change into use."""
    job.hold.patiently(lambda: _contract(job, before_commit))


def _contract(job: Job, before_commit: BeforeCommit) -> None:
    drain_all(job)
    take_into_use(job, before_commit, lambda newest: _Contract(newest).run())


def take_into_use(job: Job, before_commit: BeforeCommit, change_tables: Callable[[Job], None]) -> None:
    """Write the revision, and have the tables changed, in one transaction."""
    job.hold.reach("contract")
    with schema_change():
        # Other tables may be others by now.
        job = Job(job.hold)
        check_target(job.plan)
        author = job.change.author
        write_content_types(job.plan, author=author)
        if before_commit:
            before_commit(job.plan)
        revision = record_revision(job.plan, user=author, duration_ms=_age(job) // timedelta(milliseconds=1))
        job.hold.write(phase=Phase.FINISH, revision=revision)
        change_tables(job)
        job.hold.reach("commit")


def _age(job: Job) -> timedelta:
    return timezone.now() - (job.change.started_at or timezone.now())


def compare_misfits(job: Job) -> None:
    """Stop if more values do not fit than somebody agreed to."""
    found = count_misfits(job.change.pk) if job.judged else {}
    for work in filter(lambda work: work.may_lose, job.judged):
        agreed = job.agreed(work).get("failures") or {}
        refuse_more_misfits(work, found.get(work.number, {}), agreed)


class _Contract:
    """What is done while the tables are locked; made ready before."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.builds: list[Build] = list(builds_of(job))
        self.put_back: set[int] = set()
        self.rules = {id(rule): number for number, rule in job.rules}
        self.outdated = {work.number: list(outdated(job, work)) for work in job.works}
        self.added = {field.column for table in job.tables for field in job.added(table)}
        self.fillers = job.fillers

    def run(self) -> None:
        names = [table.db_table for table in self.job.tables.values()]
        hold_off_vacuum([*names, *links_in_work(self.job.plan)], lock_ms=self.job.hold.lock_ms)
        # Others may have changed their tables for a while, and people have written meanwhile.
        while self.job.judged and count_notes(self.job.change.pk, FEW + 1) > FEW:
            drain(self.job)
        with connection.cursor() as cursor:
            if names:  # links may be all there is to do
                cursor.execute(f"LOCK TABLE {', '.join(sorted(names))} IN ACCESS EXCLUSIVE MODE")
        while drain(self.job):
            pass
        compare_misfits(self.job)
        with schema_editor() as editor:
            self._end_watch(editor)
            grants = drop_views(editor, self.job.plan)
            drop_guards(editor, self.job.plan)
            run_operations(editor, self.job.plan, do=self._carry_out, do_on_links=_carry_out_on_links)
            create_guards(editor, self.job.plan)
            create_views(editor, self.job.plan, grants)

    def _end_watch(self, editor: BaseDatabaseSchemaEditor) -> None:
        change = self.job.change.pk
        for table in self.job.tables:
            for statement in end_watch_sql(change, table):
                editor.execute(statement)
        for statement in end_sql(change):
            editor.execute(statement)

    # --- Operations ---

    def _carry_out(
        self, operation: Operation, editor, before: type[Model] | None, after: type[Model]
    ) -> None:
        work = next((work for work in self.job.works if work.operation is operation), None)
        if work is not None:
            self._conclude(work, editor, before, after)
        elif attached := self._attached(self.rules.get(id(operation))):
            for statement in attached:
                editor.execute(statement)
        elif not (isinstance(operation, AddField) and operation.field.column in self.added):
            carry_out(operation, editor, before, after)

    def _attached(self, number: int | None) -> list[str]:
        """Return the statements that give what was built for an operation its place."""
        return [build.attach for build in self.builds if build.number == number]

    def _conclude(self, work: Work, editor, before, after: type[Model]) -> None:
        """Put the column that was built into its place, and make the rest of it as its field says."""
        table = work.before.db_table
        if work.replaced:
            editor.execute(f"ALTER TABLE {table} DROP COLUMN {work.replaced}")
        for statement in self.outdated[work.number]:
            editor.execute(statement)
        for statement in self._attached(work.number):
            editor.execute(statement)
        column, target = self.job.column(work), after._meta.get_field(work.operation.field.column)
        built = with_index(column, target)
        if column.null and not target.null:
            # All rows would be looked at with the table locked; this is done after, and is only promised now.
            built.null = False
            name = requirement_name(self.job.change.pk, work.number)
            requirement = f"CHECK ({column.column} IS NOT NULL) NOT VALID"
            editor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {requirement}")
        if is_reference(target) and not is_reference(column):
            # All rows would be looked at, too: those that are written from now on are, the others after.
            add_reference(editor, after, target, is_tried=False)
            built.db_constraint = True
        alter_column(editor, after, built, target)
        self._put_rules_back(work, editor, after)
        if isinstance(work.operation, ConvertField):
            old = work.operation.old.column
            alter_column(editor, before, before._meta.get_field(old), after._meta.get_field(old))

    def _put_rules_back(self, work: Work, editor, after: type[Model]) -> None:
        """Have the rules hold again that stood on the column which was replaced."""
        for number, operation in self.job.kept_rules if work.replaced else ():
            if number in self.put_back or work.operation.field.id not in operation.constraint.field_ids:
                continue
            self.put_back.add(number)
            attached = self._attached(number)
            for statement in attached:
                editor.execute(statement)
            if not attached:
                add_constraint(editor, after, constraint_of(after, operation.constraint))


def _carry_out_on_links(operation: FieldOperation, editor: BaseDatabaseSchemaEditor) -> None:
    """Have links that come back hold their rows from now on; those that are there are tried after."""
    if isinstance(operation, Returning):
        set_link_references(editor, operation.table, operation.field, is_tried=False)
    else:
        carry_out_on_links(operation, editor)
