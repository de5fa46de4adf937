"""Goes through the rows batch by batch, then again through those that people wrote meanwhile.

Each batch is a transaction of its own, short enough that whoever wants one of its rows hardly waits, and it
records in itself how far the change has come: a batch is done and recorded, or neither.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from operator import itemgetter
from typing import Any

from django.db import IntegrityError, connection
from django.utils.translation import gettext as _

from dynadmin.exceptions import Obstructed
from dynadmin.executor.filling import Settled
from dynadmin.executor.online.jobs import Job
from dynadmin.executor.online.noting import count_notes, take_notes
from dynadmin.executor.online.pacing import Pace
from dynadmin.executor.online.refusing import note_or_refuse
from dynadmin.executor.online.works import Work
from dynadmin.plan import AlterField
from dynadmin.schema import TableSchema

Stored = tuple[Any, ...]

# Notes that are left for the moment in which nobody else may write.
FEW = 50


def go_through(job: Job) -> None:
    """Look at every row that was there when the noting began, from where the change has come to."""
    pace = Pace()
    tables = [work.before for work in job.judged]
    for place in places_left(job, tables):
        _next_chunk(job, job.judged[place], pace)


def places_left(job: Job, tables: Sequence[TableSchema]) -> Iterator[int]:
    """Yield the place of the table whose rows come next, until all of all tables are done.

    Whoever asks writes the position down, which is that place, the last row done, and the last to be done.
    """
    for place, table in enumerate(tables):
        if job.change.position and place < job.change.position[0]:
            continue
        if not job.change.position or job.change.position[0] != place:
            job.hold.write(position=[place, 0, _last_id(table)])
        while job.change.position[1] < job.change.position[2]:
            yield place


def _next_chunk(job: Job, work: Work, pace: Pace) -> None:
    """Read and judge some rows, and make ready what is to be stored; then write it in short transactions.

    What people write in between is noted, and done again later.
    """
    place, last, upto = job.change.position
    with pace.resting():
        rows = job.fillers[work.number].source.batch(after=last, size=pace.chunk)
        settled = _settled(job, work, [row for row in rows if row[0] <= upto])
        stored = _stored(job, work, filter(_is_worth_writing, settled))
    if not settled:
        job.hold.write(position=[place, upto, upto])
    while settled:
        job.hold.reach("fill")
        batch, settled = settled[: pace.size], settled[pace.size :]
        cut = bisect_right(stored, batch[-1][0], key=itemgetter(0))
        written, stored = stored[:cut], stored[cut:]
        job.hold.patiently(partial(_write_batch, job, work, batch, written, pace))


def _write_batch(job: Job, work: Work, settled: list[Settled], stored: list[Stored], pace: Pace) -> None:
    place, _last, upto = job.change.position
    with pace.timing(len(settled)), job.hold.step():
        _do(job, work, settled, stored)
        job.hold.write(position=[place, settled[-1][0], upto], done=job.change.done + len(settled))


def drain(job: Job, *, most: int = 500) -> bool:
    """Do some of the rows again that were written meanwhile; False if there were none."""
    notes = take_notes(job.change.pk, most) if job.judged else []
    for table in job.tables:
        pks = [pk for noted, pk in notes if noted == table]
        for work in job.works_on(table) if pks else ():
            settled = _settled(job, work, job.fillers[work.number].source.rows(pks))
            _do(job, work, settled, _stored(job, work, settled), again=pks)
    return bool(notes)


def drain_all(job: Job) -> None:
    """Do rows again until only a few are left."""
    pace = Pace()
    while job.judged and count_notes(job.change.pk, FEW + 1) > FEW:
        job.hold.reach("drain")
        job.hold.patiently(lambda: _drain_batch(job, pace))


def _drain_batch(job: Job, pace: Pace) -> None:
    with pace.timing(pace.size), job.hold.step():
        drain(job, most=pace.size)
        job.hold.write()


def _settled(job: Job, work: Work, rows: Iterable) -> list[Settled]:
    """Return what becomes of rows."""
    return list(with_one_empty(job.fillers[work.number].settle(rows), work))


def _stored(job: Job, work: Work, settled: Iterable[Settled]) -> list[Stored]:
    """Return what is to be written, if anything is."""
    return job.fillers[work.number].stored(settled) if work.is_written else []


def _do(
    job: Job, work: Work, settled: list[Settled], stored: list[Stored], *, again: list[int] | None = None
) -> None:
    """Write what becomes of rows, and note which do not fit."""
    misfits = [
        (pk, outcome.code, outcome.reason) for pk, _values, outcome in settled if outcome.kind == "failed"
    ]
    _write(job, work, stored)
    note_or_refuse(job.change.pk, work, misfits, instead_of=again or ())


def with_one_empty(rows: Iterable[Settled], work: Work) -> Iterator[Settled]:
    """Yield the rows with the empty value that the column has: NULL or, where that cannot be, ``""``."""
    target = work.target
    if not target.empty_strings_allowed or (target.null and not isinstance(work.operation, AlterField)):
        yield from rows
        return
    empty, other = (None, "") if target.null else ("", None)
    for pk, values, outcome in rows:
        yield pk, values, outcome._replace(value=empty) if outcome.value == other else outcome


def _is_worth_writing(row: Settled) -> bool:
    """A column that was just added is empty."""
    outcome = row[2]
    return outcome.value is not None or outcome.kind == "failed"


def _write(job: Job, work: Work, stored: list[Stored]) -> None:
    try:
        job.fillers[work.number].write_stored(stored)
    except IntegrityError as error:  # the column that is built has its index already
        message = _(
            "Field “%(field)s” cannot be unique: a value was written meanwhile that is there already."
        )
        raise Obstructed(message % work.operation.words) from error


def _last_id(table: TableSchema) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max(id) FROM {table.db_table}")  # noqa: S608
        return cursor.fetchone()[0] or 0
