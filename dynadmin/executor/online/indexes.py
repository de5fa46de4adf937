"""Indexes built while people write: as Django would make them, only concurrently, and attached at the end."""

import re
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass

from django.db import IntegrityError, connection
from django.db.models import Field

from dynadmin.executor.online.jobs import Job
from dynadmin.executor.online.names import index_name
from dynadmin.executor.online.refusing import refuse_repeated
from dynadmin.executor.online.works import Work

UNIQUE = re.compile(
    r'ALTER TABLE (?P<table>"\w+") ADD CONSTRAINT "(?P<name>\w+)" UNIQUE (?P<columns>\(.+\))$'
)
DROP = re.compile(r'DROP INDEX IF EXISTS "(?P<name>\w+)"$')
INDEX = re.compile(r'CREATE INDEX "(?P<name>\w+)" (?P<rest>ON .+)$')


@dataclass(frozen=True, kw_only=True)
class Build:
    """One index. It has a name of the change while it is built, and gets the one Django knows it by after."""

    work: Work
    name: str
    final_name: str
    create: str
    attach: str


def builds_of(job: Job) -> Iterator[Build]:
    """Yield the indexes that the columns of a change get."""
    for work in job.works:
        place = 0
        for statement in _statements(job, work):
            if build := _build(work, statement, index_name(job.change.pk, work.number, place)):
                place += 1
                yield build


def outdated(job: Job, work: Work) -> Iterator[str]:
    """Yield the statements that drop the indexes which the new ones make superfluous."""
    kept = {name for build in builds_of(job) for name in (build.name, build.final_name)}
    for statement in _statements(job, work):
        if (found := DROP.match(statement)) and found["name"] not in kept:
            yield statement


def _statements(job: Job, work: Work) -> list[str]:
    """Return what Django would run to give the column the indexes that its target has."""
    model = job.expanded(work.before.id)
    column = copy(job.column(work))
    column.column = work.operation.field.column
    bare = without_index(column) if work.is_new else column
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        editor.alter_field(model, bare, with_index(bare, work.target))
    return [statement.rstrip(";") for statement in editor.collected_sql]


def _build(work: Work, statement: str, name: str) -> Build | None:
    if found := UNIQUE.match(statement):
        unique, rest = "UNIQUE ", f"ON {found['table']} {found['columns']}"
        attach = f'ALTER TABLE {found["table"]} ADD CONSTRAINT "{found["name"]}" UNIQUE USING INDEX "{name}"'
    elif found := INDEX.match(statement):
        unique, rest = "", found["rest"]
        attach = f'ALTER INDEX "{name}" RENAME TO "{found["name"]}"'
    else:
        return None
    rest = rest.replace(f'"{work.operation.field.column}"', f'"{work.building.column}"')
    create = f'CREATE {unique}INDEX CONCURRENTLY "{name}" {rest}'
    return Build(work=work, name=name, final_name=found["name"], create=create, attach=attach)


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


def build_indexes(job: Job) -> None:
    """Build what is not there yet. What an interrupted attempt has left is dropped, and built anew."""
    for build in builds_of(job):
        job.hold.reach("index")
        if not is_valid(build.name) and not is_there_already(build):
            job.hold.patiently(lambda build=build: _build_one(job, build))
        job.hold.write()


def _build_one(job: Job, build: Build) -> None:
    try:
        with job.hold.long_statement(), connection.cursor() as cursor:
            # It waits for whoever works in the database, and nobody waits for it.
            cursor.execute(f'DROP INDEX CONCURRENTLY IF EXISTS "{build.name}"')
            cursor.execute(build.create)
    except IntegrityError as error:
        refuse_repeated(build.work, build.work.building.column, error)


def attached(builds: Iterable[Build]) -> Iterator[Build]:
    """Yield the indexes that were built and have to be given their place."""
    return (build for build in builds if not is_there_already(build))


def is_there_already(build: Build) -> bool:
    """Whether the column has it by another of its options, as unique texts have one of indexed texts."""
    return not build.work.replaced and is_valid(build.final_name)


def is_valid(name: str) -> bool:
    """Whether there is an index of this name, built to its end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [f'"{name}"'])
        row = cursor.fetchone()
    return bool(row and row[0])
