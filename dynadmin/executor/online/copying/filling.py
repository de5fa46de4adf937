"""Fills the copies batch by batch, then does the rows again that people wrote meanwhile."""

from collections.abc import Sequence
from functools import partial

from django.db import IntegrityError, connection

from dynadmin.changes import Phase
from dynadmin.executor.online.copying.copies import Copy, Ready, make_copies
from dynadmin.executor.online.copying.making import copy_sql, log_sql, watch_sql
from dynadmin.executor.online.copying.refusing import refuse_row
from dynadmin.executor.online.copying.turns import Turns, turn
from dynadmin.executor.online.jobs import Job
from dynadmin.executor.online.misfits import Misfit
from dynadmin.executor.online.names import log_name
from dynadmin.executor.online.noting import count_notes
from dynadmin.executor.online.pacing import CHUNK
from dynadmin.executor.online.passes import FEW, places_left
from dynadmin.executor.online.refusing import note_or_refuse

MOST_NOTES = 500


def expand(job: Job) -> None:
    """Make the copies, and have written rows noted. One transaction, and recorded in itself."""
    job.hold.reach("expand")
    total = sum(copy.source.model._base_manager.count() for copy in make_copies(job))
    job.hold.patiently(lambda: _expand(job, total))


def _expand(job: Job, total: int) -> None:
    with turn(), connection.cursor() as cursor:
        for statement in log_sql(job.change.pk):
            cursor.execute(statement)
        for copy in make_copies(job):
            for statement in (*copy_sql(copy), *watch_sql(copy)):
                cursor.execute(statement)
        job.hold.write(phase=Phase.FILL, total=total)


def go_through(job: Job) -> None:
    """Copy every row that was there when the noting began, from where the change has come to."""
    turns, copies = Turns(), make_copies(job)
    for place in places_left(job, [copy.table for copy in copies]):
        _next_chunk(job, copies[place], turns)


def _next_chunk(job: Job, copy: Copy, turns: Turns) -> None:
    """Read and judge some rows, which keeps nobody from anything; then write them."""
    place, last, upto = job.change.position
    rows = copy.source.batch(after=last, size=CHUNK)
    ready = copy.settle([row for row in rows if row[0] <= upto])
    if not ready:
        job.hold.write(position=[place, upto, upto])
    while ready:
        job.hold.reach("fill")
        batch, ready = ready[: turns.size], ready[turns.size :]
        job.hold.patiently(partial(_write_batch, job, copy, batch, turns))


def _write_batch(job: Job, copy: Copy, batch: list[Ready], turns: Turns) -> None:
    place, _last, upto = job.change.position
    with turns.one(len(batch)):
        _write(job, copy, batch)
        job.hold.write(position=[place, batch[-1].pk, upto], done=job.change.done + len(batch))


def drain_all(job: Job) -> None:
    """Do rows again until only a few are left."""
    turns, copies = Turns(), make_copies(job)
    while count_notes(job.change.pk, FEW + 1) > FEW:
        job.hold.reach("drain")
        job.hold.patiently(partial(_drain_batch, job, copies, turns))


def _drain_batch(job: Job, copies: list[Copy], turns: Turns) -> None:
    with turns.one(turns.size):
        drain(job, copies, most=turns.size)
        job.hold.write()


def drain(job: Job, copies: list[Copy], *, most: int = MOST_NOTES) -> bool:
    """Do some of the rows again that were written meanwhile; False if there were none."""
    notes = _take_notes(job.change.pk, most)
    for copy in copies:
        pks = [pk for table, pk in notes if table == copy.table.id]
        if pks:
            _write(job, copy, copy.settle(copy.source.rows(pks)), again=pks)
    return bool(notes)


def _take_notes(change: int, most: int) -> list[tuple[int, int]]:
    """Take notes out of the log: pairs of a table and a row."""
    log = log_name(change)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT t, pk FROM {log} LIMIT %s", [most])  # noqa: S608
        notes = cursor.fetchall()
        cursor.executemany(f"DELETE FROM {log} WHERE t = %s AND pk = %s", notes)  # noqa: S608
    return notes


def _write(job: Job, copy: Copy, rows: Sequence[Ready], *, again: Sequence[int] = ()) -> None:
    """Write rows into the copy, and note which do not fit."""
    for work in copy.works:
        misfits: list[Misfit] = [
            misfit for row in rows for number, misfit in row.misfits if number == work.number
        ]
        note_or_refuse(job.change.pk, work, misfits, instead_of=again)
    try:
        with connection.cursor() as cursor:
            cursor.executemany(copy.insert_sql, [row.parameters for row in rows])
    except IntegrityError as error:
        refuse_row(job, copy, error)
