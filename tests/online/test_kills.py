"""Workers are killed at random while people write: a change comes to its end, no row is lost or doubled.

``TORTURE_SECONDS`` makes it longer, ``TORTURE_SEED`` another.
"""

import os
import random
import subprocess
import sys
import time

import pytest

from dynadmin.executor import online
from dynadmin.executor.drift import find_drift
from dynadmin.registry import registry
from tests.online.support import fill, traces
from tests.online.test_meanwhile import Writer
from tests.support import process_environment

pytestmark = pytest.mark.usefixtures("everything_is_large")

SECONDS = float(os.environ.get("TORTURE_SECONDS", "5"))
SEED = int(os.environ.get("TORTURE_SEED", "1"))
ROWS = 3000
OPTIONS = [{}, {"db_index": True}, {"null": False, "default": 3}, {"db_index": True, "null": False}]


def make(tables, name):
    table = tables.make(name, size=("char", {"max_length": 20}), note="text")
    fill(table, ROWS, lambda n: {"size": str(n), "note": "kept"})
    return table


def killed(seconds: float) -> bool:
    """Start a worker and kill it after some seconds; False if it has done all before."""
    command = [sys.executable, "-m", "tests.online.working"]
    worker = subprocess.Popen(command, env=process_environment(), stdout=subprocess.PIPE)
    with worker.stdout:
        worker.stdout.readline()
        try:
            assert worker.wait(seconds) == 0
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
            return True
    return False


def test_killed_again_and_again_it_loses_nothing(tables):
    chance = random.Random(SEED)
    until = time.monotonic() + SECONDS
    number = kills = 0
    while number == 0 or time.monotonic() < until:
        number += 1
        table = make(tables, f"event_{number}")
        writers = [Writer(table.pk, seed, pause=0.02) for seed in range(2)]
        for writer in writers:
            writer.start()
        table.fields.filter(name="size").update(type="int", options=chance.choice(OPTIONS))
        change = online.order(table.plan())
        longest = 1.0
        while change.is_unfinished:
            kills += killed(chance.uniform(0, longest))
            longest *= 1.05  # on a busy machine a worker comes nowhere in a second
            change.refresh_from_db()
        for writer in writers:
            writer.ended.set()
            writer.join()
        check(table, change, writers)
    assert kills, "nothing was killed"


def check(table, change, writers):
    """Whatever happened, the change is done and every row is there once, with the value last written."""
    assert (change.state, change.error) == ("done", "")
    assert [error for writer in writers for error in writer.errors] == []
    rows = list(table.django_model.objects.values_list("note", "size"))
    written = {note: size for writer in writers for note, size in writer.expected.items()}
    for note, size in rows:
        assert note == "kept" or written[note] == size
    assert len(rows) == ROWS + sum(size is not None for size in written.values())
    assert sorted(size for note, size in rows if note == "kept") == list(range(ROWS))
    assert traces() == []
    assert list(find_drift(registry.newest.schema)) == []
