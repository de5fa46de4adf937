"""Several processes on one database: what one changes, all others serve, without an error or a lost row."""

import json
import os
import subprocess
import sys

import pytest
from django.contrib.auth.models import User

from tests.support import process_environment

SECONDS = float(os.environ.get("TORTURE_SECONDS", "8"))
SEED = int(os.environ.get("TORTURE_SEED", "1"))


def start(role: str, *, seconds: float = SECONDS, seed: int = SEED) -> subprocess.Popen:
    command = [sys.executable, "-m", "tests.torture", role, f"--seconds={seconds}", f"--seed={seed}"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, env=process_environment(), text=True)


def finish(process: subprocess.Popen) -> dict:
    output, _nothing = process.communicate(timeout=SECONDS + 120)
    assert process.returncode == 0
    return json.loads(output)


@pytest.fixture
def ledger(tables):
    User.objects.create_superuser("torturer", "torturer@example.com", "secret")
    fields = {"token": ("char", {"max_length": 80}), "kept": ("int", {"default": 0, "null": False})}
    tables.make("numbers", number="int").django_model.objects.create(number=1)
    return tables.make("ledger", label="Ledger", note="text", **fields)


def test_rows_and_pages_survive_four_processes_while_the_tables_change(ledger):
    roles = ("write", "browse", "mixed", "change")
    processes = [start(role, seed=SEED * 10 + number) for number, role in enumerate(roles)]
    results = [finish(process) for process in processes]

    errors = [error for result in results for error in result["errors"]]
    assert errors == [], f"{len(errors)} errors; the first: {errors[0]}"
    acknowledged = [token for result in results for token in result["tokens"]]
    stored = dict(ledger.django_model.objects.values_list("token", "kept"))
    assert sorted(stored) == sorted(acknowledged)
    changes = {token: count for result in results for token, count in result["changes"].items()}
    # A row made in a form began with 1, others with 0.
    assert all(int(stored[token]) in {count, count + 1} for token, count in changes.items())
    done = {role: result["done"] for role, result in zip(roles, results, strict=True)}
    assert sum(n for change, n in done["change"].items() if not change.endswith("refused")) > 5, done


def test_a_table_made_in_another_process_is_served_without_restart(tables, client):
    User.objects.create_superuser("ada", "", "secret")
    client.force_login(User.objects.get())
    assert client.get("/admin/tables/event/").status_code == 404
    assert finish(start("define", seconds=0))["errors"] == []

    assert "PL" in client.get("/admin/tables/event/").content.decode()
