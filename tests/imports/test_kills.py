"""Workers are killed at random: an import comes to its end, and no row is lost or there twice.

``TORTURE_SECONDS`` makes it longer, ``TORTURE_SEED`` another.
"""

import os
import subprocess
import sys
import time

from dynadmin.imports.refused import notes_of
from dynadmin.imports.undoing import order_undo
from tests.support import process_environment

SECONDS = float(os.environ.get("TORTURE_SECONDS", "0"))
SEED = int(os.environ.get("TORTURE_SEED", "1"))
ROWS = 3_000


def carried_on(job, seed: int, uploads) -> int:
    """Have a job killed again and again until it has come to its end; return how often it was."""
    command = [sys.executable, "-m", "tests.imports.killing", str(uploads), str(seed)]
    done = subprocess.run(command, env=process_environment(), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    job.refresh_from_db()
    return int(done.stdout)


def test_killed_again_and_again_it_takes_each_row_once_and_gives_each_back(flights, ordered, upload_dir):
    until = time.monotonic() + SECONDS
    kills = rounds = 0
    while rounds == 0 or time.monotonic() < until:
        rounds += 1
        cells = [("x" if n % 500 == 7 else str(n)) for n in range(ROWS)]
        job = ordered("carrier,number\n" + "\n".join(f"UA,{cell}" for cell in cells), skip_refused=True)

        kills += carried_on(job, SEED + rounds, upload_dir)

        assert (job.state, job.error) == ("done", "")
        good = [int(cell) for cell in cells if cell != "x"]
        rows = flights.django_model.objects.order_by("number").values_list("number", flat=True)
        assert list(rows) == good
        assert (job.totals["created"], job.totals["refused"]) == (len(good), ROWS - len(good))
        noted = [row.line for row in notes_of(job)]
        assert noted == [n + 2 for n, cell in enumerate(cells) if cell == "x"]

        assert order_undo(job)
        kills += carried_on(job, SEED + rounds, upload_dir)
        assert (job.stage, flights.django_model.objects.count()) == ("Undone", 0)
    assert kills, "nothing was killed"
