"""Indexes of fields and rules on whole rows: as Django would make them, only while people write.

What Django would run is asked of Django, and each statement is put so that it keeps nobody from writing.
"""

import re
from collections.abc import Callable, Iterator
from copy import copy
from functools import partial
from typing import Any, NoReturn

from django.db import IntegrityError, connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Field

from dynadmin.executor.constraints import add_constraint, constraint_of
from dynadmin.executor.online.builds import Build, Check, is_valid_index
from dynadmin.executor.online.jobs import Job
from dynadmin.executor.online.names import index_name
from dynadmin.executor.online.refusing import refuse_broken, refuse_repeated
from dynadmin.executor.online.works import Work
from dynadmin.executor.physical import physical_model
from dynadmin.executor.references import without_reference
from dynadmin.plan import AddConstraint

UNIQUE = re.compile(r'ALTER TABLE "\w+" ADD CONSTRAINT "(?P<name>\w+)" UNIQUE (?P<rest>\(.+\))$')
# A foreign key is proved as a check is, and keeps writers of two tables from their work no longer.
CHECK = re.compile(
    r'ALTER TABLE "\w+" ADD CONSTRAINT "(?P<name>\w+)" (?P<rest>(CHECK|FOREIGN KEY) \(.+)$', re.DOTALL
)
INDEX = re.compile(r'CREATE INDEX "(?P<name>\w+)" ON "\w+" (?P<rest>.+)$')
DROP = re.compile(r'DROP INDEX IF EXISTS "(?P<name>\w+)"$')

Refuse = Callable[[IntegrityError], NoReturn]


def builds_of(job: Job) -> Iterator[Build]:
    """Yield what has to be built before the change is taken into use."""
    for work in job.works:
        refuse = partial(refuse_repeated, work, work.building.column)
        for build in _builds(job, work.number, work.before.db_table, field_sql(job, work), refuse):
            # Unique texts have one index of those of indexed texts, which then is there already.
            if work.replaced or not is_valid_index(build.final_name):
                yield build
    for number, rule in job.rules:
        refuse = partial(refuse_broken, rule, job.expanded(rule.table.id))
        yield from _builds(job, number, rule.table.db_table, _rule_sql(rule), refuse)


def _builds(job: Job, number: int, table: str, statements: list[str], refuse: Refuse) -> Iterator[Build]:
    built = job.replacing(table)
    place = 0
    for statement in statements:
        name = index_name(job.change.pk, number, place)
        parts = parts_of_statement(statement, table, name, job.columns_in_work(table))
        if parts is None:
            continue
        place += 1
        kind, final_name, create, attach = parts
        for column, building in built.items():
            create = create.replace(f'"{column}"', f'"{building}"')
        common: dict[str, Any] = {"number": number, "table": table, "name": name, "final_name": final_name}
        yield kind(**common, create=create, attach=attach, refuse=refuse)


def parts_of_statement(
    statement: str, table: str, name: str, in_work: set[str]
) -> tuple[type[Build], str, str, str] | None:
    """Return what a statement of Django's makes, under which name, how it is built and then attached."""
    if found := UNIQUE.match(statement):
        create = f'CREATE UNIQUE INDEX CONCURRENTLY "{name}" ON {table} {found["rest"]}'
        attach = f'ALTER TABLE {table} ADD CONSTRAINT "{found["name"]}" UNIQUE USING INDEX "{name}"'
        return Build, found["name"], create, attach
    if found := INDEX.match(statement):
        create = f'CREATE INDEX CONCURRENTLY "{name}" ON {table} {found["rest"]}'
        return Build, found["name"], create, f'ALTER INDEX "{name}" RENAME TO "{found["name"]}"'
    # A check of a column that is being built would refuse rows whose value is not in it yet.
    if (found := CHECK.match(statement)) and not any(f'"{column}"' in statement for column in in_work):
        create = f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {found["rest"]} NOT VALID'
        attach = f'ALTER TABLE {table} RENAME CONSTRAINT "{name}" TO "{found["name"]}"'
        return Check, found["name"], create, attach
    return None


def build_all(job: Job) -> None:
    """Build what is not built yet."""
    for build in builds_of(job):
        job.hold.reach("index")
        job.hold.write()
        if not build.is_done():
            job.hold.patiently(partial(build.make, job.hold))
        job.hold.write()


# --- What Django would run ---


def field_sql(job: Job, work: Work) -> list[str]:
    """Return what would give the column the indexes that its target has."""
    model = job.expanded(work.before.id)
    column = copy(without_reference(job.column(work)))
    column.column = work.operation.field.column
    bare = without_index(column) if work.is_new else column
    return _collected(lambda editor: editor.alter_field(model, bare, with_index(bare, work.target)))


def _rule_sql(rule: AddConstraint) -> list[str]:
    model = physical_model(rule.table)
    return _collected(lambda editor: add_constraint(editor, model, constraint_of(model, rule.constraint)))


def _collected(run: Callable[[BaseDatabaseSchemaEditor], None]) -> list[str]:
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        run(editor)
    return [statement.rstrip(";") for statement in editor.collected_sql]


def outdated(job: Job, work: Work) -> Iterator[str]:
    """Yield the statements that drop the indexes which the new ones make superfluous."""
    statements = field_sql(job, work)
    kept = {found["name"] for statement in statements if (found := INDEX.match(statement))}
    for statement in statements:
        found = DROP.match(statement)
        if found and found["name"] not in kept and not found["name"].startswith("dyn_o"):
            yield statement


def without_index(field: Field) -> Field:
    """Return the field as it is before its indexes are built."""
    bare = copy(field)
    bare._unique = bare.db_index = False
    return bare


def with_index(field: Field, target: Field) -> Field:
    """Return the field with the indexes that its target has, beside its own."""
    indexed = copy(field)
    indexed._unique, indexed.db_index = field.unique or target.unique, field.db_index or target.db_index
    return indexed
