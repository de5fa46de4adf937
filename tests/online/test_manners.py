"""A change makes room for the people who use its table: nobody waits behind it for long, and it rests."""

import re
import threading
import time
from contextlib import ExitStack, nullcontext

import pytest
from django.db import connection

from dynadmin.conf import conf
from dynadmin.exceptions import Obstructed
from dynadmin.executor.online.finishing import SETTLING_S
from dynadmin.executor.online.holding import LONGEST_LOCK_MS, SHORTEST_LOCK_MS
from dynadmin.executor.online.others import LATELY_MS, PARALLEL
from dynadmin.executor.online.pacing import CHUNK, IN_COMPANY, Pace
from tests.online.support import alter, fill
from tests.test_locks import held_open

pytestmark = pytest.mark.only_on("postgresql")

WAITING = "SELECT mode FROM pg_locks WHERE NOT granted AND relation = %s::regclass"


def make(tables):
    table = tables.make("event", size=("char", {"max_length": 20}), note="text")
    fill(table, 20, lambda n: {"size": str(n), "note": "a note"})
    return table


class Vacuum(threading.Thread):
    """Has the lock of a vacuum on a table until somebody waits for that table; notes what for."""

    def __init__(self, table):
        super().__init__()
        self.name_of_table = f"dyn_t{table.pk}"
        self.has_begun = threading.Event()
        self.waiting = []

    def begin(self):
        self.start()
        assert self.has_begun.wait(30)

    def run(self):
        try:
            with connection.cursor() as cursor:
                cursor.execute("BEGIN")
                cursor.execute(f"LOCK TABLE {self.name_of_table} IN SHARE UPDATE EXCLUSIVE MODE")
                self.has_begun.set()
                self._look(cursor)
                cursor.execute("ROLLBACK")
        finally:
            connection.close()

    def _look(self, cursor):
        until = time.monotonic() + 10
        while not self.waiting and time.monotonic() < until:
            cursor.execute(WAITING, [self.name_of_table])
            self.waiting = [mode for (mode,) in cursor.fetchall()]
            time.sleep(0.01)


def test_a_change_at_once_waits_for_a_vacuum_so_that_nobody_waits_behind_it(tables):
    table = make(tables)
    tables.add(table, added="int")
    vacuum = Vacuum(table)
    vacuum.begin()
    table.sync()
    vacuum.join()
    assert vacuum.waiting == ["ShareUpdateExclusiveLock"]


@pytest.mark.usefixtures("everything_is_large")
@pytest.mark.parametrize("step", ["expand", "contract", "undo"])
def test_a_step_waits_for_a_vacuum_so_that_nobody_waits_behind_it(tables, at_step, step):
    table = make(tables)
    rows, vacuum = table.django_model.objects.filter(note="a note"), Vacuum(table)

    def act(now):
        if now == "fill" and step == "undo":
            rows.update(size="many")
        if now == step and not vacuum.has_begun.is_set():
            vacuum.begin()

    with at_step(act), pytest.raises(Obstructed) if step == "undo" else nullcontext():
        alter(table, "size", "int")
    vacuum.join()
    assert vacuum.waiting == ["ShareUpdateExclusiveLock"]


@pytest.mark.usefixtures("everything_is_large")
def test_people_are_kept_waiting_for_longer_only_where_a_moment_does_not_do(tables):
    table = make(tables)
    waits = []
    with ExitStack() as stack:
        stack.enter_context(held_open(lambda: list(table.django_model.objects.all())))

        def note(execute, sql, params, many, context):
            if found := re.match(r"SET LOCAL lock_timeout = '(\d+)ms'; ", str(sql)):
                waits.append(int(found[1]))
                if waits[-1] == LONGEST_LOCK_MS:
                    stack.close()
            return execute(sql, params, many, context)

        with connection.execute_wrapper(note):
            alter(table, "size", "int")
    assert waits[0] == SHORTEST_LOCK_MS
    growing = waits[: waits.index(LONGEST_LOCK_MS) + 1]
    assert len(growing) > 3
    assert growing == sorted(growing)
    assert waits[-1] == SHORTEST_LOCK_MS, "what comes after begins anew"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("in_company", [False, True])
def test_a_change_rests_and_does_less_at_a_time_only_where_others_are_at_work(in_company):
    time.sleep(LATELY_MS / 1000 * 2)
    pace = Pace()
    with held_open(at_work) if in_company else nullcontext():
        began = time.monotonic()
        with pace.resting():
            time.sleep(0.05)
        taken = time.monotonic() - began
    assert (taken > 0.05 * (1 + conf.ONLINE_PAUSE)) == in_company
    assert pace.chunk == CHUNK * (IN_COMPANY if in_company else 1)


def at_work():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


@pytest.mark.usefixtures("everything_is_large")
def test_statistics_wait_until_people_have_taken_the_new_revision_up(tables, at_step):
    table = make(tables)
    moments = {}

    def note(execute, sql, params, many, context):
        if str(sql).startswith("ANALYZE"):
            moments["analyze"] = time.monotonic()
        return execute(sql, params, many, context)

    def act(step):
        moments[step] = time.monotonic()
        if step == "commit":
            stack.enter_context(held_open(at_work))

    with ExitStack() as stack, at_step(act), connection.execute_wrapper(note):
        alter(table, "size", "int")
    assert moments["analyze"] - moments["commit"] > SETTLING_S


@pytest.mark.usefixtures("everything_is_large")
def test_a_change_leaves_the_other_cores_to_people(tables, at_step):
    table = make(tables)
    before, meanwhile = workers(), []
    with at_step(lambda step: meanwhile.append(workers())):
        alter(table, "size", "int", db_index=True)
    assert meanwhile
    assert set(meanwhile) == {("0",) * len(PARALLEL)}
    assert workers() == before != meanwhile[0]


def workers():
    with connection.cursor() as cursor:
        return tuple(cursor.execute(f"SHOW {name}").fetchone()[0] for name in PARALLEL)
