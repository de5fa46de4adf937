"""Kills workers again and again until all imports have come to their end; prints how often.

Run by test_kills.py as ``python -m tests.imports.killing UPLOADS SEED``. Each worker is forked from this
process, which has all imports, so that several can be killed a second.
"""

import os
import random
import signal
import sys
import time
import traceback

import django


def work() -> None:
    """Carry on with all imports, as a worker does that was started a moment ago."""
    from dynadmin.imports import running
    from dynadmin.imports.records import FileImport
    from dynadmin.jobs import free_abandoned

    free_abandoned(FileImport)
    for job in FileImport.objects.unfinished():
        running.run_import(job)


def killed(seconds: float) -> bool:
    """Start a worker and kill it after some seconds; False if it has ended before."""
    from django.db import connections

    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        finally:
            traceback.print_exc()
            os._exit(3)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            assert status == 0, status
            return False
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def main() -> None:
    django.setup()
    from django.conf import settings

    from dynadmin.imports import running
    from dynadmin.imports.records import FileImport
    from dynadmin.transfer import batches

    settings.DYNADMIN = {"CHANGE_STALE_S": 0, "UPLOAD_DIR": sys.argv[1]}
    # Many small batches, and as many attempts as it takes.
    batches._MOST_ROWS = 100
    running.MOST_ATTEMPTS = 10_000
    chance, kills, longest = random.Random(int(sys.argv[2])), 0, 0.06
    while FileImport.objects.unfinished().exists():
        kills += killed(chance.uniform(0.01, longest))
        longest *= 1.15  # on a busy machine a worker comes nowhere in a moment
    print(kills)  # noqa: T201


if __name__ == "__main__":
    main()
