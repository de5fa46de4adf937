"""Kills a process again and again while it changes tables, and looks at what it leaves behind.

Run by tests/test_kills.py as ``python -m tests.killing --seconds S --seed N``; prints one JSON object: kills,
acknowledged changes, and every trouble found. Each child is forked from this process, which has all imports,
so that several can be killed a second.
"""

import argparse
import json
import os
import random
import signal
import sys
import time
import traceback
from datetime import timedelta

import django
from django.db.models.functions import Now

SETTLE_SECONDS = 5  # what a server may need to notice that its client was killed


def change_until_killed(seed: int, acknowledged: int) -> None:
    """Change tables until the end; write the number of each revision that was acknowledged to a pipe."""
    from tests.changing import Mind

    mind = Mind(seed)
    while True:
        if revision := mind.change():
            os.write(acknowledged, f"{revision}\n".encode())


def kill_one(rng: random.Random, most_seconds: float) -> int:
    """Let a child change tables, kill it, and return the last revision it was told of."""
    from django.db import connections

    connections.close_all()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reader)
            change_until_killed(rng.getrandbits(30), writer)
        finally:
            traceback.print_exc()
            os._exit(3)
    os.close(writer)
    time.sleep(rng.uniform(0.02, most_seconds))
    os.kill(child, signal.SIGKILL)
    _pid, status = os.waitpid(child, 0)
    with os.fdopen(reader) as pipe:
        lines = pipe.read().split()
    if not os.WIFSIGNALED(status):
        raise RuntimeError(f"the child ended by itself: {status}")
    return int(lines[-1]) if lines else 0


def resume_all() -> int:
    """Carry on with every change that the killed process left, as a worker would."""
    from dynadmin.changes import SchemaChange
    from dynadmin.exceptions import PlanError
    from dynadmin.models import resume_change

    done = 0
    for change in SchemaChange.objects.unfinished():
        # Nobody has to wait for what is known to be dead.
        SchemaChange.objects.filter(pk=change.pk).update(heartbeat_at=Now() - timedelta(days=1))
        change.refresh_from_db()
        try:
            done += resume_change(change)
        except PlanError:  # it cannot be made any more, and was taken back
            continue
    return done


def troubles_after(acknowledged: int) -> list[str]:
    """Return what is not as it must be after a kill: an acknowledged change that is lost, or drift."""
    from dynadmin.executor.drift import find_drift
    from dynadmin.registry import registry
    from dynadmin.revisions import latest_revision_id

    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        registry.refresh()
        troubles = [str(drift) for drift in find_drift(registry.newest.schema)]
        if latest_revision_id() < acknowledged:
            troubles.append(f"revision {acknowledged} was acknowledged and is lost")
        if not troubles or time.monotonic() > deadline:
            return troubles
        time.sleep(0.1)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    django.setup()
    rng = random.Random(arguments.seed)
    until = time.monotonic() + arguments.seconds
    kills, changes, resumed, troubles = 0, 0, 0, []
    while time.monotonic() < until and not troubles:
        last = kill_one(rng, most_seconds=1.0)
        kills, changes, resumed = kills + 1, changes + bool(last), resumed + resume_all()
        troubles = troubles_after(last)
    json.dump({"kills": kills, "with_changes": changes, "resumed": resumed, "troubles": troubles}, sys.stdout)


if __name__ == "__main__":
    main()
