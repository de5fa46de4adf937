"""Three processes of three threads use related tables while tables, columns and relations come and go."""

import json
import os
import subprocess
import sys

import pytest
from django.contrib.auth.models import User

from dynadmin.executor.drift import find_drift
from dynadmin.registry import registry
from dynadmin.schema import target_of
from tests.support import process_environment

SECONDS = float(os.environ.get("TORTURE_SECONDS", "8"))
SEED = int(os.environ.get("TORTURE_SEED", "1"))
LEAST_A_SECOND = 3  # operations of all threads, on a machine that has much else to do


def start(role: str, *, seed: int) -> subprocess.Popen:
    command = [
        sys.executable,
        "-m",
        "tests.relations.torture",
        role,
        f"--seconds={SECONDS}",
        f"--seed={seed}",
    ]
    return subprocess.Popen(command, stdout=subprocess.PIPE, env=process_environment(), text=True)


def finish(process: subprocess.Popen) -> dict:
    output, _nothing = process.communicate(timeout=SECONDS + 120)
    assert process.returncode == 0
    return json.loads(output)


@pytest.fixture
def related(tables):
    """Planes, flights and notes that refer to them in all ways, and to users."""

    def to(target, slug="foreignkey", **options):
        return slug, {"target": target if isinstance(target, str) else target_of(target.pk), **options}

    User.objects.create_superuser("torturer", "torturer@example.com", "secret")
    planes = tables.make("planes", tail="char")
    tables.make(
        "flights",
        number="int",
        plane=to(planes, on_delete="cascade"),
        spare=to(planes, on_delete="set_empty", related_name="spared"),
    )
    tables.make(
        "notes",
        text="char",
        about=to(planes, related_name="remarks"),
        planes=to(planes, "manytomany", related_name="notes"),
        author=to("auth.User", on_delete="set_empty"),
    )
    tables.add(planes, flown=("rollup", {"source": "flights.plane", "function": "count"}))
    planes.sync()


def test_related_rows_survive_three_processes_while_the_tables_change(related):
    processes = [start(role, seed=SEED * 10 + n) for n, role in enumerate(("change", "write", "browse"))]
    results = [finish(process) for process in processes]

    errors = [error for result in results for error in result["errors"]]
    assert errors == [], f"{len(errors)} errors; the first: {errors[0]}"
    done = [result["done"] for result in results]
    assert sum(sum(counts.values()) for counts in done) > LEAST_A_SECOND * SECONDS, done
    assert sum(done[0].get(change, 0) for change in ("column", "relation", "table")) > 2, done
    assert all(result["replaced"] > 5 for result in results)
    # The newest to be replaced may be held by what a thread asked last.
    assert [result["left"] for result in results] == [0, 0, 0]
    registry.refresh()
    assert list(find_drift(registry.newest.schema)) == []
